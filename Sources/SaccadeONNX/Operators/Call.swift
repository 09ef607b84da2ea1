import SaccadeTensors

/// A node and the values that it reads, for the code of its operator.
///
/// Everything that is asked for is checked: what is missing, of another kind, or beyond the limits throws.
struct Call {
    let node: ONNXNode
    /// The version of the standard operators.
    let opset: Int
    let inputs: [Value?]
    private let budget: Budget?
    private let readAttributes = ReadAttributes()
    /// Whether everything that is read is there, and small: then it is computed at once.
    private let isComputedNow: Bool

    /// Names of attributes that the operator's code has asked for.
    private final class ReadAttributes { var names: Set<String> = [] }

    /// - Parameter budget: For nodes that depend on constants alone.
    init(_ node: ONNXNode, opset: Int, inputs: [Value?], budget: Budget?) {
        (self.node, self.opset, self.inputs, self.budget) = (node, opset, inputs, budget)
        isComputedNow = inputs.allSatisfy {
            $0.map { $0.isKnown && $0.shape.elementCount <= Limits.smallElements } ?? true
        }
    }

    /// Throws where the node has a setting that its operator's code did not ask for: it could change the result.
    func requireAllRead() throws {
        let rest = Set(node.attributes.keys).subtracting(readAttributes.names).sorted()
        guard rest.isEmpty else {
            throw Problem.unsupported("the attribute(s) \(rest.joined(separator: ", ")) are not understood")
        }
    }

    // MARK: Inputs

    func has(_ index: Int) -> Bool { inputs.indices.contains(index) && inputs[index] != nil }

    func value(_ index: Int) throws -> Value {
        guard inputs.indices.contains(index), let value = inputs[index] else {
            throw Problem.malformed("its input \(index) is missing")
        }
        return value
    }

    /// The elements of an input as floats.
    func tensor(_ index: Int) throws -> Tensor {
        let value = try value(index)
        if isComputedNow, let known = try value.known() { return known }
        return try value.tensor()
    }

    /// As ``tensor(_:)``, of an input with a given number of axes.
    func tensor(_ index: Int, ranks: ClosedRange<Int>) throws -> Tensor {
        let tensor = try tensor(index)
        guard ranks.contains(tensor.shape.rank) else {
            throw Problem.unsupported(
                "its input \(index) has the shape \(tensor.shape), which has too few or many axes")
        }
        return tensor
    }

    /// The elements of an input that has to be known now, such as a bound.
    func floats(_ index: Int) throws -> [Float] {
        guard let tensor = try value(index).known(), tensor.shape.elementCount <= Limits.smallElements else {
            throw Problem.unsupported("its input \(index) is not known before the network runs")
        }
        return tensor.scalars
    }

    func float(_ index: Int) throws -> Float {
        let floats = try floats(index)
        guard floats.count == 1 else { throw Problem.malformed("its input \(index) should be one number") }
        return floats[0]
    }

    /// Whole numbers that have to be known now, such as sizes.
    func numbers(_ index: Int) throws -> Numbers {
        switch try value(index) {
        case .numbers(let numbers): return numbers
        case .input:
            throw Problem.unsupported(
                "its input \(index) comes with each run, but the plan depends on it: "
                    + "give its value when the plan is made"
            )
        case let other:
            guard other.kind != .float, let tensor = try other.known() else {
                throw Problem.unsupported("its input \(index) is not known before the network runs")
            }
            return try Numbers(tensor, other.kind)
        }
    }

    // MARK: Attributes

    private func attribute(_ name: String) -> ONNXNode.Attribute? {
        readAttributes.names.insert(name)
        return node.attributes[name]
    }

    /// Says that settings do not matter here.
    func ignore(_ names: String...) { readAttributes.names.formUnion(names) }

    func hasAttribute(_ name: String) -> Bool { node.attributes[name] != nil }

    func integer(_ name: String) throws -> Int? {
        switch attribute(name) {
        case nil: return nil
        case .integer(let number): return number
        default: throw Problem.malformed("the attribute \(name) is no whole number")
        }
    }

    func integer(_ name: String, or other: Int) throws -> Int { try integer(name) ?? other }

    func flag(_ name: String, or other: Bool = false) throws -> Bool {
        let number = try integer(name, or: other ? 1 : 0)
        guard number == 0 || number == 1 else { throw Problem.malformed("the attribute \(name) is \(number)") }
        return number == 1
    }

