public import SaccadePrelude
import Synchronization

/// A tensor that training changes: the one mutable thing in a model.
///
/// A parameter has identity. Two layers that hold the same parameter share its weights and its
/// gradient; that is how weights are tied.
///
/// Its first value is drawn when it is first read, so that a network can be described, or given weights
/// from a file, without paying for random numbers.
public final class Parameter: Sendable {
    public let shape: Shape
    private let state: Mutex<State>

    private enum State {
        case pending(@Sendable () -> Tensor)
        case ready(Tensor)
        case taken  // while an update holds the value
        case released

        mutating func tensor() -> Tensor {
            if case .pending(let draw) = self { self = .ready(draw()) }
            switch self {
            case .ready(let tensor): return tensor
            case .released: wrongProgram("the network's weights were given to a plan: load the network again")
            case .pending, .taken: wrongProgram("a parameter was read while it was updated")
            }
        }

        mutating func take() -> Tensor {
            defer { self = .taken }
            return tensor()
        }
    }

    public init(_ initialValue: Tensor) {
        shape = initialValue.shape
        state = Mutex(.ready(initialValue.detached.rowMajor))
    }

    /// A parameter whose value `initialize` will draw from a generator that starts at `seed`.
    public init(
        _ shape: Shape, seed: UInt64, initialize: @escaping @Sendable (Shape, inout SplitMix64) -> Tensor
    ) {
        self.shape = shape
        state = Mutex(
            .pending {
                var generator = SplitMix64(seed: seed)
                let value = initialize(shape, &generator)
                require(value.shape == shape, "an initializer made \(value.shape) for a parameter of \(shape)")
                return value
            })
    }

    /// The current value. Inside ``withGradients(phase:except:precision:_:)``, reading it is what makes it differentiable.
    public var value: Tensor {
        let value = Trace.current?.leaf(self) ?? state.withLock { $0.tensor() }
        return Tape.current?.leaf(self, value) ?? value
    }

    /// Replaces the value.
    ///
    /// - Precondition: The new one has the same shape.
    public func assign(_ value: Tensor) {
        require(value.shape == shape, "cannot change a parameter's shape from \(shape) to \(value.shape)")
        state.withLock { $0 = .ready(value.detached.rowMajor) }
    }

    /// Gives the value away: until another one is assigned the parameter has none.
    func release() -> Tensor {
        state.withLock { state in
            defer { state = .released }
            return state.tensor()
        }
    }

    /// Lets `change` overwrite the elements where they lie, or a copy if somebody still holds the old value.
    package func update(_ change: (UnsafeMutableBufferPointer<Float>) -> Void) {
        state.withLock { state in
            var storage = state.take().rowMajorStorage
            if !Storage.mayOverwrite(&storage) {
                let copy = Storage(byteCount: shape.elementCount * MemoryLayout<Float>.stride)
                copy.floats.update(from: storage.floats, count: shape.elementCount)
                storage = copy
            }
            change(UnsafeMutableBufferPointer(start: storage.floats, count: shape.elementCount))
            state = .ready(Tensor(shape: shape, content: .stored(storage, nil)))
        }
    }
}

extension Parameter: Hashable {
    public static func == (lhs: Parameter, rhs: Parameter) -> Bool { lhs === rhs }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A tensor that training collects without differentiating, such as batch norm's running mean.
///
/// It is stored in checkpoints beside the parameters, and never given to an optimizer.
public final class Buffer: Sendable {
    public let shape: Shape
    private let state: Mutex<Tensor>

    public init(_ initialValue: Tensor) {
        shape = initialValue.shape
        state = Mutex(initialValue)
    }

    public var value: Tensor { state.withLock { $0 } }

    /// - Precondition: The new value has the same shape.
    public func assign(_ value: Tensor) {
        require(value.shape == shape, "cannot change a buffer's shape from \(shape) to \(value.shape)")
        state.withLock { $0 = value.detached.rowMajor }
    }
}
