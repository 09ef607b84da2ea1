import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

/// One of the R-CNNs at work on a data set's images, its time taken apart.
struct DetectionBenchmark {
    /// Of one detector, for an image in the mean.
    struct Result: Encodable {
        let detector: String
        /// Seconds of each part.
        let parts: [String: Double]
        /// Regions of an image.
        let regions: Double
        /// How often a network runs over pixels for an image: once, or for every region.
        let passes: Double
        /// Seconds in all.
        let total: Double
        /// PASCAL VOC's average precision at an IoU above 0.5, in the mean over the classes; nil of a network that has learnt
        /// nothing.
        let ap50: Double?
        /// Seconds on a K40 as the papers have them.
        let paper: Paper

        /// What the papers measured on one GPU, an NVIDIA K40, with VGG-16, in seconds for an image.
        struct Paper: Encodable {
            let network, proposals: Double
        }

        private enum CodingKeys: String, CodingKey {
            case detector, parts, regions, passes, total, formula, explained, ap50, paper
        }

        func seconds(_ part: DetectionClock.Part) -> Double { parts[part.rawValue] ?? 0 }

        /// Whether the network runs over regions, not over the image.
        private var looksAtRegions: Bool { passes != 1 }
        /// ConvTime: one pass of the network over an image, or over a region, which is cut out and warped before.
        var secondsPerPass: Double {
            (seconds(.convolution) + (looksAtRegions ? seconds(.pooling) : 0)) / max(passes, 1)
        }
        /// fcTime: what one region takes behind the maps: reading it from them, and the heads.
        var secondsPerRegion: Double {
            (seconds(.heads) + (looksAtRegions ? 0 : seconds(.pooling))) / max(regions, 1)
        }
        /// PropTime, where the proposals come from outside the network.
        var searchSeconds: Double { detector.hasPrefix("Faster") ? 0 : seconds(.proposals) }

        /// The lecture's formula: PropTime + passes · ConvTime + NumProp · fcTime, with PropTime 0 where the network proposes.
        var formula: Double { searchSeconds + passes * secondsPerPass + regions * secondsPerRegion }
        /// What was not measured part by part: preparing images.
        var rest: Double { total - parts.values.reduce(0, +) }
        /// Of the network alone.
        var networkSeconds: Double { seconds(.convolution) + seconds(.pooling) + seconds(.heads) }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(detector, forKey: .detector)
            try values.encode(parts, forKey: .parts)
            try values.encode(regions, forKey: .regions)
            try values.encode(passes, forKey: .passes)
            try values.encode(total, forKey: .total)
            try values.encode(formula, forKey: .formula)
            try values.encode(formula / total, forKey: .explained)
            try values.encodeIfPresent(ap50, forKey: .ap50)
            try values.encode(paper, forKey: .paper)
        }
    }

    let name: String
    let detector: any Detector
    /// Whether it has learnt something.
    let isTrained: Bool
    let paper: Result.Paper

    /// Runs it on every image: on the first two to be ready, then on all, as a whole and part by part.
    func measure(_ samples: DetectionDataset, classNames: [String]) throws -> Result {
        let images = try (0..<samples.count).map { try samples.image(at: $0, atLeast: nil) }
        for image in images.prefix(2) { _ = try detector(image) }
        let clock = DetectionClock()
        var found: [[DetectedObject]] = []
        let start = ContinuousClock.now
        for image in images { found.append(try detector(image, clock: clock)) }
        let total = start.duration(to: .now) / .seconds(1)
        let count = Double(max(images.count, 1))
        let parts = clock.seconds.map { ($0.key.rawValue, $0.value / count) }
        let regions = Double(clock.regions) / count
        return Result(
            detector: name, parts: Dictionary(uniqueKeysWithValues: parts), regions: regions,
            passes: name == "R-CNN" ? regions : 1, total: total / count,
            ap50: isTrained ? precision(of: found, on: samples, classNames) : nil, paper: paper)
    }

    private func precision(of found: [[DetectedObject]], on samples: DetectionDataset, _ classes: [String]) -> Double? {
        var score = VOCAveragePrecision(classes: max(classes.count, 1))
        let places = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (objects, sample) in zip(found, samples.samples) {
            score.add(
                truths: sample.objects.compactMap { object in
                    places[samples.classNames[object.label]].map {
                        .init(object.box, label: $0, isDifficult: object.isCrowd)
                    }
                },
                detections: objects.compactMap { object in
                    places[object.label].map { .init(object.box, label: $0, score: object.score) }
                })
        }
        return score.mean
    }
}