    func integers(_ name: String) throws -> [Int]? {
        switch attribute(name) {
        case nil: return nil
        case .integers(let numbers):
            guard numbers.count <= Limits.smallElements else {
                throw Problem.malformed("the attribute \(name) has \(numbers.count) numbers")
            }
            return numbers
        default: throw Problem.malformed("the attribute \(name) is no list of whole numbers")
        }
    }

    func float(_ name: String, or other: Float) throws -> Float {
        switch attribute(name) {
        case nil: return other
        case .float(let number): return number
        default: throw Problem.malformed("the attribute \(name) is no number")
        }
    }

    func floats(_ name: String) throws -> [Float]? {
        switch attribute(name) {
        case nil: return nil
        case .floats(let numbers): return numbers
        default: throw Problem.malformed("the attribute \(name) is no list of numbers")
        }
    }

    func string(_ name: String, or other: String) throws -> String {
        switch attribute(name) {
        case nil: return other
        case .string(let text): return text
        default: throw Problem.malformed("the attribute \(name) is no text")
        }
    }

    func constant(_ name: String) throws -> Value? {
        switch attribute(name) {
        case nil: return nil
        case .tensor(let value): return value
        default: throw Problem.malformed("the attribute \(name) is no tensor")
        }
    }

    /// An attribute in early opsets, an input later: whole numbers such as axes.
    func integers(_ name: String, orInput index: Int) throws -> [Int]? {
        if hasAttribute(name) { return try integers(name) }
        return has(index) ? try numbers(index).elements : nil
    }

    // MARK: Axes

    /// An axis counted from the front.
    func axis(_ axis: Int, of rank: Int) throws -> Int {
        guard axis >= -rank, axis < rank else { throw Problem.malformed("there is no axis \(axis) of \(rank)") }
        return axis < 0 ? axis + rank : axis
    }

    func axes(_ axes: [Int], of rank: Int) throws -> [Int] {
        let resolved = try axes.map { try axis($0, of: rank) }
        guard Set(resolved).count == resolved.count else { throw Problem.malformed("the axes \(axes) name one twice") }
        return resolved
    }

    // MARK: Computing

    /// Computes or traces one operation, within the limits.
    func apply(_ form: OperationForm, _ inputs: Tensor...) throws -> Tensor { try results(of: form, inputs)[0] }

    func results(of form: OperationForm, _ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.allSatisfy({ $0.shape.elementCount > 0 }) else {
            throw Problem.unsupported("a tensor without elements")
        }
        let (shapes, multiplyAdds) = try form.cost(for: inputs.map(\.shape))
        for shape in shapes {
            _ = try Limits.shape(shape.dimensions)
            guard shape.elementCount > 0 else { throw Problem.unsupported("a result without elements, \(shape)") }
            try budget?.take(shape.elementCount)
        }
        guard multiplyAdds <= Limits.multiplyAdds else {
            throw Problem.unsupported("\(multiplyAdds) multiplications in one step")
        }
        return try form.applied(to: inputs)
    }

    /// Counts what is made of constants in another way than by an operation.
    func takeBudget(_ count: Int) throws { try budget?.take(count) }

    func reshape(_ x: Tensor, _ dimensions: [Int]) throws -> Tensor {
        guard x.shape.dimensions != dimensions else { return x }
        return try apply(.reshape(Limits.shape(dimensions)), x)
    }

    /// A number that is combined with a tensor.
    func scalar(_ number: Float) -> Tensor { Tensor([number], shape: []) }

    func add(_ x: Tensor, _ y: Tensor) throws -> Tensor { try apply(.binary(.add), x, y) }
    func multiply(_ x: Tensor, _ y: Tensor) throws -> Tensor { try apply(.binary(.multiply), x, y) }
    func multiply(_ x: Tensor, _ y: Float) throws -> Tensor { y == 1 ? x : try multiply(x, scalar(y)) }
    func unary(_ unary: Unary, _ x: Tensor) throws -> Tensor { try apply(.unary(unary), x) }
}

/// Code for one operator: the values of its outputs.
typealias ONNXOperator = @Sendable (Call) throws -> [Value]

/// The operators of ONNX that are understood, by name.
enum Operators {
    static let all: [String: ONNXOperator] = [
        convolutions, poolings, regions, normalizations, activations, arithmetic, comparisons, reductions, matrices,
        shapes, movements, paddings, constants,
    ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

    /// One result that is a tensor of floats.
    static func float(_ body: @escaping @Sendable (Call) throws -> Tensor) -> ONNXOperator {
        { call in [.tensor(try body(call), .float)] }
    }
}
