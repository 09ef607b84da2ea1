import SaccadeTensors

extension Operators {
    static let poolings: [String: ONNXOperator] = [
        "MaxPool": maximum,
        "MaxUnpool": float(unpooled),
        "AveragePool": float(average),
        "GlobalAveragePool": float { try whole($0, .average(countIncludePad: false)) },
        "GlobalMaxPool": float { try whole($0, .maximum) },
    ]

    private static let maximum: ONNXOperator = { call in
        let isColumnFirst = try call.flag("storage_order")  // it is about the second result
        guard call.node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else {
            return [.tensor(try pooled(call, .maximum), .float)]
        }
        guard !isColumnFirst else { throw Problem.unsupported("places that are counted column by column") }
        let x = try call.tensor(0, ranks: 3...4)
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        let windows = try Windows(call, kernel: nil, lengths: lengths)
        try windows.check([x.shape[0], x.shape[1]], lengths)
        let isRow = lengths.count == 1
        let images = windows.asImage
        guard let padding = images.padding, !images.isWide else {
            throw Problem.unsupported("places of largest elements beside uneven or wide padding")
        }
        let form = OperationForm.indexedPooling(
            kernel: images.kernelPair, stride: images.stridePair, padding: padding, dilation: images.dilationPair,
            ceilMode: try call.flag("ceil_mode"))
        let results = try call.results(of: form, [isRow ? call.asImages(x) : x])
        let (y, places) = isRow ? (try call.asRows(results[0]), try call.asRows(results[1])) : (results[0], results[1])
        return [.tensor(y, .float), .places(places, of: x.shape)]
    }

    /// Places are those in the whole result, as the standard and ONNX Runtime have it. (The example beside the standard takes
    /// them for places in the result that there would be if no shape were given.)
    private static func unpooled(_ call: Call) throws -> Tensor {
        let x = try call.tensor(0, ranks: 3...4)
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        let windows = try Windows(call, kernel: nil, lengths: lengths)
        var size = lengths.indices.map {
            (lengths[$0] - 1) * windows.stride[$0] + windows.kernel[$0] - windows.before[$0] - windows.after[$0]
        }
        if call.has(2) {
            let wanted = try call.numbers(2).elements
            guard wanted.count == x.shape.rank, wanted.prefix(2).elementsEqual(x.shape.dimensions.prefix(2)) else {
                throw Problem.malformed("\(x.shape) cannot be unpooled to \(wanted)")
            }
            size = Array(wanted.dropFirst(2))
        }
        guard size.allSatisfy({ $0 >= 1 }) else { throw Problem.malformed("a result with planes of \(size)") }
        let whole = try Limits.shape(x.shape.dimensions.prefix(2) + size)
        let indices = try call.value(1)
        guard indices.shape == x.shape else {
            throw Problem.malformed("\(indices.shape) places for \(x.shape) elements")
        }
        if case .places(let places, of: whole) = indices {
            guard size.count == 1 else { return try call.apply(.unpooling(to: Pair(size[0], size[1])), x, places) }
            return try call.asRows(
                call.apply(.unpooling(to: Pair(1, size[0])), call.asImages(x), call.asImages(places)))
        }
        guard whole.elementCount <= Limits.exactInteger else {
            throw Problem.unsupported("places in \(whole), which are too many for a float to count exactly")
        }
        var places: Tensor
        if case .places(_, let other) = indices {
            guard other.elementCount <= whole.elementCount else {
                throw Problem.malformed("places in \(other) are looked for in \(whole)")
            }
            places = try indices.tensor()
        } else {
            places = try call.indices(1, below: whole.elementCount)
        }
        let row = [1, 1, 1, x.shape.elementCount]
        places = try call.reshape(places, row)
        let y = try call.apply(.unpooling(to: Pair(1, whole.elementCount)), call.reshape(x, row), places)
        return try call.reshape(y, whole.dimensions)
    }

    private static func average(_ call: Call) throws -> Tensor {
        try pooled(call, .average(countIncludePad: call.flag("count_include_pad")))
    }

