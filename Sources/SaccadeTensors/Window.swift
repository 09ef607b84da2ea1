/// How a kernel moves over an image, in convolutions and poolings. Pairs are (height, width), in elements.
package struct Window: Hashable, Sendable {
    package var kernel: [Int]
    package var stride: [Int]
    /// Distance between neighbouring kernel elements: 1 is dense, as in PyTorch.
    package var dilation: [Int]
    package var paddingBefore: [Int]
    package var paddingAfter: [Int]
}

extension Window {
    /// The window that a convolution or a pooling slides over an input of `height` × `width`.
    ///
    /// - Parameter ceilMode: Whether a last window that only partly fits counts (`ceil_mode` in PyTorch).
    package init(
        kernel: Pair, stride: Pair, padding: Padding, dilation: Pair, over input: (height: Int, width: Int),
        ceilMode: Bool = false, for name: String
    ) throws(ShapeError) {
        for (word, pair) in [("kernel", kernel), ("stride", stride), ("dilation", dilation)]
        where pair.height < 1 || pair.width < 1 {
            throw ShapeError("\(name): the \(word) must be at least 1 along both axes, got \(pair)")
        }
        // Sizes may come from a file: keep every product below far from overflowing.
        for pair in [kernel, stride, dilation] where max(pair.height, pair.width) > 1 << 20 {
            throw ShapeError("\(name): \(pair) is too large for a kernel, a stride or a dilation")
        }
        let lengths = [input.height, input.width]
        var before = [0, 0]
        var after = [0, 0]
        switch padding {
        case .valid: break
        case .pixels(let pair):
            guard min(pair.height, pair.width) >= 0, max(pair.height, pair.width) <= 1 << 20 else {
                throw ShapeError("\(name): padding must be from 0 to \(1 << 20), got \(pair)")
            }
            (before, after) = (pair.both, pair.both)
        case .same:
            for axis in 0..<2 {
                let extent = dilation.both[axis] * (kernel.both[axis] - 1) + 1
                let output = (lengths[axis] + stride.both[axis] - 1) / stride.both[axis]
                let total = max((output - 1) * stride.both[axis] + extent - lengths[axis], 0)
                before[axis] = total / 2
                after[axis] = total - total / 2
            }
        }
        self.init(
            kernel: kernel.both, stride: stride.both, dilation: dilation.both, paddingBefore: before,
            paddingAfter: after)
        for axis in 0..<2 {
            let reach = lengths[axis] + before[axis] + after[axis]
            // Of a first window, too, a part is enough where a last one would be.
            guard reach + (ceilMode ? stride.both[axis] - 1 : 0) >= extent(axis) else {
                let word = axis == 0 ? "height" : "width"
                throw ShapeError(
                    "\(name): a kernel of \(word) \(extent(axis)) does not fit into an input of \(word) "
                        + "\(lengths[axis]) with padding \(before[axis]) + \(after[axis]): "
                        + "(\(arithmetic(axis, lengths[axis]))) would not be positive")
            }
            guard ceilMode else { continue }
            // A last window counts if it starts inside the input or its padding before.
            let steps = (reach - extent(axis) + stride.both[axis] - 1) / stride.both[axis]
            let starts = steps * stride.both[axis] < lengths[axis] + before[axis] ? steps : steps - 1
            let needed = starts * stride.both[axis] + extent(axis)
            paddingAfter[axis] += max(needed - reach, 0)
        }
    }

    /// Elements from the first to the last of the kernel, holes included.
    package func extent(_ axis: Int) -> Int { dilation[axis] * (kernel[axis] - 1) + 1 }

    package func outputLength(_ axis: Int, _ input: Int) -> Int {
        (input + paddingBefore[axis] + paddingAfter[axis] - extent(axis)) / stride[axis] + 1
    }

    /// The sum behind an output length, such as `(240 − 7 + 0) / 1 + 1`.
    package func arithmetic(_ axis: Int, _ input: Int) -> String {
        let padding = paddingBefore[axis] + paddingAfter[axis]
        let size = "\(input) − \(extent(axis)) + \(padding)"
        return "(\(size)) / \(stride[axis]) + 1"
    }
}

/// Throws unless `shape` is that of images, `[N, C, H, W]`.
func requireImages(_ shape: Shape, for name: String) throws(ShapeError) {
    guard shape.rank == 4 else { throw ShapeError("\(name): the input must be [N, C, H, W], got \(shape)") }
}
