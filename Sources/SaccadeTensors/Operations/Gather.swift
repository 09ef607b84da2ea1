import CSaccadeKernels

extension Tensor {
    /// For each place in `indices` the element that it names along `axis`:
    /// `result[i][j][k] = self[i][indices[i][j][k]][k]` for axis 1 of three.
    ///
    /// - Parameters:
    ///   - axis: Counted from the front, or from the back when negative.
    ///   - indices: Whole numbers in `0..<shape[axis]`; this tensor's shape, but for any length along `axis`.
    /// - Returns: A tensor in the shape of `indices`.
    /// - Precondition: The shapes fit, and every index is in range.
    public func gathered(axis: Int, _ indices: Tensor) -> Tensor {
        let axis = shape.resolved(axis: axis)
        let length = shape[axis]
        return Gather(axis: axis)(self, indices).recorded(pullbacks: [
            self: { dy in Scatter(axis: axis, length: length)(indices, dy) }
        ])
    }
}

/// One element for each index. Inputs: elements, places.
struct Gather: Operation {
    let axis: Int

    var name: String { "gathered" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank == inputs[1].rank,
            inputs[0].replacing(axis, with: 0) == inputs[1].replacing(axis, with: 0)
        else {
            throw ShapeError("gathered: \(inputs[1]) indices and \(inputs[0]) elements differ beside axis \(axis)")
        }
        return [inputs[1]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shape, indices) = (request.inputs[0].shape, request.inputs[1].shape)
        let (outer, inner) = shape.around(axis)
        let (length, count) = (shape[axis], indices[axis])
        return [
            Kernel(request) { at in
                let wrong = sk_gather(outer, length, count, inner, at[0], at[1], at[2])
                requireIndices(at[1], wrong, below: length, for: "gathered")
            }
        ]
    }
}
