import CSaccadeKernels
import SaccadePrelude

extension Tensor {
    /// Whole slices along an axis, in the order that `indices` names them; one may come several times.
    ///
    /// - Parameters:
    ///   - axis: Counted from the front, or from the back when negative.
    ///   - indices: Whole numbers in `0..<shape[axis]`, of any shape.
    /// - Returns: This tensor's shape with the shape of `indices` in the place of `axis`.
    /// - Precondition: Every index is in range.
    public func indexSelected(axis: Int, _ indices: Tensor) -> Tensor {
        let axis = shape.resolved(axis: axis)
        let whole = shape
        return IndexSelect(axis: axis, name: "indexSelected")(self, indices).recorded(pullbacks: [
            self: { dy in IndexSelectGradient(axis: axis, whole: whole)(indices, dy) }
        ])
    }
}

/// A row of `weight` for each index: a table of learned vectors, looked up.
///
/// - Parameters:
///   - indices: Whole numbers in `0..<V`, of any shape.
///   - weight: `[V, D]`.
///   - paddingIndex: A row that does not learn: its gradient is zero.
/// - Returns: The shape of `indices`, then `D`.
/// - Precondition: Every index is in range.
public func embedding(_ indices: Tensor, _ weight: Tensor, paddingIndex: Int? = nil) -> Tensor {
    require(weight.shape.rank == 2, "embedding: weights must be [V, D], got \(weight.shape)")
    let shape = weight.shape
    if let paddingIndex {
        require((0..<shape[0]).contains(paddingIndex), "embedding: no row \(paddingIndex) in \(shape)")
    }
    return IndexSelect(axis: 0, name: "embedding")(weight, indices).recorded(pullbacks: [
        weight: { dy in IndexSelectGradient(axis: 0, whole: shape, ignored: paddingIndex)(indices, dy) }
    ])
}

/// Inputs: the whole, the indices.
struct IndexSelect: Operation {
    let axis: Int
    let name: String

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank > axis else { throw ShapeError("\(name): \(inputs[0]) has no axis \(axis)") }
        let whole = inputs[0].dimensions
        return [Shape(whole.prefix(axis) + inputs[1].dimensions + whole.dropFirst(axis + 1))]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, count, name) = (request.inputs[0].shape, request.inputs[1].shape.elementCount, name)
        let (outer, inner) = shape.around(axis)
        let length = shape[axis]
        return [
            Kernel(request) { at in
                let wrong = sk_gather_rows(outer, length, count, inner, at[0], at[1], at[2])
                requireIndices(at[1], wrong, below: length, for: name)
            }
        ]
    }
}

/// Inputs: the indices, the gradient of what they selected.
struct IndexSelectGradient: Operation {
    let axis: Int
    let whole: Shape
    var ignored: Int?

    var name: String { "indexSelected gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [whole] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (count, ignored) = (request.inputs[0].shape.elementCount, ignored)
        let (outer, inner) = whole.around(axis)
        let length = whole[axis]
        return [
            Kernel(request) { at in
                let wrong = sk_scatter_rows(outer, length, count, inner, at[0], at[1], at[2])
                requireIndices(at[0], wrong, below: length, for: "indexSelected gradient")
                if let ignored { sk_fill(inner, 0, at[2] + ignored * inner) }
            }
        ]
    }
}
