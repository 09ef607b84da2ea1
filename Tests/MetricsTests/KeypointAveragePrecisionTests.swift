import Foundation
import SaccadeGeometry
import TestSupport
import Testing

@testable import SaccadeMetrics

@Suite struct KeypointAveragePrecisionTests {
    struct Expected: Decodable {
        var keypoints: [String: Double]

        enum CodingKeys: String, CodingKey {
            case keypoints = "keypoints (faster_coco_eval/keypoints_dataset gt/dt, COCO 17-point sigmas)"
        }
    }

    @Test(
        "the ten numbers are those of faster_coco_eval",
        .enabled(if: ReferenceData.has("eval_reference"), Comment(rawValue: ReferenceData.missing)))
    func reference() throws {
        let folder = "eval_reference/faster_coco_eval/keypoints_dataset"
        let truth: COCOFile = try ReferenceData.decoded("\(folder)/gt_dataset.json")
        let found: [COCOFile.Object] = try ReferenceData.decoded("\(folder)/dt_dataset.json")
        let expected: Expected = try ReferenceData.decoded("eval_reference/expected.json")
        var precision = KeypointAveragePrecision()
        for image in truth.images.sorted(by: { $0.id < $1.id }) {
            try precision.add(
                truths: truth.annotations.filter { $0.image == image.id }.map {
                    .init(
                        try Keypoint.list(fromCOCO: try #require($0.keypoints)), box: $0.box,
                        area: try #require($0.area), category: $0.category, isCrowd: $0.iscrowd == 1)
                },
                detections: found.filter { $0.image == image.id }.map {
                    let numbers = try #require($0.keypoints)
                    let places = stride(from: 0, to: numbers.count, by: 3).map {
                        Keypoint(x: numbers[$0], y: numbers[$0 + 1])
                    }
                    return .init(
                        places, category: $0.category, score: try #require($0.score),
                        area: $0.bbox.map { $0[2] * $0[3] })
                })
        }
        let scores = precision.result
        let mine: [(String, Double?)] = [
            ("AP", scores.ap), ("AP50", scores.ap50), ("AP75", scores.ap75), ("APm", scores.apMedium),
            ("APl", scores.apLarge), ("AR", scores.ar), ("AR50", scores.ar50), ("AR75", scores.ar75),
            ("ARm", scores.arMedium), ("ARl", scores.arLarge),
        ]
        for (name, value) in mine {
            #expect(abs((value ?? -1) - (expected.keypoints[name] ?? -2)) < 1e-9, "\(name)")
        }
    }

    @Test("the similarity is the formula's, and a point out by its spread has the root of 1/e to that many squares")
    func similarity() {
        let precision = KeypointAveragePrecision(sigmas: [0.1, 0.05])
        let truth = KeypointAveragePrecision.Truth(
            [Keypoint(x: 10, y: 10), Keypoint(x: 0, y: 0, visibility: .unlabelled)],
            box: Box(x: 0, y: 0, width: 20, height: 20), area: 400, category: 0)
        func similarity(_ x: Double) -> Double {
            precision.similarity(
                of: .init([Keypoint(x: x, y: 10), Keypoint(x: 900, y: 900)], category: 0, score: 1), to: truth)
        }
        // 2 · 0.1 · √400 = 4 pixels.
        #expect(similarity(10) == 1 && abs(similarity(14) - exp(-0.5)) < 1e-9 && abs(similarity(2) - exp(-2)) < 1e-9)
        var bare = truth
        bare.keypoints[0].visibility = .unlabelled
        let near = KeypointAveragePrecision.Detection(
            [Keypoint(x: -19, y: 39), Keypoint(x: 40, y: 0)], category: 0, score: 1)
        #expect(precision.similarity(of: near, to: bare) == 1)
    }

    @Test("who has no labelled keypoint need not be found, and finding them is no mistake")
    func exempt() throws {
        var precision = KeypointAveragePrecision(sigmas: [0.1])
        let box = Box(x: 0, y: 0, width: 100, height: 100)
        try precision.add(
            truths: [
                .init([Keypoint(x: 50, y: 50)], box: box, area: 10_000, category: 1),
                .init(
                    [Keypoint(x: 0, y: 0, visibility: .unlabelled)], box: Box(x: 500, y: 0, width: 100, height: 100),
                    area: 10_000, category: 1),
            ],
            detections: [
                .init([Keypoint(x: 550, y: 50)], category: 1, score: 0.9, area: 10_000),
                .init([Keypoint(x: 50, y: 50)], category: 1, score: 0.5, area: 10_000),
            ])
        #expect(abs((precision.result.ap ?? 0) - 1) < 1e-12 && precision.result.arLarge == 1)
        #expect(precision.result.apMedium == nil)
    }

    @Test("another number of keypoints is an error, and changes nothing")
    func counts() {
        var precision = KeypointAveragePrecision()
        #expect(throws: MetricsError.self) {
            try precision.add(truths: [], detections: [.init([Keypoint(x: 0, y: 0)], category: 0, score: 1)])
        }
        #expect(precision.result.ap == nil)
    }
}
