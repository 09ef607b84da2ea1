public import SaccadeLayers
public import SaccadeTensors

/// What goes in and what comes out: the five ways to use a recurrent network, as Karpathy, "The Unreasonable
/// Effectiveness of Recurrent Neural Networks" (2015), draws them.
public enum SequenceMode: String, Sendable, Hashable, CaseIterable {
    /// An image and its class: no recurrence.
    case oneToOne = "one to one"
    /// An image and the words that describe it.
    case oneToMany = "one to many"
    /// A sentence and whether it praises; a clip and what happens in it.
    case manyToOne = "many to one"
    /// A sentence and its translation, which begins when the sentence has ended.
    case manyToMany = "many to many"
    /// A label for each frame of a clip, for each word of a sentence; the next character behind each.
    case synced = "synced many to many"

    public var readsSequence: Bool { self == .manyToOne || self == .manyToMany || self == .synced }
    public var writesSequence: Bool { self == .oneToMany || self == .manyToMany || self == .synced }
}

/// A network as one way from a sequence to a sequence, where a single thing is a sequence of one step.
public protocol SequenceMapping: Sendable {
    var mode: SequenceMode { get }

    /// - Parameters:
    ///   - inputs: `[T, N, …]`; T is 1 where the mode reads a single thing.
    ///   - count: Steps to write, at least 1, where neither the mode nor the input says how many.
    /// - Returns: Scores, `[T′, N, answers]`; T′ is 1 where the mode writes a single thing, T where it is synced.
    /// - Precondition: The inputs have the network's shape, and T fits the mode.
    func callAsFunction(_ inputs: Tensor, count: Int) -> Tensor
}

/// A classifier of the zoo as the sequence mapping that it is: one image, one answer.
public struct OneToOne<Base: Model>: SequenceMapping {
    public let base: Base
    public var mode: SequenceMode { .oneToOne }

    public init(_ base: Base) { self.base = base }

    /// - Parameter inputs: `[1, N, …]`.
    /// - Returns: The base's first output, `[1, N, …]`.
    public func callAsFunction(_ inputs: Tensor, count: Int = 1) -> Tensor {
        let result = base([inputs.reshaped(to: Shape(Array(inputs.shape.dimensions.dropFirst())))])[0]
        return result.reshaped(to: Shape([1] + result.shape.dimensions))
    }
}

extension SequenceLabeller: SequenceMapping {
    public var mode: SequenceMode { labelsEach ? .synced : .manyToOne }

    /// - Parameter inputs: Tokens of sequences that are all as long, `[T, N]`.
    public func callAsFunction(_ inputs: Tensor, count: Int = 1) -> Tensor {
        let (steps, sequences) = (inputs.shape[0], inputs.shape[1])
        let lengths = Tensor(filledWith: Float(steps), shape: [sequences])
        return self([inputs, lengths])[0].reshaped(to: [labelsEach ? steps : 1, sequences, labels])
    }
}

extension LanguageModel: SequenceMapping {
    public var mode: SequenceMode { .synced }

    /// - Parameter inputs: Tokens, `[T, N]`.
    /// - Returns: The scores of the token behind each, `[T, N, tokens]`.
    public func callAsFunction(_ inputs: Tensor, count: Int = 1) -> Tensor {
        self([inputs] + zeroStates(inputs.shape[1]))[0]
    }
}

extension Seq2Seq: SequenceMapping {
    public var mode: SequenceMode { .manyToMany }

    /// Writes the likeliest token at each step, and reads it at the next.
    ///
    /// - Parameters:
    ///   - inputs: Tokens of sequences that are all as long, `[S, N]`.
    ///   - count: Tokens to write.
    /// - Returns: The scores of each, `[count, N, tokens]`.
    public func callAsFunction(_ inputs: Tensor, count: Int) -> Tensor {
        let lengths = Tensor(filledWith: Float(inputs.shape[0]), shape: [inputs.shape[1]])
        let read = encoder([inputs, lengths])
        var states = Array(read.dropFirst())
        return writing(count, sequences: inputs.shape[1]) { token in
            let results = decoder([token, read[0], lengths] + states)
            states = Array(results[1...states.count])
            return results[0]
        }
    }
}

/// Token after token, each the likeliest behind those before; the first is ``startToken``.
///
/// - Parameter step: From tokens `[1, N]` to scores `[1, N, tokens]`.
func writing(_ count: Int, sequences: Int, _ step: (Tensor) -> Tensor) -> Tensor {
    var token = Tensor(filledWith: Float(startToken), shape: [1, sequences])
    var scores: [Tensor] = []
    for _ in 0..<count {
        let next = step(token)
        scores.append(next)
        token = argMax(next, axis: 2)
    }
    return concatenated(scores, axis: 0)
}

/// What stands before the first token, where vocabularies have PADDING, UNKNOWN, START and END in front.
let startToken = 2
