import CSaccadeKernels
import SaccadeOneDNN
import SaccadePrelude

/// Tensors joined along `axis`, in order.
///
/// - Parameters:
///   - tensors: At least one; equal shapes but for their length along `axis`.
///   - axis: Counted from the front, or from the back when negative.
/// - Returns: Their shape, with the sum of the lengths along `axis`.
public func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, "concatenated: nothing to join")
    let axis = tensors[0].shape.resolved(axis: axis)
    guard tensors.count > 1 else { return tensors[0] }
    let shapes = tensors.map(\.shape)
    return Concatenation(axis: axis).results(of: tensors)[0].recorded(from: tensors) { dy, wanted in
        var start = 0
        return zip(shapes, wanted).map { shape, isWanted in
            defer { start += shape[axis] }
            return isWanted ? dy.sliced(axis: axis, start..<start + shape[axis]) : nil
        }
    }
}

struct Concatenation: ReadsParts {
    let axis: Int

    var name: String { "concatenated" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        var length = 0
        for shape in inputs {
            guard shape.rank == inputs[0].rank, shape.replacing(axis, with: 0) == inputs[0].replacing(axis, with: 0)
            else { throw ShapeError("concatenated: \(inputs[0]) and \(shape) differ beside axis \(axis)") }
            length += shape[axis]
        }
        return [inputs[0].replacing(axis, with: length)]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let whole = request.results[0]
        guard whole.elementCount > 0 else { return [Kernel(request) { _ in }] }
        if let blocked = blocked(request) { return [blocked] }
        let (outer, inner) = whole.around(axis)
        let row = whole[axis] * inner
        let widths = request.inputs.map { $0.shape[axis] * inner }
        let last = widths.count
        var kernel = Kernel(request) { at in
            var start = 0
            for (index, width) in widths.enumerated() where width > 0 {
                sk_copy(2, [outer, width], at[index], [width, 1], at[last] + start, [row, 1])
                start += width
            }
        }
        kernel.joinsEndToEnd = outer == 1
        return [kernel]
    }

    /// Images in oneDNN's blocks stay in them, and the others are brought into the order of the first of those.
    private func blocked(_ request: KernelRequest) -> Kernel? {
        guard request.inputs.count <= 32,
            request.inputs.allSatisfy({ $0.shape.rank == 4 && $0.shape.elementCount > 0 }),
            let order = request.inputs.lazy.compactMap({ $0.arrangement.flatMap { ChannelBlocks($0.packed) } }).first
        else { return nil }
        let copied = request.inputs.map { order.arrangement($0.shape) }
        let whole = request.results[0]
        if joinsBlocks(request, order), var kernel = kernel(copied, into: order.layout(whole)) {
            kernel.joinsEndToEnd = true
            return kernel
        }
        // Parts of larger images are read where they lie.
        let inputs = zip(request.inputs, copied).map { input, copied in
            ChannelBlocks(input.packed.layout) == order ? input.arrangement : copied
        }
        return kernel(inputs, into: order.layout(whole))
            ?? kernel(copied, into: .any(whole.dimensions, order.elementType))
    }

    private func kernel(_ inputs: [Arrangement?], into result: Layout) -> Kernel? {
        guard
            let descriptor = try? Descriptor.concatenation(
                of: inputs.compactMap { $0?.layout }, destination: result, axis: axis),
            let primitive = try? Primitive(descriptor, roles: inputs.indices.map { .concatenated($0) } + [.destination])
        else { return nil }
        var kernel = Kernel(primitive, inputs: inputs.count)
        kernel.inputs = inputs
        return kernel
    }

    /// Whether the channels of single images are joined in whole blocks.
    private func joinsBlocks(_ request: KernelRequest, _ order: ChannelBlocks) -> Bool {
        guard axis == 1, request.results[0][0] == 1, let width = order.width else { return false }
        return request.inputs.allSatisfy { $0.shape[1] % width == 0 }
    }
}
