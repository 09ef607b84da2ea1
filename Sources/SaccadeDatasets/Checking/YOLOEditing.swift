import SaccadeFiles

/// Lines of YOLO's are taken out, or their numbers replaced.
enum YOLOEditing {
    static func mended(_ bytes: [UInt8], _ fixes: [Int: Problem.Fix], path: String) throws(FileError) -> [UInt8] {
        var edits = ByteEdits()
        var (start, line) = (0, 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            switch fixes[line] {
            case .remove: edits.replace(start..<end, by: "")
            case .rewrite(let numbers):
                var content = bytes[start..<end]
                while let last = content.last, last == 10 || last == 13 { content.removeLast() }
                let first = content.split(whereSeparator: { $0 == 32 || $0 == 9 }).first
                guard let first, let label = RecordRules.integer(String(decoding: first, as: UTF8.self)) else {
                    throw AnnotationFixes.changed(path)
                }
                edits.replace(content.startIndex..<content.endIndex, by: YOLOLine.text(label, numbers))
            case nil: break
            }
            (start, line) = (end, line + 1)
        }
        guard fixes.keys.allSatisfy({ (0..<line).contains($0) }) else { throw AnnotationFixes.changed(path) }
        return edits.applied(to: bytes)
    }
}
