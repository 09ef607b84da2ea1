import Foundation
import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadeLinear
import SaccadeMetrics
import SaccadePrelude
import Testing

@Suite struct HOGSVMTests {
    static let settings: HOGSVM.FitSettings = {
        var settings = HOGSVM.FitSettings()
        (settings.objectSide, settings.step, settings.randomNegatives) = (32, 1.15, 500)
        settings.mining = HardNegativeMining(rounds: 2, newPerTraining: 500, limit: 1500)
        return settings
    }()

    static func fit(
        _ data: DrawnObjects, _ settings: HOGSVM.FitSettings = settings
    ) throws -> (detector: HOGSVM, classes: [HOGSVM.ClassFit]) {
        try HOGSVM.fit(classNames: DrawnObjects.classNames, examples: data.examples, settings: settings) {
            data.images[$0]
        }
    }

    /// The mean of the classes at an IoU of 0.5, as Pascal VOC counts it.
    static func averagePrecision(of detector: HOGSVM, on data: DrawnObjects) -> Double {
        var precision = VOCAveragePrecision(classes: 2)
        for (example, image) in zip(data.examples, data.images) {
            let found = detector.detect(image)
            precision.add(
                truths: example.objects.map { .init($0.box, label: $0.label) },
                detections: found.boxes.indices.map {
                    .init(found.boxes[$0], label: found.labels[$0] - 1, score: Double(found.scores[$0]))
                })
        }
        return precision.mean ?? 0
    }

    @Test("learns two classes of drawn objects, which weights in disorder do not find")
    func learns() throws {
        let (detector, classes) = try Self.fit(DrawnObjects(count: 30, seed: 1))
        #expect(detector.classNames == ["ring", "bar"])
        // Each class has a window of its form.
        #expect(detector.search.shapes[0].windowSize == PixelSize(width: 48, height: 48))
        #expect(detector.search.shapes[1].windowSize == PixelSize(width: 40, height: 64))
        for (label, fit) in classes.enumerated() {
            #expect(fit.objects == 30 && fit.unsuitable == 0 && !fit.rounds.isEmpty)
            // Every window of the images passes by in every round, and fewer are hard each time.
            #expect(Set(fit.rounds.map(\.windows)).count == 1 && fit.rounds[0].windows > 10_000, "\(label)")
            #expect(fit.rounds[0].hard > (fit.rounds.count > 1 ? fit.rounds[1].hard : 0))
        }
        let test = DrawnObjects(count: 20, seed: 2)
        #expect(Self.averagePrecision(of: detector, on: test) > 0.9)

        var generator = SplitMix64(seed: 3)
        let blind = try HOGSVM(
            search: detector.search,
            machines: detector.machines.map {
                HOGSVM.Machine(
                    className: $0.className, weights: $0.weights.shuffled(using: &generator), bias: $0.bias)
            })
        #expect(Self.averagePrecision(of: blind, on: test) < 0.3)
    }

    @Test("hard negatives make it better")
    func mining() throws {
        let (training, test) = (DrawnObjects(count: 30, seed: 4), DrawnObjects(count: 20, seed: 5))
        // Hardly any negatives to begin with, and none that is hard enough.
        var settings = Self.settings
        (settings.randomNegatives, settings.mining) = (20, HardNegativeMining(rounds: 1, hardAbove: 0.999))
        func falseAlarms(_ detector: HOGSVM) -> Int {
            var detector = detector
            detector.scoreThreshold = 0.5
            return zip(test.images, test.examples).reduce(0) { sum, pair in
                let found = detector.detect(pair.0)
                return sum
                    + found.boxes.indices.count { index in
                        !pair.1.objects.contains {
                            $0.label == found.labels[index] - 1 && $0.box.iou(with: found.boxes[index]) > 0.4
                        }
                    }
            }
        }
        let without = try Self.fit(training, settings).detector
        settings.mining = Self.settings.mining
        let with = try Self.fit(training, settings).detector
        #expect(2 * falseAlarms(with) < falseAlarms(without))
    }

