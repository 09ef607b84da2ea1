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
    /// Places in a tensor `[N, C, …]` of a shape, held as places in each of its planes: a float counts those exactly.
    case places(Tensor, of: Shape)
    /// Whole numbers made of floats that are not there yet, whose fractions have still to be cut off: for those who do so.
    case uncut(Tensor)

    var shape: Shape {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor), .places(let tensor, _), .uncut(let tensor): tensor.shape
        case .parameter(let parameter): parameter.shape
        case .numbers(let numbers): numbers.shape
        }
    }

    var kind: Kind {
        switch self {
        case .tensor(_, let kind): kind
        case .parameter: .float
        case .numbers(let numbers): numbers.kind
        case .input, .places, .uncut: .integer
        }
    }

    /// Whether the elements are there now.
    var isKnown: Bool {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor), .places(let tensor, _): !tensor.isTraced
        case .parameter, .numbers: true
        case .uncut: false
        }
    }

    /// The elements as they are now, if they are.
    func known() throws -> Tensor? {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): tensor.isTraced ? nil : tensor
        case .parameter(let parameter): Trace.$current.withValue(nil) { parameter.value }
        case .numbers(let numbers): try numbers.tensor()
        case .places(let tensor, _): tensor.isTraced ? nil : try self.tensor()
        case .uncut: nil
        }
    }

    func tensor() throws -> Tensor {
        switch self {
        case .tensor(let tensor, _), .input(_, let tensor): tensor
        case .parameter(let parameter): parameter.value
        case .numbers(let numbers): try numbers.tensor()
        case .places(let places, let whole): try Value.flattened(places, whole)
        case .uncut:
            throw Problem.unsupported("whole numbers from others that are not known before the network runs")
        }
    }

    /// Places in planes as places in the whole tensor.
    private static func flattened(_ places: Tensor, _ whole: Shape) throws -> Tensor {
        guard whole.elementCount <= Limits.exactInteger else {
            throw Problem.unsupported("places in \(whole), which are too many for a float to count exactly")
        }
        let planes = whole[0] * whole[1]
        let starts = Tensor((0..<planes).map { Float($0 * (whole.elementCount / planes)) }, shape: [planes])
        return places
            + starts.reshaped(to: Shape([whole[0], whole[1]] + places.shape.dimensions.dropFirst(2).map { _ in 1 }))
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
