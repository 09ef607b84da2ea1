import Foundation
import SaccadeFiles

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An element of an XML file, and the line where it begins.
///
/// Foundation's parser rather than XMLCoder, which is built on it: a decoder forgets the lines, and a checker needs them.
struct XMLNode {
    /// Annotations of an image are far smaller: 64 MiB.
    static let byteLimit = 1 << 26
    static let maximumDepth = 64
    static let maximumCount = 1_000_000

    let name: String
    /// From 1.
    let line: Int
    var text = ""
    var children: [XMLNode] = []

    /// The root of an XML file.
    ///
    /// - Throws: ``FileError`` when it cannot be read, is no XML, or has a document type, which annotations do not need
    ///   and which can make a small file huge.
    static func root(of path: String) throws(FileError) -> XMLNode {
        try root(in: RegularFile.contents(of: path, limit: byteLimit), path: path)
    }

    /// As ``root(of:)``, for bytes that were read already.
    static func root(in bytes: [UInt8], path: String) throws(FileError) -> XMLNode {
        guard !bytes.isEmpty else {
            throw FileError(.empty, path: path, reason: "the file is empty", remedy: "write its annotation again")
        }
        guard bytes.firstRange(of: Array("<!DOCTYPE".utf8)) == nil else {
            throw FileError(
                .unsupported, path: path, reason: "has a document type", remedy: "delete <!DOCTYPE …>")
        }
        let parser = XMLParser(data: Data(bytes))
        let builder = Builder()
        parser.delegate = builder
        let isWhole = parser.parse()
        if let excess = builder.excess {
            throw FileError(.tooLarge, path: path, reason: excess, remedy: "check that it is an annotation")
        }
        guard isWhole, let root = builder.root else {
            let line = max(parser.lineNumber, 1)
            throw FileError(
                .malformed, path: path, reason: "is no XML from line \(line) on",
                remedy: "mend the tags or the encoding there")
        }
        return root
    }

    /// The first child of that name.
    func child(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The text without white space around it.
    var content: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The content of a child that is not empty.
    func text(of name: String) -> String? {
        guard let content = child(name)?.content, !content.isEmpty else { return nil }
        return content
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: XMLNode?
        var excess: String?
        private var open: [XMLNode] = []
        private var count = 0

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            count += 1
            if count > XMLNode.maximumCount || open.count >= XMLNode.maximumDepth {
                excess =
                    count > XMLNode.maximumCount
                    ? "has more than \(XMLNode.maximumCount) elements"
                    : "is nested more than \(XMLNode.maximumDepth) levels deep"
                parser.abortParsing()
                return
            }
            open.append(XMLNode(name: name, line: parser.lineNumber))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += text
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            guard let node = open.popLast() else { return }
            if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
        }
    }
}
