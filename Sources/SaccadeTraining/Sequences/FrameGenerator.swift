public import SaccadeDatasets
import SaccadeFiles
public import SaccadeImages
import SaccadeLoading
import SaccadeModels
import SaccadeTensors
import SaccadeVideo

/// A network that shows how a clip goes on.
public struct FrameGenerator: Sendable {
    private let preprocessing: Preprocessing
    private let network: FramePredictor

    /// - Throws: ``RunError`` when the network predicts no frames.
    public init(_ model: LoadedModel) throws(RunError) {
        guard case .predictFrames = model.description.task, let network = model.network as? FramePredictor else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.command), not to predict frames; use the "
                    + "command of its task.")
        }
        (preprocessing, self.network) = (model.description.imagePreprocessing, network)
    }

    /// The frames of a clip as the network sees them, what it expects behind each, and what it makes of its own frames
    /// beyond the end.
    ///
    /// - Parameters:
    ///   - clip: A video file, or a folder of numbered images.
    ///   - most: Frames to read, at least 2; those behind are left out.
    ///   - further: Frames beyond the last one read, at least 0.
    /// - Throws: `FileError` where it cannot be read, or has fewer than two frames.
    public func frames(
        of clip: FrameSource, most: Int, further: Int
    ) throws -> (seen: [Image], expected: [Image], beyond: [Image]) {
        let reader = try clip.frames()
        var seen: [Image] = []
        while seen.count < most, let frame = try reader.next() { seen.append(preprocessing.fitted(frame.image)) }
        guard seen.count > 1 else {
            throw FileError(
                .empty, path: clip.name, reason: "has fewer than two frames", remedy: "give a longer clip")
        }
        let size = preprocessing.count
        var all = Tensor(shape: Shape([seen.count, 1] + preprocessing.shape)) { buffer in
            for (place, image) in seen.enumerated() {
                let part = buffer[place * size..<(place + 1) * size]
                preprocessing.normalize(image, into: UnsafeMutableBufferPointer(rebasing: part))
            }
        }
        let expected = network([all])[0]
        for _ in 0..<further {
            let next = network([all])[0]
            all = concatenated([all, next.sliced(axis: 0, next.shape[0] - 1..<next.shape[0])], axis: 0)
        }
        return (seen, images(expected), images(all.sliced(axis: 0, seen.count..<seen.count + further)))
    }

    /// Frames `[T, 1, C, H, W]` as images again.
    private func images(_ frames: Tensor) -> [Image] {
        let size = preprocessing.count
        return frames.withScalars { scalars in
            (0..<frames.shape[0]).map { preprocessing.image(of: scalars[$0 * size..<($0 + 1) * size]) }
        }
    }
}

extension Preprocessing {
    /// The image that these numbers, `[C, H, W]`, are of: what ``normalize(_:into:)`` makes of one, the other way round.
    fileprivate func image(of numbers: Slice<UnsafeBufferPointer<Float>>) -> Image {
        let plane = height * width
        var pixels = [UInt8](repeating: 0, count: count)
        for channel in 0..<channels {
            for place in 0..<plane {
                let value = numbers[numbers.startIndex + channel * plane + place]
                let level = (value * standardDeviation[channel] + mean[channel]) * 255
                // What is no number is black.
                pixels[place * channels + channel] = level >= 0 ? UInt8(min(level.rounded(), 255)) : 0
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
}
