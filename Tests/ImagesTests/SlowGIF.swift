import SaccadeImages

/// A GIF taken apart by the letter of its specification (CompuServe, "GIF89a Specification", 1990), bit by bit. It trusts
/// its file.
struct SlowGIF {
    private(set) var frames: [Image] = []
    /// Hundredths of a second of each frame.
    private(set) var delays: [Int] = []
    /// How often the film begins again, 0 for ever; nil where nothing is said.
    private(set) var loops: Int?
    private(set) var colors = 0

    init(_ bytes: [UInt8]) {
        func short(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
        let (width, height) = (short(6), short(8))
        colors = 2 << Int(bytes[10] & 7)
        let palette = Array(bytes[13..<13 + 3 * colors])
        var at = 13 + 3 * colors
        while bytes[at] != 0x3B {
            if bytes[at] == 0x21 {
                let kind = bytes[at + 1]
                if kind == 0xF9 { delays.append(short(at + 4)) }
                if kind == 0xFF, bytes[at + 3..<at + 14].elementsEqual("NETSCAPE2.0".utf8) { loops = short(at + 16) }
                at += 2
                while bytes[at] != 0 { at += 1 + Int(bytes[at]) }
                at += 1
            } else {
                precondition(bytes[at] == 0x2C && short(at + 1) == 0 && short(at + 3) == 0 && bytes[at + 9] & 0xC0 == 0)
                precondition(short(at + 5) == width && short(at + 7) == height)
                let start = Int(bytes[at + 10])
                at += 11
                var data: [UInt8] = []
                while bytes[at] != 0 {
                    data += bytes[at + 1...at + Int(bytes[at])]
                    at += 1 + Int(bytes[at])
                }
                at += 1
                let numbers = Self.unpacked(data, start)
                precondition(numbers.count == width * height)
                frames.append(
                    Image(
                        width: width, height: height, channels: 3,
                        pixels: numbers.flatMap { palette[3 * $0..<3 * $0 + 3] }))
            }
        }
    }

    /// Lempel, Ziv and Welch's codes, of `bits` bits and one more at first.
    private static func unpacked(_ data: [UInt8], _ bits: Int) -> [Int] {
        let (clear, end) = (1 << bits, 1 << bits + 1)
        var (size, place, last): (Int, Int, [Int]?) = (bits + 1, 0, nil)
        var table: [[Int]] = []
        var result: [Int] = []
        while true {
            var code = 0
            for bit in 0..<size where data[(place + bit) / 8] >> ((place + bit) % 8) & 1 == 1 { code |= 1 << bit }
            place += size
            if code == end { return result }
            if code == clear {
                table = (0..<clear).map { [$0] } + [[], []]
                (size, last) = (bits + 1, nil)
                continue
            }
            let entry = code < table.count ? table[code] : last! + [last![0]]
            result += entry
            if let last, table.count < 4096 { table.append(last + [entry[0]]) }
            if table.count == 1 << size, size < 12 { size += 1 }
            last = entry
        }
    }
}
