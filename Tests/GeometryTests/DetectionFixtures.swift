import Foundation
import SaccadeGeometry

/// What torchvision computes, as `Tests/Fixtures/make_detection_fixtures.py` wrote it down.
struct DetectionFixtures: Decodable {
    struct Overlaps: Decodable { var boxes, others, iou, giou, diou, ciou: [Float] }

    struct Suppression: Decodable {
        var boxes, scores: [Float]
        var classes, kept, keptOfClasses: [Int]
        var threshold: Double
    }

    struct Shapes: Decodable {
        var boxes, clipped, areas, resized: [Float]
        var atLeastEight: [Int]
    }

    struct Coder: Decodable { var weights, boxes, targets, encoded, deltas, decoded: [Float] }

    struct Anchors: Decodable {
        var sizes, ratios: [[Float]]
        var image: [Int]
        var maps: [[Int]]
        var anchors: [Float]
    }

    struct Matches: Decodable {
        var high, low: Float
        var quality: Bool
        var boxes, objects: [Float]
        var matches: [Int]
    }

    struct Proposals: Decodable {
        var anchors, logits, deltas, boxes, scores: [Float]
        var counts, image: [Int]
        var before, after: Int
        var threshold: Double
        var minimumScore: Float
    }

    struct Detections: Decodable {
        var proposals, logits, deltas, boxes, scores: [Float]
        var image, labels: [Int]
        var scoreThreshold: Float
        var threshold: Double
        var limit: Int
    }

    struct Targets: Decodable {
        var objects, proposals, pickedBoxes, pickedDeltas, anchorDeltas: [Float]
        var labels, pickedLabels, pickedObjects, anchorLabels: [Int]
    }

    var overlaps: Overlaps
    var suppressions: [Suppression]
    var shapes: Shapes
    var coders: [Coder]
    var anchors: [Anchors]
    var matches: [Matches]
    var proposals: Proposals
    var detections: Detections
    var targets: Targets

    static let shared: DetectionFixtures = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/detection.json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode(DetectionFixtures.self, from: Data(contentsOf: file))
    }()
}

/// Whether numbers agree, each within a tolerance.
func areClose(_ mine: [Float], _ theirs: [Float], within tolerance: Float) -> Bool {
    mine.count == theirs.count && zip(mine, theirs).allSatisfy { abs($0 - $1) <= tolerance }
}

extension Boxes {
    /// Boxes of all sizes anywhere on an image.
    static func random(
        _ count: Int, on size: Float = 100, sides: ClosedRange<Float> = 2...40, using generator: inout Generator
    ) -> Boxes {
        var corners: [Float] = []
        for _ in 0..<count {
            let (x, y) = (
                Float.random(in: 0...size, using: &generator), Float.random(in: 0...size, using: &generator)
            )
            corners += [
                x, y, x + Float.random(in: sides, using: &generator), y + Float.random(in: sides, using: &generator),
            ]
        }
        return Boxes(corners: corners)
    }
}
