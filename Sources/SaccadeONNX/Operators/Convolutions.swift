import SaccadeTensors

extension Operators {
    static let convolutions: [String: ONNXOperator] = ["Conv": float(convolution), "ConvTranspose": float(transposed)]

    /// Inputs: `[N, C, L…]`, weights `[O, C / group, K…]`, bias `[O]`.
    private static func convolution(_ call: Call) throws -> Tensor {
        var x = try call.tensor(0, ranks: 3...5)
        var weights = try call.tensor(1, ranks: 3...5)
        guard x.shape.rank == weights.shape.rank else {
            throw Problem.malformed("weights \(weights.shape) do not fit an input \(x.shape)")
        }
        let group = try groups(call, x.shape, weights.shape)
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        let windows = try Windows(call, kernel: Array(weights.shape.dimensions.dropFirst(2)), lengths: lengths)
        let bias = try call.has(2) ? call.tensor(2) : nil
        if lengths.count == 3 { return try volumes(call, x, weights, bias, windows, group) }
        let isRow = lengths.count == 1
        if isRow {
            x = try call.asImages(x)
            weights = try call.asImages(weights)
        }
        let y = try images(call, x, weights, bias, windows.asImage, group)
        return isRow ? try call.asRows(y) : y
    }

    private static func groups(_ call: Call, _ x: Shape, _ weights: Shape) throws -> Int {
        let group = try call.integer("group", or: 1)
        guard group >= 1, group <= max(x[1], weights[0]) else { throw Problem.malformed("\(group) groups of channels") }
        return group
    }

    private static func images(
        _ call: Call, _ x: Tensor, _ weights: Tensor, _ bias: Tensor?, _ windows: Windows, _ group: Int
    ) throws -> Tensor {
        try windows.check([x.shape[0], weights.shape[0]], Array(x.shape.dimensions.dropFirst(2)))
        var x = x
        if windows.padding == nil { x = try call.padded(x, before: windows.before, after: windows.after, with: 0) }
        return try call.results(
            of: .convolution(
                stride: windows.stridePair, padding: windows.padding ?? .valid, dilation: windows.dilationPair,
                groups: group), [x, weights] + (bias.map { [$0] } ?? []))[0]
    }

    /// A convolution of volumes `[N, C, D, H, W]` as a sum of convolutions of images, one for each layer of the
    /// kernel.
    private static func volumes(
        _ call: Call, _ x: Tensor, _ weights: Tensor, _ bias: Tensor?, _ windows: Windows, _ group: Int
    ) throws -> Tensor {
        try windows.check([x.shape[0], weights.shape[0]], Array(x.shape.dimensions.dropFirst(2)))
        let x = try call.padded(x, before: windows.before, after: windows.after, with: 0)
        let (batch, channels, depth) = (x.shape[0], x.shape[1], x.shape[2])
        let extent = windows.dilation[0] * (windows.kernel[0] - 1) + 1
        guard depth >= extent else { throw Problem.malformed("a kernel of depth \(extent) for an input of \(depth)") }
        let layers = (depth - extent) / windows.stride[0] + 1
        var sum: Tensor?
        for tap in 0..<windows.kernel[0] {
            // Every image that this layer of the kernel meets, `[N · D′, C, H, W]`.
            let taken = try call.slice(
                x, axis: 2, start: tap * windows.dilation[0], step: windows.stride[0], length: layers)
            let images = try call.reshape(
                call.apply(.transpose([0, 2, 1, 3, 4]), taken), [batch * layers, channels, x.shape[3], x.shape[4]])
            let kernel = try call.reshape(
                call.slice(weights, axis: 2, start: tap, step: 1, length: 1),
                [weights.shape[0], weights.shape[1], weights.shape[3], weights.shape[4]])
            let y = try call.results(
                of: .convolution(
                    stride: Pair(windows.stride[1], windows.stride[2]), padding: .valid,
                    dilation: Pair(windows.dilation[1], windows.dilation[2]), groups: group),
                [images, kernel] + (tap == 0 ? bias.map { [$0] } ?? [] : []))[0]
            sum = try sum.map { try call.add($0, y) } ?? y
        }
        guard let sum else { throw Problem.malformed("a kernel without layers") }
        let stacked = try call.reshape(sum, [batch, layers] + sum.shape.dimensions.dropFirst())
        return try call.apply(.transpose([0, 2, 1, 3, 4]), stacked)
    }

