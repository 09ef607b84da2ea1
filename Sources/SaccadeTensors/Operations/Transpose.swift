import CSaccadeKernels
import SaccadeOneDNN
import SaccadePrelude

extension Tensor {
    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
    ///
    /// - Precondition: `axes` names every axis once.
    public func transposed(_ axes: [Int]) -> Tensor {
        let axes = axes.map(shape.resolved(axis:))
        require(axes.sorted() == Array(0..<shape.rank), "transposed: \(axes) is not an order of \(shape)'s axes")
        guard axes != axes.sorted() else { return self }
        var inverse = axes
        for (place, axis) in axes.enumerated() { inverse[axis] = place }
        return Transpose(axes: axes)(self).recorded(pullbacks: [
            self: { [inverse] dy in Transpose(axes: inverse)(dy) }
        ])
    }

    /// The last two axes exchanged: rows become columns.
    ///
    /// - Precondition: There are two axes or more.
    public func transposed() -> Tensor {
        require(shape.rank >= 2, "transposed: \(shape) has no rows and columns")
        return transposed(Array(0..<shape.rank - 2) + [shape.rank - 1, shape.rank - 2])
    }
}

struct Transpose: Operation {
    let axes: [Int]

    var name: String { "transposed" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank == axes.count else {
            throw ShapeError("transposed: an order of \(axes.count) axes for \(inputs[0])")
        }
        return [Shape(axes.map { inputs[0][$0] })]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (source, result) = (request.inputs[0].shape, request.results[0])
        guard result.elementCount > 0 else { return [Kernel(request) { _ in }] }
        let loop = Broadcast(
            lengths: result.dimensions, strides: [axes.map { source.strides[$0] }, result.strides])
        let copy = Kernel(request) { at in
            sk_copy(Int32(loop.lengths.count), loop.lengths, at[0], loop.strides[0], at[1], loop.strides[1])
        }
        // Rows that stay whole are copied as such; single elements are better left to oneDNN, which goes by blocks.
        guard loop.strides[0].last != 1, (2...6).contains(loop.lengths.count),
            let reorder = try? Primitive(
                .reorder(
                    from: .strided(loop.lengths, loop.strides[0]), to: .strided(loop.lengths, loop.strides[1])),
                roles: [.source, .destination])
        else { return [copy] }
        return [Kernel(reorder, inputs: 1, rowMajor: reorder.arguments.prefix(2).map(\.layout))]
    }
}
