public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
import SaccadeLoading
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import SaccadeVideo

/// A network that is ready to say what happens in clips, or in each of their frames.
public struct ClipReader: Sendable {
    /// Whether each frame has a label; otherwise all of a clip has one.
    public let labelsEach: Bool
    private let preprocessing: Preprocessing
    private let names: [String]
    private let frames: Int
    private let network: ClipLabeller

    /// - Throws: ``RunError`` when the network labels no clips.
    public init(_ model: LoadedModel) throws(RunError) {
        guard case .labelClips(let task) = model.description.task, let network = model.network as? ClipLabeller else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.command), not to label clips; use the "
                    + "command of its task.")
        }
        (labelsEach, frames, names) = (task.each, task.frames, model.description.classNames)
        (preprocessing, self.network) = (model.description.imagePreprocessing, network)
    }

    /// What each frame is, or where a whole clip has one label the first element alone: all labels, the most probable first.
    ///
    /// A clip with more frames than the network learnt from at once is judged in pieces of so many.
    ///
    /// - Parameter clip: A video file, or a folder of numbered images.
    /// - Returns: Also what kept the clip from being whole.
    /// - Throws: `FileError` where it cannot be read.
    public func answers(
        for clip: FrameSource
    ) throws -> (answers: [[TextLabeller.Answer]], problem: FileError?) {
        let reader = try clip.frames(labelsEach ? .all : .count(frames))
        var images: [Image] = []
        var answers: [[TextLabeller.Answer]] = []
        while let frame = try reader.next() {
            images.append(preprocessing.fitted(frame.image))
            guard images.count == frames else { continue }
            answers += try self.answers(for: images)
            images = []
        }
        if !images.isEmpty { answers += try self.answers(for: images) }
        return (answers, reader.problem)
    }

    private func answers(for images: [Image]) throws -> [[TextLabeller.Answer]] {
        let size = preprocessing.count
        let tensor = Tensor(shape: Shape([images.count, 1] + preprocessing.shape)) { buffer in
            for (place, image) in images.enumerated() {
                let part = buffer[place * size..<(place + 1) * size]
                preprocessing.normalize(image, into: UnsafeMutableBufferPointer(rebasing: part))
            }
        }
        let scores = network([tensor, Tensor([Float(images.count)], shape: [1])])[0].rows
        let probabilities = softmax(scores, axis: 1).scalars
        return (0..<scores.shape[0]).map { row in
            let own = Array(probabilities[row * names.count..<(row + 1) * names.count])
            return topClasses(names.count, of: own).map {
                TextLabeller.Answer(label: names[$0], probability: own[$0])
            }
        }
    }
}
