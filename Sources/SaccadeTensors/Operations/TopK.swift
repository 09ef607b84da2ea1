import CSaccadeKernels

/// The `count` largest elements of each row, largest first; of equals the one that comes first in the row.
///
/// - Parameters:
///   - x: `[…, L]`.
///   - count: At most `L`.
/// - Returns: The elements, and as whole numbers their places in the row; both `[…, count]`.
public func topK(_ x: Tensor, _ count: Int) -> (values: Tensor, indices: Tensor) {
    let axis = x.shape.resolved(axis: -1)
    let length = x.shape[axis]
    let results = TopK(count: count).results(of: [x])
    let indices = results[1]
    let values = results[0].recorded(pullbacks: [
        x: { dy in Scatter(axis: axis, length: length)(indices, dy) }
    ])
    return (values, indices)
}

struct TopK: Operation {
    let count: Int

    var name: String { "topK" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let axis = inputs[0].rank - 1
        guard axis >= 0, count >= 0, count <= inputs[0][axis] else {
            throw ShapeError("topK: the \(count) largest of rows of \(inputs[0]) were asked for")
        }
        let shape = inputs[0].replacing(axis, with: count)
        return [shape, shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let shape = request.inputs[0].shape
        let (rows, length, count) = (shape.around(shape.rank - 1).outer, shape[shape.rank - 1], count)
        return [Kernel(request) { at in sk_top(rows, length, count, at[0], at[1], at[2]) }]
    }
}
