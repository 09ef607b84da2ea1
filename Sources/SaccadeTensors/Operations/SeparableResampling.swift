import CSaccadeKernels

/// A linear map along one axis: each output is a weighted sum of neighbouring inputs.
struct AxisMap: Hashable, Sendable {
    let inputs: Int
    /// For each output the first input that it reads.
    private(set) var starts: [Int] = []
    /// Where each output's weights begin, and at the end how many there are.
    private(set) var offsets = [0]
    private(set) var weights: [Float] = []

    var outputs: Int { starts.count }

    /// - Parameter taps: The first input that an output reads, and a weight for that and each one after it.
    init(inputs: Int, outputs: Int, taps: (Int) -> (start: Int, weights: [Float])) {
        self.inputs = inputs
        for output in 0..<outputs {
            let (start, weights) = taps(output)
            precondition(start >= 0 && start + weights.count <= inputs, "a tap outside of \(inputs) inputs")
            starts.append(start)
            self.weights += weights
            offsets.append(self.weights.count)
        }
    }

    /// The map that takes gradients of the outputs to those of the inputs.
    var transposed: AxisMap {
        var readers = [Range<Int>?](repeating: nil, count: inputs)
        for output in 0..<outputs {
            for input in starts[output]..<starts[output] + offsets[output + 1] - offsets[output] {
                readers[input] = (readers[input]?.lowerBound ?? output)..<output + 1
            }
        }
        return AxisMap(inputs: outputs, outputs: inputs) { input in
            let range = readers[input] ?? 0..<0
            return (
                range.lowerBound,
                range.map { output in
                    let tap = input - starts[output]
                    return 0 <= tap && tap < offsets[output + 1] - offsets[output] ? weights[offsets[output] + tap] : 0
                }
            )
        }
    }
}

/// A map along the rows and one along the columns of every plane: adaptive pooling, resizing.
struct SeparableResampling: Operation {
    let rows: AxisMap
    let columns: AxisMap
    var name = "separable resampling"

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try requireImages(inputs[0], for: name)
        return [[inputs[0][0], inputs[0][1], rows.outputs, columns.outputs]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] { [kernel(request)] }

    /// The map for gradients.
    var transposed: SeparableResampling { SeparableResampling(rows: rows.transposed, columns: columns.transposed) }

    func kernel(_ request: KernelRequest) -> Kernel {
        let (rows, columns) = (rows, columns)
        let planes = request.results[0][0] * request.results[0][1]
        // Each part of the work keeps one row of sums.
        let parts = min(64, max(planes * rows.outputs, 1))
        var kernel = Kernel(request) { at in
            sk_map_planes(
                planes, parts, rows.inputs, columns.inputs, rows.outputs, columns.outputs, rows.starts, rows.offsets,
                rows.weights, columns.starts, columns.offsets, columns.weights, at[0], at[2], at[1])
        }
        kernel.scratchByteCount = parts * columns.inputs * MemoryLayout<Float>.stride
        return kernel
    }

    /// - Parameter name: The public function's, for tables.
    func applied(to x: Tensor, name: String) -> Tensor {
        var map = self
        map.name = name
        return map(x).recorded(pullbacks: [
            x: { dy in
                var gradient = transposed
                gradient.name = "\(name) gradient"
                return gradient(dy)
            }
        ])
    }
}
