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

struct Concatenation: Operation {
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

    /// Pictures in oneDNN's blocks stay in them.
    private func blocked(_ request: KernelRequest) -> Kernel? {
        guard request.inputs.count <= 32, request.inputs.allSatisfy({ $0.arrangement != nil && $0.shape.rank == 4 }),
            request.inputs.allSatisfy({ $0.shape.elementCount > 0 && $0.elementType == request.inputs[0].elementType }),
            let descriptor = try? Descriptor.concatenation(
                of: request.inputs.map(\.layout),
                destination: .any(request.results[0].dimensions, request.inputs[0].elementType), axis: axis),
            let primitive = try? Primitive(
                descriptor, roles: request.inputs.indices.map { .concatenated($0) } + [.destination])
        else { return nil }
        var kernel = Kernel(primitive, inputs: request.inputs.count)
        kernel.joinsEndToEnd = joinsBlocks(request, kernel.results[0])
        return kernel
    }

    /// Whether the channels of single pictures are joined in whole blocks of one width.
    private func joinsBlocks(_ request: KernelRequest, _ result: Arrangement?) -> Bool {
        let whole = request.results[0]
        guard axis == 1, whole[0] == 1, let result else { return false }
        return [8, 16].contains { width in
            func isBlocked(_ shape: Shape, _ arrangement: Arrangement?, _ type: ElementType) -> Bool {
                shape[1] % width == 0 && arrangement?.layout === Layout.blocked(by: width, shape.dimensions, type)
            }
            let type = request.inputs[0].elementType
            return isBlocked(whole, result, type)
                && request.inputs.allSatisfy { isBlocked($0.shape, $0.arrangement, type) }
        }
    }
}
