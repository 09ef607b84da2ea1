import SaccadeTensors

/// The settings that convolutions and poolings share, for images: one axis is taken for an image of one row.
struct Windows {
    var kernel: [Int]
    var stride: [Int]
    var dilation: [Int]
    /// Along each axis, before and after it.
    var before: [Int]
    var after: [Int]
    /// `SAME_UPPER`: as much padding as gives one output for each stride, the odd element after.
    let isSame: Bool

    var kernelPair: Pair { Pair(kernel[0], kernel[1]) }
    var stridePair: Pair { Pair(stride[0], stride[1]) }
    var dilationPair: Pair { Pair(dilation[0], dilation[1]) }

    /// The padding, if it is the same on both sides.
    var padding: Padding? {
        if isSame { return .same }
        return before == after ? .pixels(Pair(before[0], before[1])) : nil
    }

    /// Whether some window might hold nothing but padding.
    var isWide: Bool {
        kernel.indices.contains { axis in 2 * max(before[axis], after[axis]) > dilation[axis] * (kernel[axis] - 1) + 1 }
    }

    /// - Parameters:
    ///   - kernel: Along each axis; the attribute `kernel_shape` has to agree.
    ///   - lengths: Those of the input behind batch and channels.
    init(_ call: Call, kernel given: [Int]?, lengths: [Int]) throws {
        let axes = lengths.count
        func list(_ name: String, _ count: Int, _ range: ClosedRange<Int>, default other: Int) throws -> [Int] {
            guard let numbers = try call.integers(name) else { return [Int](repeating: other, count: count) }
            guard numbers.count == count, numbers.allSatisfy(range.contains) else {
                throw Problem.malformed("\(name) is \(numbers) for \(axes) axes behind batch and channels")
            }
            return numbers
        }
        let stated = try call.integers("kernel_shape")
        guard let kernel = stated ?? given, kernel.count == axes, given == nil || given == kernel,
            kernel.allSatisfy((1...Limits.window).contains)
        else {
            throw Problem.malformed("a kernel of \(stated ?? given ?? []) for \(axes) axes behind batch and channels")
        }
        let stride = try list("strides", axes, 1...Limits.window, default: 1)
        let dilation = try list("dilations", axes, 1...Limits.window, default: 1)
        let pads = try list("pads", 2 * axes, 0...Limits.window, default: 0)
        var (before, after) = (Array(pads.prefix(axes)), Array(pads.suffix(axes)))
        let automatic = try call.string("auto_pad", or: "NOTSET")
        switch automatic {
        case "NOTSET", "": break
        case "VALID": (before, after) = ([Int](repeating: 0, count: axes), [Int](repeating: 0, count: axes))
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<axes {
                let extent = dilation[axis] * (kernel[axis] - 1) + 1
                let output = (lengths[axis] + stride[axis] - 1) / stride[axis]
                let total = max((output - 1) * stride[axis] + extent - lengths[axis], 0)
                before[axis] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
                after[axis] = total - before[axis]
            }
        default: throw Problem.unsupported("auto_pad \(automatic)")
        }
        (self.kernel, self.stride, self.dilation) = (kernel, stride, dilation)
        (self.before, self.after) = (before, after)
        isSame = automatic == "SAME_UPPER" && axes == 2
    }

    /// The same for images of one row.
    var asImage: Windows {
        var windows = self
        guard kernel.count == 1 else { return self }
        windows.kernel.insert(1, at: 0)
        windows.stride.insert(1, at: 0)
        windows.dilation.insert(1, at: 0)
        windows.before.insert(0, at: 0)
        windows.after.insert(0, at: 0)
        return windows
    }

    /// Throws where the output would be beyond the limits.
    func check(_ outer: [Int], _ lengths: [Int], stretches: Bool = false) throws {
        // In floating point: with sizes from a file the products could overflow.
        var count = outer.reduce(1.0) { $0 * Double($1) }
        for axis in lengths.indices {
            let extent = Double(dilation[axis] * kernel[axis])
            count *=
                Double(lengths[axis]) * (stretches ? Double(stride[axis]) : 1) + extent
                + Double(before[axis] + after[axis])
        }
        guard count <= 16 * Double(Limits.elements) else {
            throw Problem.unsupported("an output of some \(count) elements")
        }
    }
}
