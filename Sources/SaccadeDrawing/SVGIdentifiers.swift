/// Makes an SVG file the same whenever it is drawn.
///
/// Cairo names surfaces and images by a counter that never starts again in a process (`image1800` in 1.16, `source-1800`
/// in 1.18); the same figure drawn twice would differ by nothing else.
enum SVGIdentifiers {
    /// The file with these numbers replaced by 1, 2, 3, … in the order in which they appear.
    static func renumbered(_ svg: [UInt8]) -> [UInt8] {
        let names = ["surface", "image", "source-", "mask-"].map { Array($0.utf8) }
        let (quote, hash) = (UInt8(ascii: "\""), UInt8(ascii: "#"))
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        var result: [UInt8] = []
        result.reserveCapacity(svg.count)
        var at = 0
        while at < svg.count {
            let byte = svg[at]
            result.append(byte)
            at += 1
            // Identifiers begin behind a quote or a hash; embedded images are base64, which has neither.
            guard byte == quote || byte == hash, let name = names.first(where: { svg[at...].starts(with: $0) }) else {
                continue
            }
            let digits = svg[(at + name.count)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if digits.isEmpty { continue }
            let number = numbers[digits] ?? numbers.count + 1
            numbers[digits] = number
            result += name
            result += String(number).utf8
            at += name.count + digits.count
        }
        return result
    }
}
