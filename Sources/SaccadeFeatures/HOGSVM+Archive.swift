import Foundation
import SaccadeImages

extension HOGSVM {
    /// A detector as a file of tensors holds it: arrays with names, and texts.
    public struct Archive: Sendable, Hashable {
        /// For each class, counted from 0: `weights.0`, a number for each of the window's, and `bias.0`, one number.
        public var arrays: [String: [Float]]
        /// `hog-svm`: all the rest, as JSON.
        public var metadata: [String: String]

        public init(arrays: [String: [Float]], metadata: [String: String]) {
            (self.arrays, self.metadata) = (arrays, metadata)
        }
    }

    /// The key of ``Archive/metadata`` that detectors of this kind are known by.
    public static let archiveKey = "hog-svm"

    /// All of the detector, to be read by ``init(_:)``.
    public var archive: Archive {
        var arrays: [String: [Float]] = [:]
        for (index, machine) in machines.enumerated() {
            arrays["weights.\(index)"] = machine.weights
            arrays["bias.\(index)"] = [machine.bias]
        }
        let encoder = JSONEncoder()
        // The same detector gives the same bytes.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and finite numbers: there is nothing that JSON could not hold.
        let text = try! encoder.encode(Description(self))
        return Archive(arrays: arrays, metadata: [Self.archiveKey: String(decoding: text, as: UTF8.self)])
    }

    /// - Throws: ``FeaturesError``: something missing, or numbers that make no detector.
    public init(_ archive: Archive) throws(FeaturesError) {
        guard let text = archive.metadata[Self.archiveKey] else {
            throw FeaturesError(
                .archive, "holds no detector of windows: there is no \(Self.archiveKey) among its metadata")
        }
        let description: Description
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
        } catch {
            throw FeaturesError(.archive, "its \(Self.archiveKey) cannot be read: \(error)")
        }
        var machines: [Machine] = []
        for (index, item) in description.classes.enumerated() {
            guard let weights = archive.arrays["weights.\(index)"], let bias = archive.arrays["bias.\(index)"],
                bias.count == 1
            else {
                throw FeaturesError(
                    .archive, "the class \(item.name) needs weights.\(index) and one number in bias.\(index)")
            }
            machines.append(Machine(className: item.name, weights: weights, bias: bias[0]))
        }
        try self.init(search: description.search(), machines: machines)
        guard description.scoreThreshold.isFinite, (0...1).contains(description.iouThreshold) else {
            throw FeaturesError(
                .setting,
                "a score of \(description.scoreThreshold) and an IoU of \(description.iouThreshold): they must be finite, and "
                    + "the second in 0...1")
        }
        (scoreThreshold, iouThreshold) = (description.scoreThreshold, description.iouThreshold)
        limit = max(description.limit, 0)
    }
}

/// What a detector is, but for its weights.
private struct Description: Codable {
    struct Class: Codable {
        var name: String
        var width, height: Int
        /// The sides of objects, from and to.
        var sides: [Double]
    }

    struct Features: Codable {
        var orientations, cellSide, blockSide: Int
        var samples, voting, epsilonForm: String
        var takesSquareRoots: Bool
        var epsilon, limit, secondEpsilon: Float
    }

    var classes: [Class]
    var features: Features
    var margin: Int
    var step: Double
    var scoreThreshold: Float
    var iouThreshold: Double
    var limit: Int

    init(_ detector: HOGSVM) {
        let hog = detector.search.hog
        classes = zip(detector.classNames, detector.search.shapes).map { name, shape in
            Class(
                name: name, width: shape.windowSize.width, height: shape.windowSize.height,
                sides: [shape.sides.lowerBound, shape.sides.upperBound])
        }
        features = Features(
            orientations: hog.orientations, cellSide: hog.cellSide, blockSide: hog.blockSide,
            samples: hog.samples.rawValue, voting: hog.voting.rawValue, epsilonForm: hog.normalization.form.rawValue,
            takesSquareRoots: hog.takesSquareRoots, epsilon: hog.normalization.epsilon,
            limit: hog.normalization.limit, secondEpsilon: hog.normalization.secondEpsilon)
        (margin, step) = (detector.search.margin, detector.search.step)
        (scoreThreshold, iouThreshold) = (detector.scoreThreshold, detector.iouThreshold)
        limit = detector.limit
    }

    func search() throws(FeaturesError) -> WindowSearch {
        var shapes: [WindowShape] = []
        for item in classes {
            guard item.sides.count == 2, item.sides[0] <= item.sides[1] else {
                throw FeaturesError(
                    .archive, "the class \(item.name) is for sizes \(item.sides): there must be two, in order")
            }
            shapes.append(
                WindowShape(
                    windowSize: PixelSize(width: item.width, height: item.height), sides: item.sides[0]...item.sides[1])
            )
        }
        return try WindowSearch(hog: try hog(), margin: margin, step: step, shapes: shapes)
    }

    private func hog() throws(FeaturesError) -> HOG {
        guard let samples = HOG.Samples(rawValue: features.samples), let voting = HOG.Voting(rawValue: features.voting),
            let form = HOG.Normalization.Guard(rawValue: features.epsilonForm),
            HOG.orientationCounts.contains(features.orientations), HOG.cellSides.contains(features.cellSide),
            HOG.blockSides.contains(features.blockSide)
        else { throw FeaturesError(.archive, "there are no features like \(features)") }
        return HOG(
            orientations: features.orientations, cellSide: features.cellSide, blockSide: features.blockSide,
            samples: samples, takesSquareRoots: features.takesSquareRoots, voting: voting,
            normalization: HOG.Normalization(
                form: form, epsilon: features.epsilon, limit: features.limit, secondEpsilon: features.secondEpsilon))
    }
}
