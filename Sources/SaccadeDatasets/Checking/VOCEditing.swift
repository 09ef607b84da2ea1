import SaccadeFiles

/// Objects of VOC's are taken out, or the corners of their boxes replaced.
enum VOCEditing {
    static func mended(_ bytes: [UInt8], _ fixes: [Int: Problem.Fix], path: String) throws(FileError) -> [UInt8] {
        let objects = elements("object", in: bytes, 0..<bytes.count)
        let count = try XMLNode.root(in: bytes, path: path).children.count { $0.name == "object" }
        // Where a search by text and the parser disagree, the file is not touched.
        guard objects.count == count, fixes.keys.allSatisfy(objects.indices.contains) else {
            throw AnnotationFixes.changed(path)
        }
        var edits = ByteEdits()
        for (index, fix) in fixes {
            let object = objects[index]
            switch fix {
            case .remove: edits.replace(wholeLines(object, in: bytes), by: "")
            case .rewrite(let corners):
                let box = elements("bndbox", in: bytes, object).first
                let part = elements("part", in: bytes, object).first
                guard let box, part == nil || box.lowerBound < part!.lowerBound, corners.count == 4 else {
                    throw AnnotationFixes.changed(path)
                }
                for (name, corner) in zip(["xmin", "ymin", "xmax", "ymax"], corners) {
                    guard let element = elements(name, in: bytes, box).first else {
                        throw AnnotationFixes.changed(path)
                    }
                    edits.replace(element, by: "<\(name)>\(Decimals.text(corner))</\(name)>")
                }
            }
        }
        let result = edits.applied(to: bytes)
        let removed = fixes.values.count { $0 == .remove }
        guard try XMLNode.root(in: result, path: path).children.count(where: { $0.name == "object" }) == count - removed
        else { throw AnnotationFixes.changed(path) }
        return result
    }

    /// The ranges of elements that do not contain each other, from `<` to behind `>`; comments are passed over.
    private static func elements(_ name: String, in bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        let (open, close) = (Array("<\(name)".utf8), Array("</\(name)>".utf8))
        let (comment, commentEnd) = (Array("<!--".utf8), Array("-->".utf8))
        var found: [Range<Int>] = []
        var position = range.lowerBound
        while position < range.upperBound {
            guard let start = bytes[position..<range.upperBound].firstIndex(of: UInt8(ascii: "<")) else { break }
            let rest = bytes[start..<range.upperBound]
            if rest.starts(with: comment) {
                guard let end = rest.firstRange(of: commentEnd) else { break }
                position = end.upperBound
            } else if rest.starts(with: open), let next = rest.dropFirst(open.count).first,
                [9, 10, 13, 32, UInt8(ascii: ">")].contains(next)
            {
                guard let end = rest.firstRange(of: close) else { break }
                found.append(start..<end.upperBound)
                position = end.upperBound
            } else {
                position = start + 1
            }
        }
        return found
    }

    /// The range with the white space before it and the end of its line, if nothing else stands there.
    private static func wholeLines(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, bytes[start - 1] == 32 || bytes[start - 1] == 9 { start -= 1 }
        while end < bytes.count, bytes[end] == 13 || bytes[end] == 32 { end += 1 }
        guard start == 0 || bytes[start - 1] == 10, end < bytes.count, bytes[end] == 10 else { return range }
        return start..<end + 1
    }
}
