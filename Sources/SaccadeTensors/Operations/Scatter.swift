import CSaccadeKernels

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
        let sums = Scatter(axis: axis, length: shape[axis], combines: .sum)(indices, source)
            .recorded(pullbacks: [source: { dy in Gather(axis: axis)(dy, indices) }])
        return self + sums
    }
}

/// Sends elements to places along an axis of a tensor of zeros. Inputs: places, elements.
struct Scatter: Operation {
    enum Combination: Sendable {
        /// Elements that meet are added.
        case sum
        /// Of elements that meet the last one in row-major order stays.
        case last
    }

    let axis: Int
    /// The result's length along the axis.
    let length: Int
    let combines: Combination
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
        let (count, results) = (shape[axis], request.results[0].elementCount)
        let adds = combines == .sum
        return [
            Kernel(request) { at in
                requireIndices(at[0], shape.elementCount, below: length, for: name)
                at[2].update(repeating: 0, count: results)
                sk_scatter(outer, length, count, inner, at[0], at[1], at[2], adds ? 1 : 0)
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

/// Traps unless all of `count` numbers are in `0..<length`: they will be used as places in memory.
func requireIndices(_ indices: UnsafePointer<Float>, _ count: Int, below length: Int, for name: String) {
    let outside = sk_first_outside(count, indices, length)
    precondition(outside < 0, "\(name): the index \(indices[max(outside, 0)]) is not in 0..<\(length)")
}
