import SaccadePrelude
import Synchronization

/// Runs `body`, remembering what it computed, and returns its value with the gradient of that value
/// with respect to every parameter it read.
///
///     let (loss, gradients) = withGradients { crossEntropy(model(images), labels) }
///
/// Layers that behave differently while learning, such as dropout, see ``Phase/training`` inside `body`.
/// Outside, nothing is recorded and the phase is ``Phase/inference``: there is no mode to forget.
///
/// Child tasks record too; `Task.detached` and other threads do not see the tape.
///
/// - Parameters:
///   - phase: What layers see.
///   - constants: Parameters that are not differentiated: there are no gradients for them, and what would lead to
///     nothing but them is not computed.
///   - precision: What convolutions and their gradients may multiply. With ``Precision/bfloat16`` each rounds its inputs
///     where that is faster than computing with what they are; sums, and everything else, stay float32.
///   - body: The computation.
/// - Precondition: `body` returns a tensor of one element.
public func withGradients(
    phase: Phase = .training, except constants: Set<Parameter> = [], precision: Precision = .float32,
    _ body: () throws -> Tensor
) rethrows -> (value: Tensor, gradients: Gradients) {
    require(precision.isSupported, "this processor does not multiply \(precision.rawValue) numbers")
    let tape = Tape(constants: constants)
    return try Precision.$current.withValue(precision) {
        let value = try Phase.$current.withValue(phase) {
            try Tape.$current.withValue(tape, operation: body)
        }
        require(value.shape.elementCount == 1, "gradients are of one number, got a tensor of shape \(value.shape)")
        return (value.detached, tape.gradients(of: value))
    }
}

/// Whether the running task is learning or predicting.
public enum Phase: Sendable {
    case training, inference

    /// Set by ``withGradients(phase:except:precision:_:)`` for the tasks below it.
    @TaskLocal public static var current = Phase.inference
}

/// What ``withGradients(phase:except:precision:_:)`` found, by parameter.
public struct Gradients: Sendable {
    private var tensors: [Parameter: Tensor] = [:]

    public init() {}

    /// The gradient for `parameter`, or `nil` if the value did not depend on it.
    public subscript(parameter: Parameter) -> Tensor? {
        get { tensors[parameter] }
        set { tensors[parameter] = newValue }
    }

    /// Every gradient after `transform`, such as a scale for clipping.
    public func mapped(_ transform: (Tensor) -> Tensor) -> Gradients {
        var mapped = Gradients()
        mapped.tensors = tensors.mapValues(transform)
        return mapped
    }
}

extension Tensor {
    /// Maps the gradient of an output to the gradient of one input, in that input's shape.
    typealias Pullback = @Sendable (_ outputGradient: Tensor) -> Tensor

    /// Maps the gradient of an output to those of all inputs. `wanted` says which will be used: an
    /// operation need not compute the others.
    typealias JointPullback = @Sendable (_ outputGradient: Tensor, _ wanted: [Bool]) -> [Tensor?]

    /// This tensor, remembered as the result of an operation on the given inputs.
    ///
    /// Every operation ends with this call. Pullbacks of inputs that nobody differentiates never run.
    func recorded(pullbacks: @autoclosure () -> KeyValuePairs<Tensor, Pullback>) -> Tensor {
        guard let tape = Tape.current else { return self }
        let pairs = pullbacks()
        // Without the keys: the tape would hold every input until the end, needed or not.
        let pullbacks = pairs.map(\.value)
        return tape.record(self, inputs: pairs.map(\.key)) { dy, wanted in
            zip(pullbacks, wanted).map { $1 ? $0(dy) : nil }
        }
    }

    /// The same for inputs whose gradients share work.
    func recorded(from inputs: [Tensor], pullback: @autoclosure () -> JointPullback) -> Tensor {
        guard let tape = Tape.current else { return self }
        return tape.record(self, inputs: inputs, pullback())
    }
}

extension [Tensor] {
    /// Maps the gradients of several results to those of all inputs. A result that nobody differentiated has `nil`; one
    /// of them has a gradient, or the pullback does not run.
    typealias Pullback = @Sendable (_ resultGradients: [Tensor?], _ wanted: [Bool]) -> [Tensor?]

