import SaccadeTensors

extension Operators {
    static let matrices: [String: ONNXOperator] = ["Gemm": float(gemm), "MatMul": float(product)]

    /// `alpha · A′ · B′ + beta · C`, where a dash may mean transposed.
    private static func gemm(_ call: Call) throws -> Tensor {
        call.ignore("broadcast")
        var a = try call.tensor(0, ranks: 2...2)
        var b = try call.tensor(1, ranks: 2...2)
        let (alpha, beta) = (try call.float("alpha", or: 1), try call.float("beta", or: 1))
        if try call.flag("transA") { a = try call.apply(.transpose([1, 0]), a) }
        // A linear layer holds its weights as [out, in].
        if try !call.flag("transB") { b = try call.apply(.transpose([1, 0]), b) }
        b = try call.multiply(b, alpha)
        guard call.has(2), beta != 0 else { return try call.apply(.linear(), a, b) }
        let c = try call.multiply(call.tensor(2), beta)
        let outputs = b.shape[0]
        if c.shape == [outputs] || c.shape == [1, outputs] {
            return try call.apply(.linear(), a, b, call.reshape(c, [outputs]))
        }
        return try call.add(call.apply(.linear(), a, b), c)
    }

    private static func product(_ call: Call) throws -> Tensor {
        var a = try call.tensor(0, ranks: 1...6)
        var b = try call.tensor(1, ranks: 1...6)
        let (isRow, isColumn) = (a.shape.rank == 1, b.shape.rank == 1)
        if isRow { a = try call.reshape(a, [1, a.shape[0]]) }
        if isColumn { b = try call.reshape(b, [b.shape[0], 1]) }
        var y: Tensor
        if b.shape.rank == 2 {
            // One matrix for a whole stack is a linear layer.
            let (leading, depth) = (a.shape.dimensions.dropLast(), a.shape[a.shape.rank - 1])
            let rows = try call.reshape(a, [leading.reduce(1, *), depth])
            y = try call.apply(.linear(), rows, call.apply(.transpose([1, 0]), b))
            y = try call.reshape(y, leading + [b.shape[1]])
        } else {
            y = try call.apply(.matrixProduct(), a, b)
        }
        var lengths = y.shape.dimensions
        if isColumn { lengths.removeLast() }
        if isRow { lengths.remove(at: lengths.count - (isColumn ? 1 : 2)) }
        return try call.reshape(y, lengths)
    }
}
