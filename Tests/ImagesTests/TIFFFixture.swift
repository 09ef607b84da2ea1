import Foundation
import SaccadeImages
import Testing

/// Files made by `Tests/Fixtures/make_tiff_fixtures.py`, and what is expected of them.
struct TIFFFixture: Sendable, Decodable, CustomTestStringConvertible {
    var name = ""
    /// The values of each page that has some.
    let values: [[Double]]?
    /// Width and height of each page.
    let sizes: [[Int]]?
    let pages: Int?
    /// Micrometres along x, y and, where it is known, z.
    let pixelSize: [Double?]?

    enum CodingKeys: String, CodingKey {
        case values, sizes, pages
        case pixelSize = "pixel_size"
    }

    static let all: [TIFFFixture] = {
        guard let data = FileManager.default.contents(atPath: Fixture.path("expected.json", in: "tiff")),
            let found = try? JSONDecoder().decode([String: TIFFFixture].self, from: data)
        else { return [] }
        return found.map { name, fixture in
            var fixture = fixture
            fixture.name = name
            return fixture
        }.sorted { $0.name < $1.name }
    }()

    var path: String { Fixture.path(name, in: "tiff") }
    var testDescription: String { name }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: Fixture.path(name, in: "tiff"))))
    }

    /// The first page.
    func image() throws -> Image { try Fixture.image("\(name).png", in: "tiff") }
}

/// Puts together small TIFFs that nobody would write: classic ones, lowest byte first.
struct TIFFBuilder {
    /// Entries of a directory: tag, type, values.
    typealias Entry = (tag: Int, type: Int, values: [Int])

    private(set) var bytes: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]

    /// A grey page of 8 bits, with other entries in place of some of its own, or beside them.
    static func grey(width: Int, height: Int, place: Int = 0, length: Int, _ changes: [Entry] = []) -> [Entry] {
        let usual: [Entry] = [
            (256, 4, [width]), (257, 4, [height]), (258, 3, [8]), (259, 3, [1]), (262, 3, [1]), (273, 4, [place]),
            (277, 3, [1]), (278, 4, [height]), (279, 4, [length]),
        ]
        let kept = usual.filter { entry in !changes.contains { $0.tag == entry.tag } }
        return (kept + changes.filter { !$0.values.isEmpty }).sorted { $0.tag < $1.tag }
    }

    /// Appends a directory; its longer values come behind it.
    ///
    /// - Parameter next: Where the next one is; `nil` for directly behind this one.
    mutating func append(_ entries: [Entry], next: Int? = 0) {
        let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 5: 4]
        var (directory, values) = (Self.number(entries.count, 2), [UInt8]())
        let behind = bytes.count + 2 + 12 * entries.count + 4
        for entry in entries {
            let size = sizes[entry.type]!
            let data = entry.values.flatMap { Self.number($0, size) }
            directory +=
                Self.number(entry.tag, 2) + Self.number(entry.type, 2)
                + Self.number(entry.type == 5 ? entry.values.count / 2 : entry.values.count, 4)
            if data.count <= 4 {
                directory += data + [UInt8](repeating: 0, count: 4 - data.count)
            } else {
                directory += Self.number(behind + values.count, 4)
                values += data
            }
        }
        bytes += directory + Self.number(next ?? behind + values.count, 4) + values
    }

    mutating func append(_ data: [UInt8]) { bytes += data }

    /// A file of one page whose samples stand behind its directory.
    static func file(width: Int, height: Int, _ data: [UInt8], _ changes: [Entry] = []) -> [UInt8] {
        // Built twice, for how long the directory is decides where the samples are.
        var builder = TIFFBuilder()
        builder.append(grey(width: width, height: height, length: data.count, changes))
        let place = builder.bytes.count
        builder = TIFFBuilder()
        builder.append(grey(width: width, height: height, place: place, length: data.count, changes))
        builder.append(data)
        return builder.bytes
    }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
