import Foundation
import SaccadeFiles
import Testing

@Suite struct PathTests {
    /// What POSIX's `basename` and `dirname` say, but that a folder of nothing is nothing and not a dot.
    static let paths: [(path: String, name: String, folder: String, suffix: String, rest: String)] = [
        ("a/b.jpg", "b.jpg", "a", "jpg", "a/b"),
        ("a/b.jpg/", "b.jpg", "a", "jpg", "a/b"),
        ("/b.jpg", "b.jpg", "/", "jpg", "/b"),
        ("b.jpg", "b.jpg", "", "jpg", "b"),
        ("/", "/", "/", "", "/"),
        ("//", "/", "/", "", "//"),
        ("", "", "", "", ""),
        ("a//b", "b", "a", "", "a//b"),
        ("a.tar.gz", "a.tar.gz", "", "gz", "a.tar"),
        ("/a.b/c", "c", "/a.b", "", "/a.b/c"),
        (".hidden", ".hidden", "", "", ".hidden"),
        ("a/.hidden", ".hidden", "a", "", "a/.hidden"),
        ("a.", "a.", "", "", "a."),
        ("x/y/z.PNG", "z.PNG", "x/y", "PNG", "x/y/z"),
        ("..", "..", "", "", ".."),
        (".", ".", "", "", "."),
        ("./a", "a", ".", "", "./a"),
        ("ä/ö.jpg", "ö.jpg", "ä", "jpg", "ä/ö"),
        ("a b/c d.txt", "c d.txt", "a b", "txt", "a b/c d"),
    ]

    @Test("a path has a name, a folder and a suffix", arguments: paths)
    func parts(_ path: String, _ name: String, _ folder: String, _ suffix: String, _ rest: String) {
        let path = Path(path)
        #expect(path.name == name)
        #expect(path.folder == folder)
        #expect(path.suffix == suffix)
        #expect(path.withoutSuffix == rest)
    }

    @Test("any text has parts, and they belong together")
    func anything() {
        let pieces = ["/", ".", "..", "a", "ä", " ", "\0", "\n", "\u{301}", "🐕", "\\", "~", "", "//", "é.jpg", "\r\n"]
        var state: UInt64 = 1
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        for _ in 0..<50_000 {
            let text = (0..<draw(9)).map { _ in pieces[draw(pieces.count)] }.joined()
            let path = Path(text)
            let whole = text.contains { $0 != "/" }
            #expect(!whole || text.hasPrefix(path.folder))
            #expect(!whole || text.contains(path.name))
            #expect(path.suffix.isEmpty || path.name.hasSuffix(".\(path.suffix)"))
            _ = (path.exists, path.isFolder, path.isLink, path.isRoot, path.withoutSuffix)
        }
    }

    @Test("what is there, what a link leads to, and the folder that everything lies in")
    func status() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("path-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/up", withDestinationPath: "/")
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/lost", withDestinationPath: "nowhere")
        #expect(Path("\(folder)/file").exists && !Path("\(folder)/file").isFolder && !Path("\(folder)/file").isLink)
        #expect(Path(folder).isFolder && !Path(folder).isRoot)
        #expect(Path("\(folder)/up").isLink && Path("\(folder)/up").isFolder && Path("\(folder)/up").isRoot)
        #expect(Path("\(folder)/lost").isLink && !Path("\(folder)/lost").exists)
        #expect(Path("/").isRoot && Path("/../.").isRoot)
        #expect(!Path("\(folder)/file\0.txt").exists, "not what stands before the zero")
        #expect(!Path("").exists)
    }
}
