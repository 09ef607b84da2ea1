import CSaccadeLinear
import SaccadePrelude

/// Linear support vector machines, one for each class against all that is not of it.
///
/// Each minimises ½ |w|² + C Σ cᵢ max(0, 1 − yᵢ (w · xᵢ + b)), the hinge loss (Cortes and Vapnik, "Support-Vector
/// Networks", 1995), by coordinate descent in the dual (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale
/// Linear SVM", 2008): liblinear's `-s 3`. The intercept is the weight of one more feature, so that it counts in |w| as
/// well; the larger that feature, the less.
public struct LinearSVM: Sendable, Hashable {
    /// What the machines are made with.
    public struct Settings: Sendable, Hashable {
        /// C, of each example's loss; above 0. Small values keep the weights small.
        public var cost: Double
        /// The feature that the intercept is the weight of; 0 for no intercept.
        public var bias: Double
        /// What C is multiplied with for examples of the class itself; above 0.
        public var positiveWeight: Double
        /// What C is multiplied with for all others; above 0.
        public var negativeWeight: Double
        /// The largest gradient that a dual variable may be left with; above 0.
        public var tolerance: Double
        /// Of the order in which examples are visited.
        public var seed: UInt32

        public init(
            cost: Double = 1, bias: Double = 1, positiveWeight: Double = 1, negativeWeight: Double = 1,
            tolerance: Double = 0.1, seed: UInt32 = 1
        ) {
            (self.cost, self.bias) = (cost, bias)
            (self.positiveWeight, self.negativeWeight) = (positiveWeight, negativeWeight)
            (self.tolerance, self.seed) = (tolerance, seed)
        }

        /// Those of R-CNN's authors (Girshick et al., 2014, `rcnn_train.m`), whose features have a mean norm of 20.
        public static let rcnn = Settings(cost: 0.001, bias: 10, positiveWeight: 2)
    }

    /// `[classes, features]`.
    public let weights: Matrix
    /// One for each class.
    public let intercepts: [Float]
    /// Whether the solver gave up, after a thousand rounds over the examples (in later versions of liblinear 300), before it
    /// was as near as the tolerance says.
    public let hasStoppedEarly: Bool

    /// Machines from their numbers.
    ///
    /// - Precondition: There are as many intercepts as rows of weights.
    public init(weights: Matrix, intercepts: [Float]) {
        require(
            weights.rows == intercepts.count, "LinearSVM: \(weights.rows) machines and \(intercepts.count) intercepts")
        (self.weights, self.intercepts, hasStoppedEarly) = (weights, intercepts, false)
    }

    /// Machines that give 0 to everything.
    public init(classes: Int, features: Int) {
        self.init(
            weights: Matrix(
                rows: classes, columns: features, values: [Float](repeating: 0, count: classes * features)),
            intercepts: [Float](repeating: 0, count: classes))
    }

    /// Learns from examples.
    ///
    /// Beside the features, needs 16 bytes for each of their numbers that is not 0, and 40 for each example. One training
    /// runs at a time in a process: liblinear draws from a sequence of random numbers that there is only once.
    ///
    /// - Parameters:
    ///   - features: `[examples, features]`.
    ///   - labels: The class of each example, in `0..<classes`; nil for one that is of none, such as background.
    ///   - classes: At least 1. One alone makes a machine that tells it from all that has no label.
    /// - Throws: ``LinearError``: numbers that are not finite, a class with nothing in it or nothing outside, settings or
    ///   sizes that cannot be.
    public init(features: Matrix, labels: [Int?], classes: Int, settings: Settings = Settings()) throws(LinearError) {
        try settings.check()
        guard classes >= 1 else { throw LinearError(.label, "there are \(classes) classes; at least 1 is needed") }
        guard features.rows == labels.count, features.rows > 0 else {
            throw LinearError(
                .examples, "there are \(features.rows) examples and \(labels.count) labels; each example needs one")
        }
        guard features.rows < Int32.max, features.columns < Int32.max - 2 else {
            throw LinearError(
                .tooLarge, "\(features.rows) examples of \(features.columns) features are beyond liblinear's numbers")
        }
        if let error = LinearError.notFinite("example", features) { throw error }
        for (example, label) in labels.enumerated() {
            guard let label, !(0..<classes).contains(label) else { continue }
            throw LinearError(.label, "example \(example) is of class \(label), of which there are only \(classes)")
        }

        guard
            let examples = saccade_linear_examples_create(
                features.rows, features.columns, features.values, settings.bias)
        else { throw .memory(features.rows) }
        defer { saccade_linear_examples_destroy(examples) }
        var weights: [Float] = []
        var intercepts: [Float] = []
        var hasStoppedEarly = false
        for label in 0..<classes {
            let machine = try Self.machine(examples, labels.map { $0 == label }, label, features.columns, settings)
            weights += machine.weights
            intercepts.append(machine.intercept)
            hasStoppedEarly = hasStoppedEarly || machine.hasStoppedEarly
        }
        self.weights = Matrix(rows: classes, columns: features.columns, values: weights)
        self.intercepts = intercepts
        self.hasStoppedEarly = hasStoppedEarly
    }

    /// What each class gives to each row of `features`: `[examples, classes]`, above 0 where it takes it for its own.
    ///
    /// - Precondition: There are as many features as in training.
    public func scores(of features: Matrix) -> Matrix {
        features.products(withRowsOf: weights).adding(intercepts)
    }

    private static func machine(
        _ examples: OpaquePointer, _ isPositive: [Bool], _ label: Int, _ columns: Int, _ settings: Settings
    ) throws(LinearError) -> (weights: [Float], intercept: Float, hasStoppedEarly: Bool) {
        guard isPositive.contains(true) else {
            throw LinearError(.label, "class \(label) has no examples; leave it out, or add some")
        }
        guard isPositive.contains(false) else {
            throw LinearError(.label, "all examples are of class \(label); add some that are not")
        }
        var weights = [Float](repeating: 0, count: columns)
        var intercept: Float = 0
        var reason: UnsafePointer<CChar>?
        let result = saccade_linear_train(
            examples, isPositive.map { $0 ? 1 : 0 },
            saccade_linear_settings(
                cost: settings.cost, positive_weight: settings.positiveWeight,
                negative_weight: settings.negativeWeight, tolerance: settings.tolerance, seed: settings.seed),
            &weights, &intercept, &reason)
        switch result {
        case SACCADE_LINEAR_NO_MEMORY: throw .memory(isPositive.count)
        case SACCADE_LINEAR_REFUSED:
            throw LinearError(.setting, "liblinear says: \(reason.map { String(cString: $0) } ?? "nothing")")
        default: return (weights, intercept, result == SACCADE_LINEAR_STOPPED)
        }
    }
}

extension LinearSVM.Settings {
    /// Numbers may come from a recipe.
    func check() throws(LinearError) {
        func check(_ value: Double, _ name: String) throws(LinearError) {
            if !(value > 0 && value.isFinite) {
                throw LinearError(.setting, "\(name) of \(value): it must be above 0 and finite")
            }
        }
        try check(cost, "a cost")
        try check(positiveWeight, "a weight for positive examples")
        try check(negativeWeight, "a weight for negative examples")
        try check(tolerance, "a tolerance")
        guard bias >= 0, bias.isFinite else {
            throw LinearError(.setting, "a bias of \(bias): it must be 0, for none, or above and finite")
        }
    }
}

extension LinearError {
    fileprivate static func memory(_ examples: Int) -> LinearError {
        LinearError(.tooLarge, "there is not enough memory for \(examples) examples; give fewer")
    }
}