    /// These tensors, remembered as the results of one operation, such as the outputs and the last state of a recurrent
    /// layer. Results without a gradient, such as indices, stay outside.
    func recorded(from inputs: [Tensor], pullback: @autoclosure () -> Pullback) -> [Tensor] {
        guard let tape = Tape.current else { return self }
        return tape.record(self, inputs: inputs, pullback())
    }
}

/// The operations of one ``withGradients(phase:except:precision:_:)`` call, in the order they ran.
///
/// A flat array, not a graph of nodes: walking it backwards needs no sorting and no recursion, so a
/// ten-thousand-step recurrence differentiates, and is freed, in constant stack space.
final class Tape: Sendable {
    /// A tensor's place on a tape. Slots of other tapes are ignored, so stale tensors are constants.
    struct Slot: Sendable {
        let tape: UInt64
        let index: Int
    }

    private struct Operation {
        /// Results get their slots one after another.
        let results: Range<Int>
        let inputs: [Int?]  // `nil` for inputs that are constants
        let pullback: [Tensor].Pullback
    }

    private struct State {
        var slotCount = 0
        var operations: [Operation] = []
        var leaves: [Parameter: Int] = [:]

        mutating func newSlots(_ count: Int) -> Range<Int> {
            defer { slotCount += count }
            return slotCount..<slotCount + count
        }
    }

    @TaskLocal static var current: Tape?
    private static let lastID = Atomic<UInt64>(0)

    private let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
    private let constants: Set<Parameter>
    private let state = Mutex(State())

    init(constants: Set<Parameter> = []) { self.constants = constants }

    /// Whether there will be no gradient for a parameter.
    func holdsConstant(_ parameter: Parameter) -> Bool { constants.contains(parameter) }

    func leaf(_ parameter: Parameter, _ value: Tensor) -> Tensor {
        if constants.contains(parameter) { return value }
        return state.withLock { state in
            let index = state.leaves[parameter] ?? state.newSlots(1).lowerBound
            state.leaves[parameter] = index
            return value.placed(Slot(tape: id, index: index))
        }
    }

    func record(_ result: Tensor, inputs: [Tensor], _ pullback: @escaping Tensor.JointPullback) -> Tensor {
        // The pullback runs only where there is a gradient, and here it can only be that of the one result.
        record([result], inputs: inputs) { gradients, wanted in gradients[0].map { pullback($0, wanted) } ?? [] }[0]
    }

    func record(_ results: [Tensor], inputs: [Tensor], _ pullback: @escaping [Tensor].Pullback) -> [Tensor] {
        let inputs = inputs.map(index(of:))
        guard inputs.contains(where: { $0 != nil }) else { return results }
        let slots = state.withLock { state in
            let slots = state.newSlots(results.count)
            state.operations.append(Operation(results: slots, inputs: inputs, pullback: pullback))
            return slots
        }
        return zip(results, slots).map { $0.placed(Slot(tape: id, index: $1)) }
    }

    /// Walks the recording backwards, consuming it: each activation is freed as soon as it is used.
    func gradients(of value: Tensor) -> Gradients {
        var state = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard let last = index(of: value) else { return Gradients() }

        var slots = [Tensor?](repeating: nil, count: state.slotCount)
        slots[last] = Tensor(filledWith: 1, shape: value.shape)
        while let operation = state.operations.popLast() {
            let resultGradients = operation.results.map { slots[$0].take() }
            guard resultGradients.contains(where: { $0 != nil }) else { continue }
            let gradients = operation.pullback(resultGradients, operation.inputs.map { $0 != nil })
            for (index, gradient) in zip(operation.inputs, gradients) {
                guard let index, let gradient else { continue }
                slots[index] = slots[index].map { $0 + gradient } ?? gradient
            }
        }
        var gradients = Gradients()
        for (parameter, index) in state.leaves {
            // One at a time: all of them in two orders would be as much again as the weights.
            gradients[parameter] = slots[index].take().map { $0.rowMajor }
        }
        return gradients
    }

    private func index(of tensor: Tensor) -> Int? {
        tensor.slot.flatMap { $0.tape == id ? $0.index : nil }
    }
}

extension Tensor {
    fileprivate func placed(_ slot: Tape.Slot) -> Tensor { Tensor(shape: shape, content: content, slot: slot) }
}

extension Parameter {
    /// Whether gradients are being recorded, and not for this one: ``withGradients(phase:except:precision:_:)`` was told
    /// to leave it out.
    public var isHeldConstant: Bool { Tape.current?.holdsConstant(self) ?? false }
}
