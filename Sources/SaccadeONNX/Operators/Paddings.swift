import SaccadeTensors

extension Operators {
    /// More elements around those that are there, and images of other sizes.
    static let paddings: [String: ONNXOperator] = [
        "Pad": pad, "Resize": resize, "Upsample": resize,
    ]

    private static let pad: ONNXOperator = { call in
        let value = try call.value(0)
        let rank = value.shape.rank
        let given =
            call.hasAttribute("paddings") ? try call.integers("paddings") : try call.integers("pads", orInput: 1)
        guard let given else { throw Problem.malformed("it is not said how much") }
        var pads = given
        if call.has(3) {
            let axes = try call.axes(call.numbers(3).elements, of: rank)
            guard given.count == 2 * axes.count else {
                throw Problem.malformed("pads of \(given) for the axes \(axes)")
            }
            pads = [Int](repeating: 0, count: 2 * rank)
            for (place, axis) in axes.enumerated() {
                (pads[axis], pads[rank + axis]) = (given[place], given[axes.count + place])
            }
        }
        guard pads.count == 2 * rank, pads.allSatisfy({ abs($0.clamped) <= Limits.elements }) else {
            throw Problem.malformed("pads of \(given) for \(value.shape)")
        }
        var background: Float = 0
        if call.hasAttribute("value") { background = try call.float("value", or: 0) }
        if call.has(2) { background = try call.float(2) }
        let mode = try call.string("mode", or: "constant")
        return [
            try call.moved(value) { x in
                if case .numbers = value, mode == "constant" { throw Problem.unsupported("padding of whole numbers") }
                var x = x
                for axis in 0..<rank {
                    // Less than nothing cuts elements off.
                    let (cutBefore, cutAfter) = (max(-pads[axis], 0), max(-pads[rank + axis], 0))
                    guard cutBefore + cutAfter < x.shape[axis] || cutBefore + cutAfter == 0 else {
                        throw Problem.malformed("nothing is left of an axis of \(x.shape[axis])")
                    }
                    x = try call.slice(
                        x, axis: axis, start: cutBefore, step: 1, length: x.shape[axis] - cutBefore - cutAfter)
                }
                let (before, after) = (pads.prefix(rank).map { max($0, 0) }, pads.suffix(rank).map { max($0, 0) })
                if mode == "constant" { return try call.padded(x, before: before, after: after, with: background) }
                for axis in 0..<rank where before[axis] + after[axis] > 0 {
                    x = try call.continued(x, axis, before[axis], after[axis], mode)
                }
                return x
            }
        ]
    }

    /// Inputs: images, then in later opsets a region, scales and sizes.
    private static let resize: ONNXOperator = { call in
        call.ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value")
        let x = try call.tensor(0, ranks: 4...4)
        let (height, width) = (x.shape[2], x.shape[3])
        let scaleInput = call.node.type == "Upsample" || call.opset < 11 ? 1 : 2
        guard try !call.flag("antialias") else { throw Problem.unsupported("antialias") }
        guard try call.string("keep_aspect_ratio_policy", or: "stretch") == "stretch" else {
            throw Problem.unsupported("keep_aspect_ratio_policy")
        }
        guard try call.integers("axes") == nil else { throw Problem.unsupported("sizes for some axes") }
        var size = Pair(0)
        if call.has(3) {
            let lengths = try call.numbers(3).elements
            guard lengths.count == 4, lengths[0] == x.shape[0], lengths[1] == x.shape[1] else {
                throw Problem.unsupported("sizes \(lengths) for \(x.shape)")
            }
            size = Pair(lengths[2], lengths[3])
        } else {
            let scales = call.hasAttribute("scales") ? try call.floats("scales") ?? [] : try call.floats(scaleInput)
            guard scales.count == 4, scales[0] == 1, scales[1] == 1 else {
                throw Problem.unsupported("scales \(scales) for \(x.shape)")
            }
            let lengths = zip([height, width], scales.dropFirst(2)).compactMap { length, scale -> Int? in
                // A size that is not whole would be rounded, and then pixels lie where no size says.
                let exact = Double(length) * Double(scale)
                guard exact >= 0.5, exact <= Double(Limits.elements), abs(exact - exact.rounded()) < 1e-3 else {
                    return nil
                }
                return Int(exact.rounded())
            }
            guard lengths.count == 2 else { throw Problem.unsupported("scales \(scales) for \(x.shape)") }
            size = Pair(lengths[0], lengths[1])
        }
        guard size.height >= 1, size.width >= 1 else { throw Problem.malformed("a size of \(size)") }
        _ = try Limits.shape([x.shape[0], x.shape[1], size.height, size.width])
        guard size != Pair(height, width) else { return [try call.value(0)] }
        return [
            .tensor(try call.apply(.resize(size, interpolation(call, from: Pair(height, width), to: size)), x), .float)
        ]
    }

    private static func interpolation(_ call: Call, from: Pair, to: Pair) throws -> Interpolation {
        let isEarly = call.node.type == "Upsample" || call.opset < 11
        let mode = try call.string("mode", or: "nearest")
        let place = try call.string("coordinate_transformation_mode", or: isEarly ? "asymmetric" : "half_pixel")
        let rounding = try call.string("nearest_mode", or: isEarly ? "floor" : "round_prefer_floor")
        switch (mode, place) {
        case ("nearest", "asymmetric") where rounding == "floor": return .nearest
        case ("nearest", "half_pixel"), ("nearest", "asymmetric"), ("nearest", "pytorch_half_pixel"):
            // Where every pixel is repeated equally often, most rules come to the same.
            let isWhole = to.height % from.height == 0 && to.width % from.width == 0
            guard isWhole, place != "asymmetric", rounding.hasPrefix("round_prefer") else {
                throw Problem.unsupported("\(place) with \(rounding)")
            }
            return .nearest
        case ("linear", "half_pixel"), ("bilinear", "half_pixel"): return .bilinear()
        case ("linear", "pytorch_half_pixel") where to.height > 1 && to.width > 1: return .bilinear()
        case ("linear", "align_corners"): return .bilinear(alignsCorners: true)
        default: throw Problem.unsupported("mode \(mode) with \(place)")
        }
    }
}

extension Int {
    /// Where taking its magnitude cannot overflow.
    fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}

extension Call {
    /// The elements near an edge continued beyond it.
    fileprivate func continued(_ x: Tensor, _ axis: Int, _ before: Int, _ after: Int, _ mode: String) throws -> Tensor {
        let length = x.shape[axis]
        var lengths = x.shape.dimensions
        lengths[axis] += before + after
        _ = try Limits.shape(lengths)
        guard lengths[axis] <= Limits.exactInteger else { throw Problem.unsupported("an axis of \(lengths[axis])") }
        let places = -before..<length + after
        switch mode {
        case "edge":
            return try apply(.indexSelect(axis: axis), x, Tensor(places.map { min(max($0, 0), length - 1) }))
        case "reflect":
            guard before < length, after < length else {
                throw Problem.malformed(
                    "\(length) elements cannot be reflected to \(before) before and \(after) after them")
            }
            return try apply(
                .indexSelect(axis: axis), x,
                Tensor(places.map { $0 < 0 ? -$0 : $0 < length ? $0 : 2 * (length - 1) - $0 }))
        case "wrap":
            return try apply(.indexSelect(axis: axis), x, Tensor(places.map { ($0 % length + length) % length }))
        default: throw Problem.unsupported("mode \(mode)")
        }
    }
}
