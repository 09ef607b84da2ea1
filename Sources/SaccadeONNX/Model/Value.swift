import SaccadeTensors

/// What an edge of a graph carries.
enum Value: Sendable {
    /// What is known of elements beside their values.
    enum Kind: Sendable { case float, integer, boolean }

    /// Elements as floats; while a plan is made they need not be there yet. Whole numbers are exact up to 2²⁴.
    case tensor(Tensor, Kind)
    /// The weights of a network.
    case parameter(Parameter)
    /// Whole numbers that are known now, such as sizes.
    case numbers(Numbers)
    /// Whole numbers that come with each input, of which one is this.
    case input(Int, Tensor)

    var shape: Shape {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): tensor.shape
        case .parameter(let parameter): parameter.shape
        case .numbers(let numbers): numbers.shape
        }
    }

    var kind: Kind {
        switch self {
        case .tensor(_, let kind): kind
        case .parameter: .float
        case .numbers(let numbers): numbers.kind
        case .input: .integer
        }
    }

    /// Whether the elements are there now.
    var isKnown: Bool {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): !tensor.isTraced
        case .parameter, .numbers: true
        }
    }

    /// The elements as they are now, if they are.
    func known() throws -> Tensor? {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): tensor.isTraced ? nil : tensor
        case .parameter(let parameter): Trace.$current.withValue(nil) { parameter.value }
        case .numbers(let numbers): try numbers.tensor()
        }
    }

    func tensor() throws -> Tensor {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): tensor
        case .parameter(let parameter): parameter.value
        case .numbers(let numbers): try numbers.tensor()
        }
    }
}

/// Whole numbers in a shape.
struct Numbers: Sendable, Equatable {
    let shape: Shape
    let elements: [Int]
    let kind: Value.Kind

    init(_ elements: [Int], _ shape: Shape, _ kind: Value.Kind = .integer) {
        (self.elements, self.shape, self.kind) = (elements, shape, kind)
    }

    /// A list.
    init(_ elements: [Int]) { self.init(elements, [elements.count]) }

    /// Floats that are whole.
    init(_ tensor: Tensor, _ kind: Value.Kind = .integer) throws {
        let elements = try tensor.scalars.map { scalar in
            guard let number = Int(exactly: scalar) else {
                throw Problem.malformed("\(scalar) is not a whole number, where one is needed")
            }
            return number
        }
        self.init(elements, tensor.shape, kind)
    }

    func tensor() throws -> Tensor {
        for element in elements where element.magnitude > Limits.exactInteger {
            // The least and the greatest integer stand for no bound at all.
            guard element.magnitude >= Int.max.magnitude / 2 else {
                throw Problem.unsupported("the whole number \(element) is too large for a float to hold exactly")
            }
        }
        return Tensor(elements.map(Float.init), shape: shape)
    }
}
