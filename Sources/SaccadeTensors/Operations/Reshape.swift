import SaccadePrelude

extension Tensor {
    /// The same elements in another shape.
    ///
    /// - Precondition: Both shapes have the same number of elements.
    public func reshaped(to shape: Shape) -> Tensor {
        let original = self.shape
        guard shape != original else { return self }
        return Reshape(shape: shape).applied(to: self)
            .recorded(pullbacks: [self: { dy in dy.reshaped(to: original) }])
    }

    /// Joins `axis` and every later axis into one.
    public func flattened(from axis: Int) -> Tensor {
        let kept = shape.dimensions.prefix(axis)
        return reshaped(to: Shape(kept + [shape.dimensions.dropFirst(axis).reduce(1, *)]))
    }
}

/// Another shape for the same elements. Nothing is computed: the result shares its memory.
struct Reshape: Operation {
    let shape: Shape

    var name: String { "reshape" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].elementCount == shape.elementCount else {
            throw ShapeError(
                "reshape: \(inputs[0]) has \(inputs[0].elementCount) elements, \(shape) has \(shape.elementCount)")
        }
        return [shape]
    }

    /// Only plans come here; what runs eagerly shares the storage.
    func kernels(_ request: KernelRequest) -> [Kernel] {
        let count = shape.elementCount
        return [Kernel(request, inPlace: 0) { at in if at[0] != at[1] { at[1].update(from: at[0], count: count) } }]
    }

    func applied(to tensor: Tensor) -> Tensor {
        guard !tensor.isTraced else { return self(tensor) }
        do { _ = try resultShapes([tensor.shape]) } catch { wrongProgram("\(error)") }
        return Tensor(shape: shape, content: tensor.rowMajor.content)
    }
}
