import SaccadeTensors

extension Operators {
    static let normalizations: [String: ONNXOperator] = [
        "BatchNormalization": float(batchNorm),
        "InstanceNormalization": float { call in try groups(call, of: 1, scaledBy: .channels) },
        "GroupNormalization": float(groupNorm),
        "LayerNormalization": float(layerNorm),
        "LRN": float(responseNorm),
        "LpNormalization": float(unitLength),
        "Dropout": { call in
            call.ignore("ratio", "is_test", "seed", "consumed_inputs")
            guard call.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
                throw Problem.unsupported("the mask of dropout")
            }
            return [try call.value(0)]
        },
    ]

    /// Inputs: `[N, C, …]`, scale, shift, mean, variance.
    private static func batchNorm(_ call: Call) throws -> Tensor {
        call.ignore("momentum", "spatial", "consumed_inputs", "is_test")
        guard try !call.flag("training_mode"), call.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw Problem.unsupported("batch norm as in training")
        }
        let x = try call.tensor(0, ranks: 2...Limits.rank)
        let statistics = try (1...4).map { try call.tensor($0) }
        let epsilon = try call.epsilon(or: 1e-5)
        let flat = x.shape.rank > 4 ? try call.reshape(x, [x.shape[0], x.shape[1], x.shape.planeSize]) : x
        let y = try call.results(of: .batchNorm(epsilon: epsilon), [flat] + statistics)[0]
        return try call.reshape(y, x.shape.dimensions)
    }

    private static func groupNorm(_ call: Call) throws -> Tensor {
        call.ignore("stash_type")
        guard let groups = try call.integer("num_groups"), groups >= 1 else {
            throw Problem.malformed("it is not said how many groups there are")
        }
        let channels = try call.tensor(0, ranks: 2...Limits.rank).shape[1]
        guard channels % groups == 0 else { throw Problem.malformed("\(groups) groups of \(channels) channels") }
        // Before opset 21 there was a scale for each group.
        return try Self.groups(call, of: channels / groups, scaledBy: call.opset < 21 ? .groups : .channels)
    }

    private enum Scaled { case groups, channels }

    /// Every so many channels of a sample to mean 0 and variance 1. Inputs: `[N, C, …]`, scale, shift.
    private static func groups(_ call: Call, of size: Int, scaledBy scaled: Scaled) throws -> Tensor {
        call.ignore("consumed_inputs")
        let x = try call.tensor(0, ranks: 3...Limits.rank)
        let (batch, channels, plane) = (x.shape[0], x.shape[1], x.shape.planeSize)
        let count = scaled == .channels ? channels : channels / size
        let (scale, shift) = (try call.tensor(1), try call.tensor(2))
        guard scale.shape == [count], shift.shape == [count] else {
            throw Problem.malformed(
                "a scale of \(scale.shape) and a shift of \(shift.shape) for \(count) channels or groups")
        }
        let rows = try call.reshape(x, [batch * channels / size, size * plane])
        let ones = Tensor(filledWith: 1, shape: [size * plane])
        let zeros = Tensor(filledWith: 0, shape: [size * plane])
        let normal = try call.apply(.layerNorm(epsilon: call.epsilon(or: 1e-5)), rows, ones, zeros)
        let split = try call.reshape(normal, [batch, count, channels / count * plane])
        let scaledRows = try call.multiply(split, call.reshape(scale, [count, 1]))
        return try call.reshape(call.add(scaledRows, call.reshape(shift, [count, 1])), x.shape.dimensions)
    }

    /// Inputs: `[…, D…]`, scale, shift.
    private static func layerNorm(_ call: Call) throws -> Tensor {
        call.ignore("stash_type")
        guard call.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw Problem.unsupported("the mean of a layer norm")
        }
        let x = try call.tensor(0, ranks: 1...Limits.rank)
        let axis = try call.axis(call.integer("axis", or: -1), of: x.shape.rank)
        let scale = try call.tensor(1)
        let shift = try call.has(2) ? call.tensor(2) : Tensor(filledWith: 0, shape: scale.shape)
        guard scale.shape.dimensions == Array(x.shape.dimensions.dropFirst(axis)) else {
            throw Problem.unsupported("a layer norm of \(x.shape) from axis \(axis) with a scale of \(scale.shape)")
        }
        return try call.apply(.layerNorm(epsilon: call.epsilon(or: 1e-5)), x, scale, shift)
    }

    private static func responseNorm(_ call: Call) throws -> Tensor {
        guard let size = try call.integer("size"), size >= 1, size <= Limits.window else {
            throw Problem.malformed("it is not said over how many channels")
        }
        // Of an even number ONNX takes the odd one after, and PyTorch and we before.
        guard size % 2 == 1 else { throw Problem.unsupported("an even number of channels, \(size)") }
        return try call.apply(
            .localResponseNorm(
                size: size, alpha: call.float("alpha", or: 1e-4), beta: call.float("beta", or: 0.75),
                k: call.float("bias", or: 1)), call.tensor(0, ranks: 2...Limits.rank))
    }

    /// Along an axis every row to length 1.
    private static func unitLength(_ call: Call) throws -> Tensor {
        let x = try call.tensor(0, ranks: 1...Limits.rank)
        let axis = try call.axis(call.integer("axis", or: -1), of: x.shape.rank)
        let power = try call.integer("p", or: 2)
        guard power == 1 || power == 2 else { throw Problem.malformed("p is \(power)") }
        let sizes = try power == 1 ? call.unary(.absolute, x) : call.multiply(x, x)
        let sum = try call.apply(.reduction(.sum, axes: [axis], keepsAxes: true), sizes)
        return try call.apply(.binary(.divide), x, power == 1 ? sum : call.unary(.squareRoot, sum))
    }
}

extension Call {
    fileprivate func epsilon(or other: Float) throws -> Float {
        let epsilon = try float("epsilon", or: other)
        guard epsilon >= 0, epsilon.isFinite else { throw Problem.malformed("epsilon is \(epsilon)") }
        return epsilon
    }
}

extension Shape {
    /// Elements of one channel of one sample.
    fileprivate var planeSize: Int { dimensions.dropFirst(2).reduce(1, *) }
}
