import CSaccadeKernels
import SaccadePrelude

/// For each class the sum of its values where it is the true one, and where any class is: what the coefficients of Dice
/// and Jaccard are made of when answers are probabilities.
///
/// - Parameters:
///   - x: `[N, C, …]`, such as probabilities.
///   - labels: `[N, …]`: whole numbers in `0..<C`, or `ignoredLabel`.
///   - ignoredLabel: A label whose places count nowhere.
/// - Returns: Two tensors of `[C]`.
/// - Precondition: Shapes fit, and every label is a class or ignored.
public func classSums(_ x: Tensor, _ labels: Tensor, ignoredLabel: Int? = nil) -> (right: Tensor, all: Tensor) {
    let x = x.rowMajor
    let sums = ClassSums(ignoredLabel: ignoredLabel)
    let results = sums.results(of: [x, labels])
    let classes = x.shape[1]
    @Sendable func gradient(_ dRight: Tensor, _ dAll: Tensor) -> Tensor {
        ClassSumsGradient(forward: sums, classes: classes)(labels, dRight, dAll)
    }
    let none = Tensor(filledWith: 0, shape: [classes])
    return (
        results[0].recorded(pullbacks: [x: { gradient($0, none) }]),
        results[1].recorded(pullbacks: [x: { gradient(none, $0) }])
    )
}

/// Inputs: values, labels. Results: two of `[C]`.
struct ClassSums: Operation {
    let ignoredLabel: Int?

    var name: String { "classSums" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let (x, labels) = (inputs[0], inputs[1])
        guard x.rank >= 2, x.dimensions.prefix(1) + x.dimensions.dropFirst(2) == labels.dimensions[...] else {
            throw ShapeError("classSums: values \(x) do not fit labels \(labels)")
        }
        return [[x[1]], [x[1]]]
    }

    /// What the loops in C take, after a look at the labels.
    func problem(_ x: Shape, _ labels: UnsafePointer<Float>) -> sk_class_sums {
        let (outer, inner) = x.around(1)
        let ignored = ignoredLabel.map(Float.init) ?? .nan
        let wrong = sk_cross_entropy_first_wrong(
            sk_cross_entropy(
                outer: outer, classes: x[1], inner: inner, ignored: ignored, smoothing: 0, labels: labels,
                class_weights: nil, element_weights: nil))
        require(wrong < 0, "classSums: the label \(labels[max(wrong, 0)]) is not a class in 0..<\(x[1])")
        return sk_class_sums(outer: outer, classes: x[1], inner: inner, ignored: ignored, labels: labels)
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let x = request.inputs[0].shape
        return [Kernel(request) { at in sk_class_sums_forward(problem(x, at[1]), at[0], at[2], at[3]) }]
    }
}

/// Inputs: labels, the gradients of both sums. Result: the gradient of the values.
struct ClassSumsGradient: Operation {
    let forward: ClassSums
    let classes: Int

    var name: String { "classSums gradient" }

    func resultShapes(_ inputs: [Shape]) -> [Shape] {
        [Shape([inputs[0][0], classes] + inputs[0].dimensions.dropFirst())]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.results[0]
        return [
            Kernel(request) { at in sk_class_sums_gradient(forward.problem(shape, at[0]), at[1], at[2], at[3]) }
        ]
    }
}