    @Test("the same seed gives the same numbers, and another gives others")
    func seeds() throws {
        let data = DrawnObjects(count: 8, seed: 6)
        var settings = Self.settings
        settings.randomNegatives = 100
        let first = try Self.fit(data, settings)
        let again = try Self.fit(data, settings)
        let isSame = first.detector == again.detector
        #expect(isSame && first.classes == again.classes)
        settings.seed = 1
        let isOther = try Self.fit(data, settings).detector != first.detector
        #expect(isOther)
    }

    @Test("objects that need not be found are examples of nothing")
    func difficult() throws {
        let data = DrawnObjects(count: 8, seed: 7)
        var marked = data
        // A second, difficult ring over each bar: bars are then no negatives of rings.
        for index in marked.examples.indices {
            marked.examples[index].objects.append(
                .init(data.examples[index].objects[1].box, label: 0, isDifficult: true))
        }
        let (plain, careful) = (try Self.fit(data), try Self.fit(marked))
        #expect(plain.classes[0].objects == 8 && careful.classes[0].objects == 8)
        #expect(plain.detector.search == careful.detector.search)
        // Machines are long: told apart outside of what a failure would print.
        let (changes, stays) = (
            plain.detector.machines[0] != careful.detector.machines[0],
            plain.detector.machines[1] == careful.detector.machines[1]
        )
        #expect(changes && stays)
        for index in marked.examples.indices { marked.examples[index].objects[0].isDifficult = true }
        let error = try #require(throws: FeaturesError.self) { try Self.fit(marked) }
        #expect(error.code == .classes && error.description.contains("ring"))
    }

    @Test("finds the window it was made of, at two sizes and at the edge")
    func template() throws {
        // A ring: its own descriptor, less the mean, is a template for it.
        func ring(_ side: Int, _ x: Int, _ y: Int) -> Image {
            DrawnObjects.image(
                [.init(Box(x: Double(x), y: Double(y), width: Double(side), height: Double(side)), label: 0)],
                width: 200, height: 180, noise: 5)
        }
        let window = PixelSize(width: 64, height: 64)
        let search = try WindowSearch(
            hog: .dalalTriggs, margin: 8, step: 1.2, shapes: [WindowShape(windowSize: window, sides: 40...110)])
        let pattern = HOG.dalalTriggs.grid(of: ring(48, 64, 64)).window(row: 7, column: 7, size: window)
        let mean = pattern.reduce(0, +) / Float(pattern.count)
        var detector = try HOGSVM(
            search: search,
            machines: [.init(className: "ring", weights: pattern.map { $0 - mean }, bias: 0)])
        detector.scoreThreshold = 0.5
        for (side, x, y) in [(48, 64, 64), (100, 40, 33), (48, 0, 0), (60, 140, 120)] {
            let found = detector.detect(ring(side, x, y))
            let best = try #require(found.boxes.first)
            let truth = Box(x: Double(x), y: Double(y), width: Double(side), height: Double(side))
            #expect(best.iou(with: truth) > 0.6, "\(side): \(best)")
            #expect(found.labels.allSatisfy { $0 == 1 })
            #expect(found.scores.allSatisfy { $0 > 0.5 && $0 <= 1 } && found.scores == found.scores.sorted(by: >))
        }
        // Thresholds and limits do what they say.
        let image = ring(100, 40, 33)
        detector.scoreThreshold = 0
        let all = detector.detect(image)
        detector.limit = 3
        #expect(detector.detect(image).scores == Array(all.scores.prefix(3)))
        detector.limit = 0
        #expect(detector.detect(image).boxes.isEmpty)
        (detector.limit, detector.scoreThreshold) = (100, 1)
        #expect(detector.detect(image).boxes.isEmpty)
        detector.scoreThreshold = .nan
        #expect(detector.detect(image).boxes.isEmpty)
    }

