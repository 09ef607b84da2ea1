import SaccadeOneDNN
import SaccadePrelude

/// The matrix product of the last two axes.
///
/// - Parameters:
///   - a: `[…, M, K]`.
///   - b: `[…, K, N]`. Leading axes broadcast: missing ones, and those of length 1, are repeated.
/// - Returns: `[…, M, N]`.
/// - Precondition: `K` agrees, and the leading axes broadcast.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
    require(
        a.shape.rank >= 2 && b.shape.rank >= 2, "matmul: both inputs need two axes, got \(a.shape) and \(b.shape)")
    if b.shape.rank == 2, a.shape.rank > 2 {
        // One matrix for a whole stack: the stack is one tall matrix.
        let leading = a.shape.dimensions.dropLast()
        let rows = a.reshaped(to: [leading.reduce(1, *), a.shape[a.shape.rank - 1]])
        return matmul(rows, b).reshaped(to: Shape(leading + [b.shape[1]]))
    }
    return MatrixProduct()(a, b).recorded(pullbacks: [
        a: { dy in MatrixProduct(transposesSecond: true)(dy, b).summed(to: a.shape) },
        b: { dy in MatrixProduct(transposesFirst: true)(a, dy).summed(to: b.shape) },
    ])
}

/// A product of stacks of matrices, each of which may be read transposed. Inputs: `[…, M, K]`, `[…, K, N]`.
struct MatrixProduct: Operation {
    var transposesFirst = false
    var transposesSecond = false

    var name: String { "matmul" }

    /// Lengths of the leading axes, then `M`, `K` and `N`.
    private func lengths(_ inputs: [Shape]) throws(ShapeError) -> (leading: Shape, m: Int, k: Int, n: Int) {
        let (a, b) = (inputs[0].dimensions, inputs[1].dimensions)
        guard a.count >= 2, b.count >= 2 else {
            throw ShapeError("matmul: both inputs need two axes, got \(inputs[0]) and \(inputs[1])")
        }
        let (left, right) = (Array(a.suffix(2)), Array(b.suffix(2)))
        let (m, k) = transposesFirst ? (left[1], left[0]) : (left[0], left[1])
        let (inner, n) = transposesSecond ? (right[1], right[0]) : (right[0], right[1])
        guard k == inner else {
            throw ShapeError("matmul: \(inputs[0]) has rows of \(k), \(inputs[1]) columns of \(inner)")
        }
        guard let leading = Broadcast.shape(Shape(a.dropLast(2)), Shape(b.dropLast(2))) else {
            throw ShapeError("matmul: the leading axes of \(inputs[0]) and \(inputs[1]) do not broadcast")
        }
        guard leading.rank <= 4 else { throw ShapeError("matmul: at most 4 leading axes, got \(leading)") }
        return (leading, m, k, n)
    }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let (leading, m, _, n) = try lengths(inputs)
        return [Shape(leading.dimensions + [m, n])]
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int {
        guard let (leading, m, k, n) = try? lengths(inputs) else { return 0 }
        return leading.elementCount * m * k * n
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (shapes, count) = (request.inputs.map(\.shape), request.results[0].elementCount)
        guard let (leading, m, k, n) = try? lengths(shapes), k > 0, count > 0 else {
            return [Kernel(request) { at in at[2].update(repeating: 0, count: count) }]
        }
        // Stacks that do not broadcast are one long stack.
        let stacks = shapes.map { Array($0.dimensions.dropLast(2)) }
        let (first, second, both) =
            stacks[0] == stacks[1]
            ? ([leading.elementCount], [leading.elementCount], [leading.elementCount])
            : (padded(stacks[0], leading.rank), padded(stacks[1], leading.rank), leading.dimensions)
        let types = [request.precision.elementType, .float32]
        let a = types.map { layout(first, m, k, transposed: transposesFirst, $0) }
        let b = types.map { layout(second, k, n, transposed: transposesSecond, $0) }
        let y = types.map { layout(both, m, n, transposed: false, $0) }
        do {
            let primitive = try Primitive(
                .matmul(a[0], b[0], destination: y[0]), roles: [.source, .weights, .destination])
            return [Kernel(primitive, inputs: 2, rowMajor: [a[1], b[1], y[1]])]
        } catch {
            unavailable("a product of \(shapes[0]) and \(shapes[1])", error)
        }
    }

    private func padded(_ stack: [Int], _ rank: Int) -> [Int] {
        [Int](repeating: 1, count: rank - stack.count) + stack
    }

    private func layout(_ stack: [Int], _ rows: Int, _ columns: Int, transposed: Bool, _ type: ElementType) -> Layout {
        let inner = transposed ? [1, rows] : [columns, 1]
        let outer = Shape(stack + [rows * columns]).strides.dropLast()
        return .strided(stack + [rows, columns], outer + inner, type)
    }
}
