import SaccadeFiles

/// Annotations of COCO's are taken out, or their boxes replaced.
enum COCOEditing {
    static func mended(_ bytes: [UInt8], _ fixes: [Int: Problem.Fix], path: String) throws(FileError) -> [UInt8] {
        let file = try COCOFile(path)
        try file.begin(.annotations)
        var count = 0
        while try file.next() != nil { count += 1 }
        guard let list = value(of: "annotations", in: bytes, 0..<bytes.count) else {
            throw AnnotationFixes.changed(path)
        }
        let records = JSONScanner.items(in: bytes, list)
        guard records.count == count, fixes.keys.allSatisfy(records.indices.contains) else {
            throw AnnotationFixes.changed(path)
        }
        var edits = ByteEdits()
        // A record goes with the comma before it; where the first ones go, the first that stays loses its comma.
        let firstKept = records.indices.first { fixes[$0] != .remove } ?? records.count
        for (index, record) in records.enumerated() {
            switch fixes[index] {
            case .remove where index < firstKept:
                let end = index + 1 < records.count ? records[index + 1].lowerBound : record.upperBound
                edits.replace(record.lowerBound..<end, by: "")
            case .remove:
                edits.replace(records[index - 1].upperBound..<record.upperBound, by: "")
            case .rewrite(let numbers):
                guard let box = value(of: "bbox", in: bytes, record) else { throw AnnotationFixes.changed(path) }
                edits.replace(box, by: "[" + numbers.map { Decimals.text($0) }.joined(separator: ", ") + "]")
            case nil: break
            }
        }
        return edits.applied(to: bytes)
    }

    private static func value(of key: String, in bytes: [UInt8], _ object: Range<Int>) -> Range<Int>? {
        JSONScanner.items(in: bytes, object).first { item in
            bytes[item].starts(with: Array("\"\(key)\"".utf8))
        }.flatMap { item in
            guard let colon = bytes[item].dropFirst(key.utf8.count + 2).firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            let start = bytes[(colon + 1)..<item.upperBound].firstIndex { !JSONScanner.isSpace($0) }
            return start.map { $0..<item.upperBound }
        }
    }
}

/// Finds where things stand in JSON that is known to be well formed.
enum JSONScanner {
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    /// The ranges of the items of the outermost list or object in a range: elements, or keys with their values.
    static func items(in bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var items: [Range<Int>] = []
        var (depth, start, isText) = (0, -1, false)
        var position = range.lowerBound
        func append(_ end: Int) {
            guard start >= 0 else { return }
            var end = end
            while end > start, isSpace(bytes[end - 1]) { end -= 1 }
            items.append(start..<end)
            start = -1
        }
        while position < range.upperBound {
            let byte = bytes[position]
            if isText {
                if byte == UInt8(ascii: "\\") { position += 1 } else if byte == UInt8(ascii: "\"") { isText = false }
            } else {
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                    depth -= 1
                    if depth == 0 {
                        append(position)
                        return items
                    }
                } else if byte == UInt8(ascii: ","), depth == 1 {
                    append(position)
                } else if depth == 1, start < 0, !isSpace(byte) {
                    start = position
                }
                if byte == UInt8(ascii: "\"") { isText = true }
                if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            }
            position += 1
        }
        return items
    }
}