    @Test("images of any form are looked at, and small ones hold nothing")
    func forms() throws {
        let (detector, _) = try Self.fit(DrawnObjects(count: 6, seed: 8))
        for (width, height) in [(1, 1), (3, 900), (900, 3), (20, 20)] {
            #expect(detector.detect(.noise(width: width, height: height, channels: 3)).boxes.isEmpty)
        }
        let found = detector.detect(.noise(width: 3000, height: 60, channels: 3))
        for box in found.boxes { #expect(box.left >= 0 && box.top >= 0 && box.right <= 3000 && box.bottom <= 60) }
    }

    @Test("boxes and images of every kind are learnt from or left out")
    func strange() throws {
        var data = DrawnObjects(count: 4, seed: 9)
        let wild: [Double] = [0, -1, 5, 70, 160, 1e9, -1e9, 1e308, .infinity, -.infinity, .nan]
        var generator = SplitMix64(seed: 10)
        func edge() -> Double { wild.randomElement(using: &generator)! }
        for _ in 0..<40 {
            let objects = (0..<250).map { _ in
                HOGSVM.Example.Object(
                    Box(left: edge(), top: edge(), right: edge(), bottom: edge()),
                    label: .random(in: 0...1, using: &generator))
            }
            data.examples.append(HOGSVM.Example(objects: objects))
            data.images.append(
                .noise(
                    width: .random(in: 1...80, using: &generator), height: .random(in: 1...80, using: &generator),
                    channels: 3))
        }
        var settings = Self.settings
        settings.mining = HardNegativeMining(rounds: 1, limit: 200)
        let (detector, classes) = try Self.fit(data, settings)
        #expect(classes.allSatisfy { $0.unsuitable > 4000 && $0.objects >= 4 })
        #expect(detector.machines.allSatisfy { $0.weights.allSatisfy(\.isFinite) && $0.bias.isFinite })
    }

    @Test("what cannot be learnt is refused in a sentence")
    func refused() throws {
        let data = DrawnObjects(count: 2, seed: 11)
        func code(
            _ classNames: [String] = DrawnObjects.classNames, _ examples: [HOGSVM.Example]? = nil,
            _ change: (inout HOGSVM.FitSettings) -> Void = { _ in }
        ) throws -> FeaturesError.Code? {
            var settings = Self.settings
            change(&settings)
            do {
                _ = try HOGSVM.fit(classNames: classNames, examples: examples ?? data.examples, settings: settings) {
                    data.images[$0]
                }
                return nil
            } catch let error as FeaturesError { return error.code }
        }
        #expect(try code() == nil)
        #expect(try code(["ring"]) == .classes)
        #expect(try code(["ring", "ring"]) == .classes)
        #expect(try code(["ring", ""]) == .classes)
        #expect(try code(["ring", "bar", "nothing"]) == .classes)
        #expect(try code([], []) == .classes)
        let box = Box(x: 0, y: 0, width: 9, height: 9)
        #expect(try code(["ring"], [.init(objects: [.init(box, label: -1)])]) == .classes)
        // A window everywhere on the only image has much of the object.
        let whole = Box(x: 0, y: 0, width: 160, height: 120)
        #expect(try code(["all"], [.init(objects: [.init(whole, label: 0)])]) == .classes)
        // The only object is on no image.
        let outside = Box(x: 500, y: 0, width: 160, height: 120)
        #expect(try code(["all"], [.init(objects: [.init(outside, label: 0)])]) == .classes)
        for side in [0, 7, 1025, .max, .min] { #expect(try code { $0.objectSide = side } == .setting) }
        for margin in [-1, 257, .max] { #expect(try code { $0.margin = margin } == .setting) }
        for step in [1, .nan, 9] { #expect(try code { $0.step = step } == .setting) }
        for iou in [-0.1, 1.1, .nan] { #expect(try code { $0.negativeIoU = iou } == .setting) }
        #expect(try code { $0.randomNegatives = 0 } == .setting)
        #expect(try code { $0.positiveLimit = 0 } == .setting)
        #expect(throws: LinearError.self) { try code { $0.svm.cost = -1 } }
        #expect(throws: LinearError.self) { try code { $0.mining.rounds = 0 } }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try HOGSVM.fit(classNames: DrawnObjects.classNames, examples: data.examples) { _ in throw Stop() }
        }
    }
}
