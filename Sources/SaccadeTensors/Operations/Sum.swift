import CSaccadeKernels

/// The sum over `axes`, or over all of them; as a scalar, or with the summed axes kept at length 1.
///
/// - Parameters:
///   - axes: Counted from the front, or from the back when negative; `nil` means every axis.
///   - keepingAxes: Whether the summed axes stay, with length 1.
public func sum(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let axes = Reduction.resolved(axes, x.shape)
    let kept = Reduction(kind: .sum, axes: axes).keptShape(x.shape)
    return Reduction(kind: .sum, axes: axes, keepsAxes: keepingAxes)(x)
        .recorded(pullbacks: [x: { dy in dy.reshaped(to: kept).broadcast(to: x.shape) }])
}

/// The arithmetic mean over `axes`, or over all of them. Of no elements it is not a number.
public func mean(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let count = Reduction.resolved(axes, x.shape).map { x.shape[$0] }.reduce(1, *)
    return sum(x, axes: axes, keepingAxes: keepingAxes) * (1 / Float(count))
}

/// Which one number is made of many.
package enum ReductionKind: Hashable, Sendable { case sum, largest, smallest }

/// One number from all elements along some axes.
struct Reduction: Operation {
    let kind: ReductionKind
    /// Axes to reduce, ascending and counted from the front.
    let axes: [Int]
    var keepsAxes = false

    var name: String { "\(kind)" }

    static func resolved(_ axes: [Int]?, _ shape: Shape) -> [Int] {
        Array(Set((axes ?? Array(0..<shape.rank)).map(shape.resolved(axis:)))).sorted()
    }

    /// The shape with reduced axes at length 1.
    func keptShape(_ shape: Shape) -> Shape {
        Shape(shape.dimensions.enumerated().map { axes.contains($0) ? 1 : $1 })
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let shape = inputs[0]
        if kind != .sum, axes.contains(where: { shape[$0] == 0 }) {
            throw ShapeError("\(name): no elements to choose from in \(shape) along axes \(axes)")
        }
        guard !keepsAxes else { return [keptShape(shape)] }
        return [Shape(shape.dimensions.enumerated().filter { !axes.contains($0.offset) }.map(\.element))]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.inputs[0].shape
        let strides = shape.strides
        func axesOfLoop(_ indices: [Int]) -> Broadcast {
            Broadcast(lengths: indices.map { shape[$0] }, strides: [indices.map { strides[$0] }])
        }
        let kept = axesOfLoop((0..<shape.rank).filter { !axes.contains($0) })
        let reduced = axesOfLoop(axes)
        let code = kind == .sum ? SK_SUM : kind == .largest ? SK_LARGEST : SK_SMALLEST
        return [
            Kernel(request) { at in
                sk_reduce(
                    code, Int32(kept.lengths.count), kept.lengths, kept.strides[0], Int32(reduced.lengths.count),
                    reduced.lengths, reduced.strides[0], at[0], at[1])
            }
        ]
    }
}

extension Tensor {
    /// The sum over the axes along which `shape` was broadcast to this tensor's shape: the gradient of
    /// broadcasting.
    func summed(to shape: Shape) -> Tensor {
        guard self.shape != shape else { return self }
        let missing = self.shape.rank - shape.rank
        let axes = (0..<self.shape.rank).filter { $0 < missing || shape[$0 - missing] != self.shape[$0] }
        return Reduction(kind: .sum, axes: axes)(self).reshaped(to: shape)
    }
}
