public import SaccadeTensors

/// An input of a ``Model``: its name, and which shapes it takes.
///
///     ModelInput("image", [.batch, .fixed(1), .free(FreeLength(usual: 572, multipleOf: 16, plus: 12, least: 188)), …])
public struct ModelInput: Sendable, Hashable {
    /// The length of an axis.
    public enum Length: Sendable, Hashable {
        /// As many as there are samples.
        case batch
        case fixed(Int)
        case free(FreeLength)
    }

    /// What plans and ONNX files call it.
    public var name: String
    /// Of each axis.
    public var lengths: [Length]

    public init(_ name: String, _ lengths: [Length]) { (self.name, self.lengths) = (name, lengths) }

    /// The shape of the usual input.
    ///
    /// - Parameter batch: Samples at once.
    public func shape(batch: Int) -> Shape {
        Shape(
            lengths.map { length in
                switch length {
                case .batch: batch
                case .fixed(let length): length
                case .free(let rule): rule.usual
                }
            })
    }

    /// Why an input of this shape cannot be taken, and which can; nil where it can.
    public func problem(with shape: Shape) -> String? {
        guard shape.rank == lengths.count else {
            return "\(name) has \(lengths.count) axes, \(description), got \(shape)"
        }
        for (axis, length) in lengths.enumerated() {
            switch length {
            case .batch: if shape[axis] < 1 { return "\(name) needs at least 1 sample, got \(shape)" }
            case .fixed(let wanted): if shape[axis] != wanted { return "\(name) must be \(description), got \(shape)" }
            case .free(let rule):
                if let problem = rule.problem(with: shape[axis]) { return "\(name) of shape \(shape): \(problem)" }
            }
        }
        return nil
    }
}

extension ModelInput {
    private var freeAxes: [Int] {
        lengths.indices.filter { if case .free = lengths[$0] { true } else { false } }
    }

    /// What the free axes are called, in order: `H` and `W` of an image, `L` of a sequence.
    package var freeAxisNames: [String] {
        let count = freeAxes.count
        return count == 2 ? ["H", "W"] : count == 1 ? ["L"] : (0..<count).map { "L\($0 + 1)" }
    }
}

extension ModelInput: CustomStringConvertible {
    /// `[N, 3, H, W]`, with the numbers that are fixed.
    public var description: String {
        let free = freeAxes
        let names = freeAxisNames
        let parts = lengths.enumerated().map { axis, length in
            switch length {
            case .batch: "N"
            case .fixed(let length): "\(length)"
            case .free: names[free.firstIndex(of: axis) ?? 0]
            }
        }
        return "[\(parts.joined(separator: ", "))]"
    }
}

/// Which lengths an axis may have: `plus`, `plus + multipleOf`, `plus + 2 · multipleOf` and so on, from `least` on.
public struct FreeLength: Sendable, Hashable {
    /// Where nobody says otherwise.
    public var usual: Int
    public var multipleOf: Int
    public var plus: Int
    public var least: Int

    public init(usual: Int, multipleOf: Int = 1, plus: Int = 0, least: Int = 1) {
        (self.usual, self.multipleOf, self.plus, self.least) = (usual, multipleOf, plus, least)
    }

    public func allows(_ length: Int) -> Bool { length >= least && (length - plus) % multipleOf == 0 }

    /// The lengths next to one that is not allowed.
    public func neighbours(of length: Int) -> [Int] {
        let below = length - ((length - plus) % multipleOf + multipleOf) % multipleOf
        return [below, below + multipleOf].filter(allows)
    }

    /// Why a length cannot be, and which can; nil where it can.
    public func problem(with length: Int) -> String? {
        guard !allows(length) else { return nil }
        guard length >= least else { return "\(length) is too small: the least is \(least)" }
        let rule = plus == 0 ? "multiples of \(multipleOf)" : "\(plus) more than a multiple of \(multipleOf)"
        let near = neighbours(of: length).map(String.init).joined(separator: " or ")
        return "\(length) does not fit: lengths must be \(rule), such as \(near)"
    }
}
