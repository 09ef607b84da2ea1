import CSaccadeKernels
import SaccadePrelude

extension Tensor {
    /// A copy to which `source` is added, each element at the place along `axis` that `indices` names:
    /// `result[i][indices[i][j][k]][k] += source[i][j][k]` for axis 1 of three.
    ///
    /// Elements that meet at one place are added in row-major order, so the sum is the same each time.
    ///
    /// - Parameters:
    ///   - axis: Counted from the front, or from the back when negative.
    ///   - indices: Whole numbers in `0..<shape[axis]`, in the shape of `source`.
    ///   - source: This tensor's shape, but for any length along `axis`.
    /// - Precondition: The shapes fit, and every index is in range.
    public func scatterAdded(axis: Int, _ indices: Tensor, _ source: Tensor) -> Tensor {
        let axis = shape.resolved(axis: axis)
        let sums = Scatter(axis: axis, length: shape[axis])(indices, source)
            .recorded(pullbacks: [source: { dy in Gather(axis: axis)(dy, indices) }])
        return self + sums
    }
}

/// Sends elements to places along an axis of a tensor of zeros; those that meet are added. Inputs: places, elements.
struct Scatter: Operation {
    let axis: Int
    /// The result's length along the axis.
    let length: Int
    var name = "scatterAdded"

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0] == inputs[1] else {
            throw ShapeError("\(name): \(inputs[0]) indices for \(inputs[1]) elements")
        }
        return [inputs[1].replacing(axis, with: length)]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, length, name) = (request.inputs[1].shape, length, name)
        let (outer, inner) = shape.around(axis)
        let count = shape[axis]
        return [
            Kernel(request) { at in
                let wrong = sk_scatter(outer, length, count, inner, at[0], at[1], at[2], 1)
                requireIndices(at[0], wrong, below: length, for: name)
            }
        ]
    }
}

extension Shape {
    /// How many elements the axes before one have, and those after it.
    func around(_ axis: Int) -> (outer: Int, inner: Int) {
        (dimensions.prefix(axis).reduce(1, *), dimensions.dropFirst(axis + 1).reduce(1, *))
    }
}

/// Traps if a loop found an index that names nothing.
///
/// - Parameter wrong: Its place among the indices, or a negative number.
func requireIndices(_ indices: UnsafePointer<Float>, _ wrong: Int, below length: Int, for name: String) {
    require(wrong < 0, "\(name): the index \(indices[max(wrong, 0)]) is not in 0..<\(length)")
}