    /// Inputs: `[N, C, L…]`, weights `[C, O / group, K…]`, bias `[O]`.
    private static func transposed(_ call: Call) throws -> Tensor {
        var x = try call.tensor(0, ranks: 3...4)
        var weights = try call.tensor(1, ranks: 3...4)
        guard x.shape.rank == weights.shape.rank else {
            throw Problem.malformed("weights \(weights.shape) do not fit an input \(x.shape)")
        }
        let group = try groups(call, x.shape, weights.shape)
        let isRow = x.shape.rank == 3
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        // Its own rules for automatic padding work back from a size of the output.
        guard try ["NOTSET", "", "VALID"].contains(call.string("auto_pad", or: "NOTSET")) else {
            throw Problem.unsupported("automatic padding of a transposed convolution")
        }
        let windows = try Windows(call, kernel: Array(weights.shape.dimensions.dropFirst(2)), lengths: lengths)
            .asImage
        var extra = try call.integers("output_padding") ?? lengths.map { _ in 0 }
        guard extra.count == lengths.count, extra.allSatisfy((0...Limits.window).contains) else {
            throw Problem.malformed("output_padding is \(extra)")
        }
        var wanted = try call.integers("output_shape").map { Array($0.suffix(lengths.count)) }
        guard wanted?.count ?? lengths.count == lengths.count else {
            throw Problem.malformed("output_shape is too short")
        }
        if isRow {
            x = try call.asImages(x)
            weights = try call.asImages(weights)
            extra.insert(0, at: 0)
            wanted?.insert(1, at: 0)
        }
        try windows.check([x.shape[0], weights.shape[1] * group], [x.shape[2], x.shape[3]], stretches: true)
        let bias = try call.has(2) ? call.tensor(2) : nil
        // The whole output, of which the padding is then cut off.
        let whole = (0..<2).map { axis in
            (x.shape[2 + axis] - 1) * windows.stride[axis] + windows.dilation[axis] * (windows.kernel[axis] - 1) + 1
                + extra[axis]
        }
        var (before, after) = (windows.before, windows.after)
        if let wanted {
            for axis in 0..<2 {
                let total = whole[axis] - wanted[axis]
                guard total >= 0, wanted[axis] > 0 else { throw Problem.unsupported("output_shape \(wanted)") }
                before[axis] = total / 2
                after[axis] = total - total / 2
            }
        }
        let more = (0..<2).map { extra[$0] + before[$0] - after[$0] }
        let isDirect = (0..<2).allSatisfy { (0..<max(windows.stride[$0], windows.dilation[$0])).contains(more[$0]) }
        let inputs = [x, weights] + (bias.map { [$0] } ?? [])
        var y = try call.results(
            of: .transposedConvolution(
                stride: windows.stridePair, padding: isDirect ? Pair(before[0], before[1]) : 0,
                outputPadding: isDirect ? Pair(more[0], more[1]) : Pair(extra[0], extra[1]),
                dilation: windows.dilationPair, groups: group), inputs)[0]
        if !isDirect {
            for axis in 0..<2 {
                let length = whole[axis] - before[axis] - after[axis]
                guard length > 0 else { throw Problem.malformed("more padding than there is output") }
                y = try call.slice(y, axis: 2 + axis, start: before[axis], step: 1, length: length)
            }
        }
        return isRow ? try call.asRows(y) : y
    }
}

extension Call {
    /// Rows `[N, C, L]` as images of one row.
    func asImages(_ x: Tensor) throws -> Tensor { try reshape(x, [x.shape[0], x.shape[1], 1, x.shape[2]]) }

    func asRows(_ x: Tensor) throws -> Tensor { try reshape(x, [x.shape[0], x.shape[1], x.shape[3]]) }

    /// The elements at `start`, `start + step`, … along one axis.
    func slice(_ x: Tensor, axis: Int, start: Int, step: Int, length: Int) throws -> Tensor {
        guard (start, step, length) != (0, 1, x.shape[axis]) else { return x }
        var starts = [Int](repeating: 0, count: x.shape.rank)
        var steps = [Int](repeating: 1, count: x.shape.rank)
        var lengths = x.shape.dimensions
        (starts[axis], steps[axis], lengths[axis]) = (start, step, length)
        return try apply(.slice(of: x.shape, starts: starts, steps: steps, lengths: lengths), x)
    }

    /// One value around the last axes; numbers of elements for as many axes as are given.
    func padded(_ x: Tensor, before: [Int], after: [Int], with value: Float) throws -> Tensor {
        guard (before + after).contains(where: { $0 != 0 }) else { return x }
        let leading = [Int](repeating: 0, count: x.shape.rank - before.count)
        let lengths = zip(x.shape.dimensions, zip(leading + before, leading + after)).map { $0 + $1.0 + $1.1 }
        return try apply(
            .placement(
                in: Limits.shape(lengths), starts: leading + before, steps: lengths.map { _ in 1 },
                lengths: x.shape.dimensions, background: value), x)
    }
}
