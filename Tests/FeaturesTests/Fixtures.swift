import Foundation
import SaccadeImages
import Testing

/// What OpenCV computes, as `Tests/Fixtures/make_hog_fixtures.py` wrote it down.
struct HOGFixtures: Decodable {
    struct Case: Decodable, CustomTestStringConvertible {
        var image: String
        var width, height, channels, cellSide, blockSide, orientations: Int
        var takesSquareRoots: Bool
        var values: Data

        var testDescription: String {
            "\(image) \(width)×\(height)×\(channels), \(blockSide)×\(blockSide) cells of \(cellSide), \(orientations) bins"
        }

        var picture: Image {
            switch image {
            case "noise": .noise(width: width, height: height, channels: channels)
            case "ties": .ties(width: width, height: height)
            default: .waves(width: width, height: height, channels: channels)
            }
        }
    }

    struct People: Decodable {
        var weights, scores: Data
        var bias: Float
        var rows, columns: Int
    }

    var cases: [Case]
    var people: People

    static let shared: HOGFixtures = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/hog.json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode(HOGFixtures.self, from: Data(contentsOf: file))
    }()
}

extension Data {
    /// 32-bit numbers, the lowest byte first.
    var floats: [Float] {
        stride(from: 0, to: count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(self[start + $1]) << (8 * $1) })
        }
    }
}

// The formulas of the script.
extension Image {
    /// The upper bytes of a linear congruential generator.
    static func noise(width: Int, height: Int, channels: Int, seed: UInt32 = 1) -> Image {
        var state = seed
        let pixels = (0..<(width * height * channels)).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// Slopes of all directions, with edges where a byte is full.
    static func waves(width: Int, height: Int, channels: Int) -> Image {
        drawn(width, height, channels) { x, y, c in (3 * x * x + 5 * y * y + (7 + 4 * c) * x * y) / 16 }
    }

    /// Blue rises to the right as much as red does downwards: gradients of one length, in two directions.
    static func ties(width: Int, height: Int) -> Image {
        drawn(width, height, 3) { x, y, c in c == 0 ? 4 * y : c == 2 ? 4 * x : 0 }
    }

    /// An image whose bytes are what a function of column, row and channel gives, modulo 256.
    static func drawn(_ width: Int, _ height: Int, _ channels: Int, _ value: (Int, Int, Int) -> Int) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<channels { pixels.append(UInt8(truncatingIfNeeded: value(x, y, c))) }
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
}

/// The largest difference between two lists.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) } : .infinity
}