    private static func whole(_ call: Call, _ kind: PoolingKind) throws -> Tensor {
        let x = try call.tensor(0, ranks: 3...Limits.rank)
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        let rows = lengths.dropLast().reduce(1, *)
        let images = try call.reshape(x, [x.shape[0], x.shape[1], rows, lengths[lengths.count - 1]])
        let kernel = Pair(images.shape[2], images.shape[3])
        guard max(kernel.height, kernel.width) <= Limits.window else {
            throw Problem.unsupported("planes of \(kernel) elements")
        }
        let y = try call.apply(.pooling(kind, kernel: kernel, stride: kernel), images)
        return try call.reshape(y, [x.shape[0], x.shape[1]] + lengths.map { _ in 1 })
    }

    private static func pooled(_ call: Call, _ kind: PoolingKind) throws -> Tensor {
        let x = try call.tensor(0, ranks: 3...5)
        let lengths = Array(x.shape.dimensions.dropFirst(2))
        let windows = try Windows(call, kernel: nil, lengths: lengths)
        try windows.check([x.shape[0], x.shape[1]], lengths)
        let ceilMode = try call.flag("ceil_mode")
        switch lengths.count {
        case 1: return try call.asRows(images(call, call.asImages(x), kind, windows.asImage, ceilMode))
        case 2: return try images(call, x, kind, windows, ceilMode)
        default: return try volumes(call, x, kind, windows, ceilMode)
        }
    }

    /// Volumes plane by plane, and then along their depth: a maximum of maxima, a mean of means.
    private static func volumes(
        _ call: Call, _ x: Tensor, _ kind: PoolingKind, _ windows: Windows, _ ceilMode: Bool
    ) throws -> Tensor {
        let shape = x.shape.dimensions
        func part(_ axes: Range<Int>) -> Windows {
            var part = windows
            part.kernel = Array(windows.kernel[axes])
            part.stride = Array(windows.stride[axes])
            part.dilation = Array(windows.dilation[axes])
            part.before = Array(windows.before[axes])
            part.after = Array(windows.after[axes])
            return part
        }
        let planes = try call.reshape(x, [shape[0], shape[1] * shape[2], shape[3], shape[4]])
        let flat = try images(call, planes, kind, part(1..<3), ceilMode)
        let (height, width) = (flat.shape[2], flat.shape[3])
        var depth = part(0..<1)
        depth.kernel.append(1)
        depth.stride.append(1)
        depth.dilation.append(1)
        depth.before.append(0)
        depth.after.append(0)
        let columns = try call.reshape(flat, [shape[0], shape[1], shape[2], height * width])
        let y = try images(call, columns, kind, depth, ceilMode)
        return try call.reshape(y, [shape[0], shape[1], y.shape[2], height, width])
    }

    /// - Parameter x: `[N, C, H, W]`.
    private static func images(
        _ call: Call, _ x: Tensor, _ kind: PoolingKind, _ windows: Windows, _ ceilMode: Bool
    ) throws -> Tensor {
        if let padding = windows.padding, !windows.isWide, kind == .maximum || windows.dilation == [1, 1] {
            return try call.apply(
                .pooling(
                    kind, kernel: windows.kernelPair, stride: windows.stridePair, padding: padding,
                    dilation: windows.dilationPair, ceilMode: ceilMode), x)
        }
        guard windows.dilation == [1, 1] || kind == .maximum else {
            throw Problem.unsupported("means of windows with holes")
        }
        guard !ceilMode else { throw Problem.unsupported("windows that are rounded up beside uneven or wide padding") }
        // Padding that is put there beforehand: for a maximum it must never win, of a mean it counts or does not.
        let padded = try call.padded(
            x, before: windows.before, after: windows.after, with: kind == .maximum ? -.infinity : 0)
        let y = try call.apply(
            .pooling(
                kind, kernel: windows.kernelPair, stride: windows.stridePair, dilation: windows.dilationPair), padded)
        guard kind == .average(countIncludePad: false) else { return y }
        let shares = (0..<2).map { axis in
            (0..<y.shape[2 + axis]).map { output -> Float in
                let start = output * windows.stride[axis] - windows.before[axis]
                let real = min(start + windows.kernel[axis], x.shape[2 + axis]) - max(start, 0)
                return Float(windows.kernel[axis]) / Float(max(real, 1))
            }
        }
        let rows = Tensor(shares[0], shape: [shares[0].count, 1])
        let columns = Tensor(shares[1], shape: [1, shares[1].count])
        return try call.multiply(y, call.multiply(rows, columns))
    }
}
