import Foundation
import SaccadeImages
import TestSupport
import Testing

extension ReferenceData {
    static var suite: String { path("image_suite/") }
    static var hasSuite: Bool { has("image_suite/expected_pillow.json") }
}

/// Images made by `Tests/Fixtures/make_resize_fixtures.py` and, in other folders, its neighbours.
enum Fixture {
    static func path(_ name: String, in folder: String = "resize") -> String {
        URL(filePath: #filePath).appending(path: "../../Fixtures/\(folder)/\(name)").standardized.path()
    }

    static func image(_ name: String, in folder: String = "resize") throws -> Image {
        try Image(contentsOf: path(name, in: folder))
    }
}

/// Files made by `Tests/Fixtures/make_codec_fixtures.py`; beside each NAME lie its pixels, NAME.png.
enum CodecFixture {
    static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/codecs").standardized.path()
    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { all.contains("\($0).png") }.sorted()
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: folder + "/" + name)))
    }

    static func expected(_ name: String) throws -> Image { try Image(contentsOf: "\(folder)/\(name).png") }
}

extension Image {
    /// The largest difference of two bytes at the same place; 256 when the sizes differ.
    func worstDifference(from other: Image) -> Int {
        guard size == other.size, channels == other.channels else { return 256 }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()!
    }

    /// The mean difference of two bytes at the same place; 256 when the sizes differ.
    func meanDifference(from other: Image) -> Double {
        guard size == other.size, channels == other.channels else { return 256 }
        return Double(zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)) / Double(pixels.count)
    }

    /// An image whose pixels are all different from their neighbours, of any size.
    static func pattern(width: Int, height: Int, channels: Int) -> Image {
        let bytes = (0..<(width * height * channels)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ ($0 >> 5) &* 11) }
        return Image(width: width, height: height, channels: channels, pixels: bytes)
    }

    /// An image that JPEG keeps nearly as it is.
    static func ramp(width: Int, height: Int, channels: Int) -> Image {
        var image = Image(width: width, height: height, filledWith: [UInt8](repeating: 0, count: channels))
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<channels {
                    image[x, y, c] = UInt8((x * 160 / width + y * 90 / height + c * 2).clamped(to: 0...255))
                }
            }
        }
        return image
    }

    /// Means of equal blocks, `rows × columns × channels`, with edges at `height * i / rows`.
    func blockMeans(rows: Int, columns: Int) -> [[[Double]]] {
        (0..<rows).map { r in
            (0..<columns).map { q in
                let ys = (height * r / rows)..<(height * (r + 1) / rows)
                let xs = (width * q / columns)..<(width * (q + 1) / columns)
                return (0..<channels).map { c in
                    var sum = 0
                    pixels.withUnsafeBufferPointer { bytes in
                        for y in ys { for x in xs { sum += Int(bytes[(y * width + x) * channels + c]) } }
                    }
                    return Double(sum) / Double(ys.count * xs.count)
                }
            }
        }
    }
}

extension Int {
    func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}

/// A folder that goes away with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}
