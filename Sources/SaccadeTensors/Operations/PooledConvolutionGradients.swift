import CSaccadeKernels

/// The gradients of the weights, and of the bias if there is one. Inputs: source, argmax, output gradient.
struct PooledWeightGradient: Operation {
    let geometry: PooledConvolutionGeometry
    let hasBias: Bool

    var name: String { "pooledConv2D weight gradient" }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.gradientMultiplyAdds }

    func resultShapes(_ inputs: [Shape]) -> [Shape] {
        [geometry.weights] + (hasBias ? [[geometry.weights[0]]] : [])
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (bridged, hasBias, tasks) = (geometry.bridged, hasBias, Threads.count)
        var kernel = Kernel(
            inputs: [geometry.sourceArrangement, nil, geometry.pooledArrangement],
            results: [nil] + (hasBias ? [nil] : [])
        ) { at in
            withUnsafePointer(to: bridged) {
                sk_pooled_weight_gradient(
                    $0, tasks, at[0], at.bytes(1), at[2], at[3], hasBias ? at[4] : nil, at[hasBias ? 5 : 4])
            }
        }
        kernel.scratchByteCount = withUnsafePointer(to: bridged) { sk_pooled_weight_gradient_scratch($0, tasks) }
        return [kernel]
    }
}

/// The gradient of the images. Inputs: weights, argmax, output gradient.
struct PooledSourceGradient: Operation {
    let geometry: PooledConvolutionGeometry

    var name: String { "pooledConv2D source gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [geometry.source] }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.gradientMultiplyAdds }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (bridged, tasks) = (geometry.bridged, Threads.count)
        var kernel = Kernel(
            inputs: [nil, nil, geometry.pooledArrangement], results: [geometry.sourceArrangement]
        ) { at in
            withUnsafePointer(to: bridged) {
                sk_pooled_source_gradient($0, tasks, at[0], at.bytes(1), at[2], at[3], at[4])
            }
        }
        kernel.scratchByteCount = withUnsafePointer(to: bridged) { sk_pooled_source_gradient_scratch($0, tasks) }
        return [kernel]
    }
}

extension PooledConvolutionGeometry {
    /// A multiplication for each weight and each maximum that it meets.
    fileprivate var gradientMultiplyAdds: Int { weights.elementCount * pooled[0] * pooled[2] * pooled[3] }
}

extension Addresses {
    /// The argmax, which is bytes in a tensor of floats.
    fileprivate func bytes(_ index: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(UnsafeMutableRawPointer(self[index]).assumingMemoryBound(to: UInt8.self))
    }
}
