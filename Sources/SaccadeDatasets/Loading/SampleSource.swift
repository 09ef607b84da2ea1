public import SaccadeFiles
public import SaccadePrelude

/// Samples as a task learns from them: read, and changed at random where that is wanted.
///
/// What a sample is, is the source's own: an image that is prepared with what is known about it, a sentence and its
/// translation, the frames of a clip. Putting samples together to a batch is the task's.
public protocol SampleSource: Sendable {
    associatedtype Sample: Sendable
    var count: Int { get }
    /// What to call a sample in a message.
    func name(at index: Int) -> String

    /// Reads a sample.
    ///
    /// - Parameters:
    ///   - index: In `0..<count`.
    ///   - generator: Of the sample's own random numbers: which is read first does not matter.
    /// - Throws: `FileError`, which names the file.
    func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> Sample

    /// The order in which an epoch learns from the samples: all of them, drawn anew, unless they follow each other.
    ///
    /// - Parameter batchSize: Samples of a batch, which are taken from the front.
    func learningOrder(batchSize: Int, using generator: inout SplitMix64) -> [Int]
}

extension SampleSource {
    public func learningOrder(batchSize: Int, using generator: inout SplitMix64) -> [Int] {
        (0..<count).shuffled(using: &generator)
    }
}
