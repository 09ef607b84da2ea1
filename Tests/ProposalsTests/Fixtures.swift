import Foundation
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

/// What scikit-image and SciPy compute, as `Tests/Fixtures/make_proposal_fixtures.py` wrote it down.
struct ProposalFixtures: Decodable {
    struct Colors: Decodable {
        var rgb, lab, hsv, shares: [[UInt8]]

        enum CodingKeys: String, CodingKey {
            case rgb, shares
            case lab = "Lab"
            case hsv = "HSV"
        }

        /// The colours in a row.
        var image: Image { Image(width: rgb.count, height: 1, channels: 3, pixels: rgb.flatMap { $0 }) }
    }

    struct Filters: Decodable {
        var image: [[UInt8]]
        var smoothed, x, y: [[Float]]

        var grey: Image {
            Image(width: image[0].count, height: image.count, channels: 1, pixels: image.flatMap { $0 })
        }
    }

    struct Segmentation: Decodable {
        var width, height: Int
        var scale: Double
        var minimumSize: Int
        var pixels: [UInt8]
        var labels: [Int32]

        var image: Image { Image(width: width, height: height, channels: 3, pixels: pixels) }
    }

    var colors: Colors
    var filters: Filters
    var segmentations: [Segmentation]

    static let shared: ProposalFixtures = decoded("proposals")

    /// What OpenCV 4.14 finds on the authors' photograph 000004 in fast mode, of at least 20 pixels.
    static let openCV: [Box] = (decoded("selective_search_opencv") as [[Double]]).map {
        Box(x: $0[0], y: $0[1], width: $0[2], height: $0[3])
    }

    private static func decoded<Value: Decodable>(_ name: String) -> Value {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/\(name).json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }
}

extension Image {
    /// A few patches of colour under noise, drawn from a seed.
    static func patches(_ width: Int, _ height: Int, channels: Int = 3, noise: Int = 12, seed: UInt64) -> Image {
        var generator = SplitMix64(seed: seed)
        var image = Image(width: width, height: height, filledWith: Array(repeating: 90, count: channels))
        for _ in 0..<8 {
            let (left, top) = (
                Int.random(in: 0..<width, using: &generator), Int.random(in: 0..<height, using: &generator)
            )
            let color = (0..<channels).map { _ in UInt8.random(in: 20...235, using: &generator) }
            for y in top..<min(height, top + 1 + height / 3) {
                for x in left..<min(width, left + 1 + width / 3) {
                    for channel in 0..<channels { image[x, y, channel] = color[channel] }
                }
            }
        }
        guard noise > 0 else { return image }
        return Image(
            width: width, height: height, channels: channels,
            pixels: image.pixels.map {
                UInt8(clamping: Int($0) + Int.random(in: -noise...noise, using: &generator))
            })
    }
}
