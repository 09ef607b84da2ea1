import CSaccadeKernels
import SaccadePrelude

extension Tensor {
    /// The elements whose place along `axis` is in `range`, or every `step`-th of them.
    ///
    /// - Parameters:
    ///   - axis: Counted from the front, or from the back when negative.
    ///   - step: At least 1.
    /// - Returns: This tensor's shape with `⌈range.count / step⌉` along `axis`.
    /// - Precondition: The range lies within the axis.
    public func sliced(axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
        let axis = shape.resolved(axis: axis)
        // What is traced has sizes from outside: there the operation says what does not fit.
        require(
            isTraced || (range.lowerBound >= 0 && range.upperBound <= shape[axis]),
            "sliced: \(range) is not within axis \(axis) of \(shape)")
        require(step >= 1, "sliced: a step must be at least 1, got \(step)")
        guard range != 0..<shape[axis] || step != 1 else { return self }
        return Slice(
            View(
                shape, replacing: axis, start: range.lowerBound, step: step, length: (range.count + step - 1) / step)
        ).applied(to: self)
    }

    /// A part of images: where nothing else is said their middle, as U-Net cuts the maps of its encoder to the size of
    /// its decoder's (Ronneberger, Fischer & Brox, 2015).
    ///
    /// - Parameters:
    ///   - size: Height and width of the part.
    ///   - top: Rows to leave out above it; `nil` is half of them, rounded down.
    ///   - left: Columns to leave out beside it; `nil` is half of them, rounded down.
    /// - Returns: `[N, C, size.height, size.width]` for `[N, C, H, W]`.
    /// - Precondition: The part lies within the images.
    public func cropped(to size: Pair, top: Int? = nil, left: Int? = nil) -> Tensor {
        require(shape.rank == 4, "cropped: images are [N, C, H, W], got \(shape)")
        let (top, left) = (top ?? (shape[2] - size.height) / 2, left ?? (shape[3] - size.width) / 2)
        require(
            size.height >= 0 && size.width >= 0 && top >= 0 && left >= 0 && size.height <= shape[2] - top
                && size.width <= shape[3] - left,
            "cropped: \(size) from row \(top) and column \(left) on is not within \(shape)")
        guard size != Pair(shape[2], shape[3]) else { return self }
        var view = View(shape)
        (view.starts[2], view.lengths[2], view.starts[3], view.lengths[3]) = (top, size.height, left, size.width)
        return Slice(view, name: "cropped").applied(to: self)
    }

    /// The elements in the opposite order along `axes`.
    public func flipped(axes: [Int]) -> Tensor {
        let axes = Set(axes.map(shape.resolved(axis:)))
        var view = View(shape)
        for axis in axes where shape[axis] > 0 {
            (view.starts[axis], view.steps[axis]) = (shape[axis] - 1, -1)
        }
        return Slice(view, name: "flipped").applied(to: self)
    }
}

/// Some elements of a tensor: along each axis those at `start`, `start + step`, … .
struct View: Hashable, Sendable {
    /// The tensor's shape.
    let whole: Shape
    var starts: [Int]
    var steps: [Int]
    var lengths: [Int]

    /// All elements.
    init(_ whole: Shape) {
        self.whole = whole
        starts = whole.dimensions.map { _ in 0 }
        steps = whole.dimensions.map { _ in 1 }
        lengths = whole.dimensions
    }

    /// All elements along every axis but one.
    init(_ whole: Shape, replacing axis: Int, start: Int, step: Int, length: Int) {
        self.init(whole)
        (starts[axis], steps[axis], lengths[axis]) = (start, step, length)
    }

    var shape: Shape { Shape(lengths) }

    /// Where the first element lies in the row-major tensor.
    fileprivate var offset: Int { zip(starts, whole.strides).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The loop over the view's elements: as they lie in the tensor, and row-major.
    fileprivate var loop: Broadcast {
        Broadcast(lengths: lengths, strides: [zip(steps, whole.strides).map { $0 * $1 }, shape.strides])
    }
}

/// The elements of a view, row-major.
struct Slice: Operation {
    let view: View
    let name: String

    init(_ view: View, name: String = "sliced") {
        self.view = view
        self.name = name
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0] == view.whole else {
            throw ShapeError("\(name): a part of \(view.whole) was asked of \(inputs[0])")
        }
        for (axis, length) in view.lengths.enumerated() where length > 0 {
            let (first, last) = (view.starts[axis], view.starts[axis] + (length - 1) * view.steps[axis])
            guard min(first, last) >= 0, max(first, last) < view.whole[axis] else {
                throw ShapeError("\(name): \(first)...\(last) is not within axis \(axis) of \(view.whole)")
            }
        }
        return [view.shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        guard request.results[0].elementCount > 0 else { return [Kernel(request) { _ in }] }
        let blocks = request.inputs[0].blocks
        let inBlocks = blocks.flatMap(view.loop)
        let (offset, loop) = inBlocks ?? (view.offset, view.loop)
        let order = inBlocks == nil ? nil : blocks
        return [
            Kernel(
                inputs: [order?.arrangement(view.whole)], results: [order?.arrangement(view.shape)]
            ) { at in
                sk_copy(
                    Int32(loop.lengths.count), loop.lengths, at[0] + offset, loop.strides[0], at[1], loop.strides[1])
            }
        ]
    }

    func applied(to x: Tensor) -> Tensor {
        let gradient = Placement(view, name: "\(name) gradient")
        return self(x).recorded(pullbacks: [x: { dy in gradient(dy) }])
    }
}

/// A tensor of one value, with the input's elements at the places of a view.
struct Placement: Operation {
    let view: View
    let name: String
    let background: Float

    init(_ view: View, background: Float = 0, name: String) {
        self.view = view
        self.name = name
        self.background = background
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0] == view.shape else {
            throw ShapeError("\(name): \(inputs[0]) does not fill a part of shape \(view.shape)")
        }
        return [view.whole]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let isEmpty = view.shape.elementCount == 0
        // What fills up the last block must be zeros.
        let blocks = isEmpty || background != 0 ? nil : request.inputs[0].blocks
        let inBlocks = blocks.flatMap(view.loop)
        let (offset, loop) = inBlocks ?? (view.offset, view.loop)
        let order = inBlocks == nil ? nil : blocks
        let (background, result) = (background, order?.arrangement(view.whole))
        let count = Arrangement.byteCount(of: result, view.whole) / MemoryLayout<Float>.stride
        return [
            Kernel(inputs: [order?.arrangement(view.shape)], results: [result]) { at in
                sk_fill(count, background, at[1])
                guard !isEmpty else { return }
                sk_copy(
                    Int32(loop.lengths.count), loop.lengths, at[0], loop.strides[1], at[1] + offset, loop.strides[0])
            }
        ]
    }

    func applied(to x: Tensor) -> Tensor {
        let gradient = Slice(view, name: "\(name) gradient")
        return self(x).recorded(pullbacks: [x: { dy in gradient(dy) }])
    }
}
