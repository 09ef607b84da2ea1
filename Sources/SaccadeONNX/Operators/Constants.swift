import SaccadeTensors

extension Operators {
    /// Values that depend on no input.
    static let constants: [String: ONNXOperator] = [
        "Constant": { call in
            if let value = try call.constant("value") { return [value] }
            if call.hasAttribute("value_float") {
                return [.tensor(Tensor([try call.float("value_float", or: 0)], shape: []), .float)]
            }
            if let floats = try call.floats("value_floats") {
                return [.tensor(Tensor(floats, shape: [floats.count]), .float)]
            }
            if let number = try call.integer("value_int") { return [.numbers(Numbers([number], []))] }
            if let numbers = try call.integers("value_ints") { return [.numbers(Numbers(numbers))] }
            throw Problem.unsupported("a constant that is neither numbers nor a tensor")
        },
        "ConstantOfShape": { call in
            let shape = try Limits.shape(call.numbers(0).elements)
            let value = try call.constant("value") ?? .tensor(Tensor([0], shape: [1]), .float)
            guard value.shape.elementCount == 1 else { throw Problem.malformed("its value is no single number") }
            try call.takeBudget(shape.elementCount)
            if case .numbers(let numbers) = value {
                let elements = [Int](repeating: numbers.elements[0], count: shape.elementCount)
                return [.numbers(Numbers(elements, shape, numbers.kind))]
            }
            guard let scalar = try value.known()?.scalars.first else { throw Problem.malformed("its value is missing") }
            return [.tensor(Tensor(filledWith: scalar, shape: shape), value.kind)]
        },
        "Range": { call in
            let values = try (0..<3).map { try call.value($0) }
            guard values.allSatisfy({ $0.kind != .float }) else { throw Problem.unsupported("a range of floats") }
            let bounds = try (0..<3).map { index in
                let elements = try call.numbers(index).elements
                guard elements.count == 1, elements[0].magnitude <= Limits.elements else {
                    throw Problem.malformed("a bound that is no single number of use")
                }
                return elements[0]
            }
            guard bounds[2] != 0 else { throw Problem.malformed("a step of zero") }
            let count = (bounds[1] - bounds[0]) / bounds[2] + 1
            guard count <= Limits.exactInteger else { throw Problem.unsupported("a range of \(count) numbers") }
            return [.numbers(Numbers(Array(stride(from: bounds[0], to: bounds[1], by: bounds[2]))))]
        },
    ]
}
