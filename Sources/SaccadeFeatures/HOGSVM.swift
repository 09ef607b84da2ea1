public import SaccadeGeometry
public import SaccadeImages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A detector of windows, histograms of oriented gradients and linear SVMs (Dalal and Triggs, "Histograms of Oriented
/// Gradients for Human Detection", 2005), for any number of classes.
///
/// Each class has one window, whose shape its objects have, and one linear SVM. The window is laid over the image
/// everywhere and at every size that objects of the class have; where the machine says yes, there may be one, and of boxes
/// that lie on each other the best stays.
public struct HOGSVM: Sendable, Hashable {
    /// A linear SVM over a window's numbers.
    public struct Machine: Sendable, Hashable {
        /// What it recognises.
        public let className: String
        /// One for each number of the window, in the order of ``HOG/descriptor(of:)``.
        public let weights: [Float]
        public let bias: Float

        public init(className: String, weights: [Float], bias: Float) {
            (self.className, self.weights, self.bias) = (className, weights, bias)
        }
    }

    /// Where it looks.
    public let search: WindowSearch
    /// One for each of the search's shapes.
    public let machines: [Machine]
    /// Scores must be above, in 0...1; see ``detect(_:)``.
    public var scoreThreshold: Float = 0.25
    /// The IoU above which the worse box of a class goes, in 0...1.
    public var iouThreshold = 0.3
    /// How many objects are found on an image at most.
    public var limit = 100

    /// - Throws: ``FeaturesError``: classes without a name of their own, weights that fit no window or are no numbers.
    public init(search: WindowSearch, machines: [Machine]) throws(FeaturesError) {
        guard machines.count == search.shapes.count, !machines.isEmpty else {
            throw FeaturesError(
                .classes, "\(machines.count) classes with \(search.shapes.count) windows: there must be one for each")
        }
        try Self.check(classNames: machines.map(\.className))
        for (shape, machine) in machines.enumerated() {
            let count = search.featureCount(of: shape)
            guard machine.weights.count == count else {
                throw FeaturesError(
                    .window,
                    "\(machine.weights.count) weights for \(machine.className), whose window of "
                        + "\(search.shapes[shape].windowSize) pixels has \(count) numbers")
            }
            guard machine.bias.isFinite, machine.weights.allSatisfy(\.isFinite) else {
                throw FeaturesError(
                    .window, "the weights for \(machine.className) are not all finite; learn or save them again")
            }
        }
        (self.search, self.machines) = (search, machines)
    }

    static func check(classNames: [String]) throws(FeaturesError) {
        for (index, name) in classNames.enumerated() where name.isEmpty || classNames[..<index].contains(name) {
            throw FeaturesError(
                .classes,
                name.isEmpty ? "class \(index) has no name" : "there are two classes of the name \(name); rename one")
        }
    }

    /// The names of the classes. Detections count them from 1 on.
    public var classNames: [String] { machines.map(\.className) }

    /// What is found on an image.
    ///
    /// Scores are 1 / (1 + exp(−m)) for what the machine says, m = weights · window + bias: above ½ where it says yes. They
    /// are no probabilities.
    ///
    /// - Precondition: ``iouThreshold`` is in 0...1.
    public func detect(_ image: Image) -> DetectedBoxes {
        var (boxes, margins, classes) = ([Box](), [Float](), [Int]())
        search.forEachLevel(of: image) { level in
            for shape in level.shapes {
                let columns = level.windowCounts(of: shape).columns
                for (index, margin) in level.margins(machines[shape], shape: shape).enumerated()
                where Self.score(margin) > scoreThreshold {
                    boxes.append(level.box(row: index / columns, column: index % columns, shape: shape))
                    margins.append(margin)
                    classes.append(shape)
                }
            }
        }
        // By what the machine says: of scores near 1 many are the same.
        let found = Boxes(boxes)
        let kept = nonMaximumSuppression(
            found, scores: margins, classes: classes, threshold: iouThreshold, limit: limit)
        return DetectedBoxes(
            boxes: found.selecting(kept), labels: kept.map { classes[$0] + 1 },
            scores: kept.map { Self.score(margins[$0]) })
    }

    private static func score(_ margin: Float) -> Float { 1 / (1 + exp(-margin)) }
}

extension WindowSearch.Level {
    /// What a machine says of every window of its shape, row by row.
    func margins(_ machine: HOGSVM.Machine, shape: Int) -> [Float] {
        grid.scores(ofWindows: search.shapes[shape].windowSize, weights: machine.weights, bias: machine.bias)
    }
}
