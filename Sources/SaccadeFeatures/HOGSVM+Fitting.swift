public import SaccadeGeometry
public import SaccadeImages
public import SaccadeLinear
import SaccadePrelude

extension HOGSVM {
    /// What is known about one image to learn from.
    public struct Example: Sendable, Hashable {
        /// An object on it.
        public struct Object: Sendable, Hashable {
            public var box: Box
            /// Of its class, from 0 on.
            public var label: Int
            /// Whether it need not be found: then it is no example of anything.
            public var isDifficult: Bool

            public init(_ box: Box, label: Int, isDifficult: Bool = false) {
                (self.box, self.label, self.isDifficult) = (box, label, isDifficult)
            }
        }

        public var objects: [Object]

        public init(objects: [Object]) { self.objects = objects }
    }

    /// How a detector is learnt.
    public struct FitSettings: Sendable, Hashable {
        /// What windows are described by.
        public var hog = HOG.dalalTriggs
        /// The side of a square as large as an object in its window, in pixels.
        public var objectSide = 64
        /// Context around the object, on each side, in pixels of the window.
        public var margin = 8
        /// How many times smaller each size of an image is than the one before.
        public var step = 1.1
        /// Of the machines.
        public var svm = LinearSVM.Settings(cost: 0.1)
        /// Of hard negatives; the rounds over all images are its ``HardNegativeMining/rounds``.
        public var mining = HardNegativeMining(rounds: 2, newPerTraining: 2000, limit: 4000)
        /// Random windows of each class that the first training has as its negatives.
        public var randomNegatives = 2000
        /// A window is a negative where its IoU with each object of the class is below, in 0...1.
        public var negativeIoU = 0.3
        /// Descriptors of objects that a class has at most, mirror images among them; of more, random ones stay.
        public var positiveLimit = 4000
        /// Of what is drawn at random.
        public var seed: UInt64 = 0

        public init() {}

        func check() throws(FeaturesError) {
            guard (8...1024).contains(objectSide), WindowSearch.margins.contains(margin),
                ImagePyramid.steps.contains(step), (1...1_000_000).contains(randomNegatives),
                (2...1_000_000).contains(positiveLimit), (0...1).contains(negativeIoU)
            else {
                throw FeaturesError(
                    .setting,
                    "objects of \(objectSide) pixels (8...1024) with a margin of \(margin) (\(WindowSearch.margins)), steps "
                        + "of \(step) (\(ImagePyramid.steps)), \(randomNegatives) random negatives and at most "
                        + "\(positiveLimit) positives (2...1000000), negatives below an IoU of \(negativeIoU) (0...1)")
            }
        }
    }

    /// What learning a class was like.
    public struct ClassFit: Sendable, Hashable {
        /// Objects that were learnt from, mirror images not counted.
        public let objects: Int
        /// Objects whose form no window of the class has.
        public let unsuitable: Int
        /// Each round of looking for hard negatives.
        public let rounds: [HardNegativeMining.Round]
    }

    /// Learns to detect classes.
    ///
    /// Each object is cut out with context and described, as is its mirror image; a first machine tells them from random
    /// windows, and the next ones from those windows of all sizes of all images that are hard for the machines before
    /// (section 4 of the paper). The same examples, settings and seed give the same numbers.
    ///
    /// - Parameters:
    ///   - classNames: The names of the classes.
    ///   - examples: What is on each image.
    ///   - settings: How.
    ///   - image: Gives the image of an example. It is called once for each, and once more in every round.
    /// - Throws: ``FeaturesError``: a class without objects, settings that make no sense; `LinearError`; and what `image`
    ///   throws.
    public static func fit(
        classNames: [String], examples: [Example], settings: FitSettings = FitSettings(),
        image: (_ example: Int) throws -> Image
    ) throws -> (detector: HOGSVM, classes: [ClassFit]) {
        try settings.check()
        try check(classNames: classNames)
        if let label = examples.flatMap(\.objects).first(where: { !classNames.indices.contains($0.label) })?.label {
            throw FeaturesError(
                .classes, "an object is of class \(label), of which there are only \(classNames.count)")
        }
        let shapes = try classNames.enumerated().map { label, name in
            let boxes = examples.flatMap(\.objects).filter { $0.label == label && !$0.isDifficult }.map(\.box)
            guard
                let shape = WindowShape(
                    fitting: boxes, side: settings.objectSide, margin: settings.margin, cell: settings.hog.cellSide)
            else {
                throw FeaturesError(
                    .classes,
                    "there is no object of the class \(name) among the images to learn from; leave the class out, or add some"
                )
            }
            return shape
        }
        let search = try WindowSearch(
            hog: settings.hog, margin: settings.margin, step: settings.step, shapes: shapes)

        var gathering = ExampleWindows(search: search, settings: settings)
        for (index, example) in examples.enumerated() { gathering.add(example, index, try image(index)) }
        var learners = try classNames.enumerated().map { shape, name in
            try WindowLearner(gathering, shape: shape, className: name, settings: settings)
        }
        for _ in 0..<settings.mining.rounds {
            for (index, example) in examples.enumerated() {
                try search.forEachLevel(of: image(index)) { level in
                    for shape in level.shapes { try learners[shape].pass(level, example) }
                }
            }
            for shape in learners.indices { try learners[shape].endRound() }
            if learners.allSatisfy(\.isDone) { break }
        }
        let detector = try HOGSVM(search: search, machines: learners.map(\.machine))
        return (detector, learners.map(\.summary))
    }
}
