import Foundation
import SaccadeGeometry

/// What pycocotools computes, as `Tests/Fixtures/make_geometry_fixtures.py` wrote it down.
struct GeometryFixtures: Decodable {
    struct Mask: Decodable {
        var width: Int?
        var height: Int?
        var polygons: [[Double]]?
        var counts: String
        var area: Int
        /// x, y, width, height.
        var bounds: [Double]
        /// "0" and "1" for each pixel, row by row.
        var rows: [String]

        var pixels: [UInt8] { rows.flatMap { $0.utf8.map { $0 - 48 } } }
        var box: Box { Box(x: bounds[0], y: bounds[1], width: bounds[2], height: bounds[3]) }

        func decoded() throws -> RunLengthMask {
            try RunLengthMask(width: rows.first?.count ?? 0, height: rows.count, compressed: counts)
        }
    }

    struct Overlap: Decodable {
        var masks: [Mask]
        var union: Mask
        var intersection: Mask
        var crowds: [Bool]
        var maskIoU: [[Double]]
        var boxes: [[Double]]
        var boxIoU: [[Double]]
    }

    var polygons: [Mask]
    var masks: [Mask]
    var overlap: Overlap

    static let shared: GeometryFixtures = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/geometry.json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode(GeometryFixtures.self, from: Data(contentsOf: file))
    }()
}

/// A small generator with a seed, so that a failure can be found again.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {  // SplitMix64 (Steele, Lea and Flood, 2014)
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
