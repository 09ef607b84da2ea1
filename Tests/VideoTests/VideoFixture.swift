import Foundation
import SaccadeImages
import SaccadeVideo
import Testing

/// Videos made by `Tests/Fixtures/make_video_fixtures.py`, and what PyAV finds in them.
struct VideoFixture: CustomTestStringConvertible, Sendable {
    /// What the script writes down for a file.
    struct Expected: Decodable, Sendable {
        /// How many pictures the file says it has; wrong in several.
        let claimed: Int?
        /// Width and height, upright.
        let size: [Int]?
        /// The grey in the lower right quarter tells them apart.
        let numbers: [Int]?
        /// Seconds since the first picture.
        let times: [Double]?
        /// For each picture, the mean colours of its quarters.
        let quarters: [[[Double]]]?
        let aspect: Double?
        /// Where pictures change their size: of each.
        let sizes: [[Int]]?
    }

    let name: String
    let expected: Expected

    var path: String { Self.folder + "/" + name }
    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/videos").standardized.path()

    private static let table: [String: Expected] = {
        guard let data = FileManager.default.contents(atPath: folder + ".json") else { return [:] }
        return (try? JSONDecoder().decode([String: Expected].self, from: data)) ?? [:]
    }()

    /// All but the film whose pictures change their size.
    static let steady = table.keys.sorted().filter { table[$0]?.quarters != nil }.map(named)

    static func named(_ name: String) -> VideoFixture { VideoFixture(name: name, expected: table[name]!) }

    static let missing: Comment = "built without FFmpeg: install libavformat-dev, libavcodec-dev and libswscale-dev"

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}

extension Image {
    /// Mean colours of the quarters' insides, as the script measures them.
    var quarters: [[Double]] {
        [0..<height / 2, height / 2..<height].flatMap { rows in
            [0..<width / 2, width / 2..<width].map { columns in
                (0..<3).map { channel in
                    let values = (rows.lowerBound + 3..<rows.upperBound - 3).flatMap { y in
                        (columns.lowerBound + 3..<columns.upperBound - 3).map { Double(self[$0, y, channel]) }
                    }
                    return values.reduce(0, +) / Double(values.count)
                }
            }
        }
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}

/// Writes bytes to a file that goes away again.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString)").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(filePath: path))
    return try body(path)
}
