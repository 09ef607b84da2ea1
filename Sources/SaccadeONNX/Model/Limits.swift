import SaccadeTensors

/// What a file may ask for. Sizes in it may be anything, and nothing is allocated, or computed for hours, because a
/// number in a file says so.
enum Limits {
    /// Elements of one tensor: 2 GiB.
    static let elements = 1 << 29
    static let rank = 8
    static let nodes = 20_000
    /// Kernels, strides, dilations and padding, in elements.
    static let window = 1 << 16
    /// Elements that are computed while a model is read for given shapes, all together: 1 GiB.
    static let foldedElements = 1 << 28
    /// Multiplications of one operation.
    static let multiplyAdds = 1 << 44
    /// Tensors that are this small are computed at once where they can be, for they may be sizes.
    static let smallElements = 4096
    /// Whole numbers that a float holds exactly.
    static let exactInteger = 1 << 24
    /// Bytes of a model file: what Protocol Buffers allow.
    static let fileBytes = 1 << 31
    /// Messages in a file, each of which becomes a value of some hundred bytes.
    static let messages = 2_000_000

    /// The shape with these lengths.
    static func shape(_ dimensions: [Int]) throws -> Shape {
        guard dimensions.count <= rank else {
            throw Problem.unsupported("a tensor of \(dimensions.count) axes, where at most \(rank) are understood")
        }
        guard dimensions.allSatisfy({ $0 >= 0 }) else {
            throw Problem.malformed("a tensor cannot have the lengths \(dimensions)")
        }
        // Also with a zero among them: a shape multiplies one after another.
        guard dimensions.reduce(1.0, { $0 * Double(max($1, 1)) }) <= Double(elements) else {
            throw Problem.unsupported("a tensor of \(dimensions) has more than \(elements) elements")
        }
        return Shape(dimensions)
    }
}
