import CSaccadeKernels

extension Tensor {
    /// The tensor repeated along axes of length 1, and along new leading axes, until it has `shape`.
    ///
    /// - Precondition: The shapes broadcast.
    public func broadcast(to shape: Shape) -> Tensor {
        let original = self.shape
        guard shape != original else { return self }
        return BroadcastTo(shape: shape)(self).recorded(pullbacks: [self: { dy in dy.summed(to: original) }])
    }
}

struct BroadcastTo: Operation {
    let shape: Shape

    var name: String { "broadcast" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard Broadcast.shape(inputs[0], shape) == shape else {
            throw ShapeError("broadcast: \(inputs[0]) does not broadcast to \(shape)")
        }
        return [shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let loop = Broadcast(shape, [request.inputs[0].shape, shape])
        return [
            Kernel(request) { at in
                sk_copy(Int32(loop.lengths.count), loop.lengths, at[0], loop.strides[0], at[1], loop.strides[1])
            }
        ]
    }
}
