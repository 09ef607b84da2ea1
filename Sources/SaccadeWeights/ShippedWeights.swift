import CSaccadeShippedWeights
import Foundation
public import SaccadeFiles

/// Weights that come with the program, each with the recipe that they were trained by.
public enum ShippedWeights: String, Sendable, CaseIterable {
    /// What each pixel of a drawn scene shows; see `Documentation/scenes-segmentation.md`.
    case scenesSegmentation = "scenes-segmentation"
    /// What is where on a drawn scene; see `Documentation/faster-rcnn-scenes.md`.
    case scenesDetection = "faster-rcnn-scenes"

    /// The bytes of their file, which says its network.
    public var bytes: [UInt8] {
        let weights =
            switch self {
            case .scenesSegmentation: saccade_scenes_segmentation()
            case .scenesDetection: saccade_faster_rcnn_scenes()
            }
        return Array(UnsafeBufferPointer(start: weights.bytes, count: weights.count))
    }

    /// Their file in a cache, written there where it is missing or another.
    ///
    /// - Throws: ``FileError`` when it cannot be written.
    public func file(in cache: WeightsCache) throws(FileError) -> String {
        let path = "\(cache.folder)/\(rawValue).safetensors"
        let bytes = bytes
        if Path(path).exists, (try? RegularFile.contents(of: path, limit: 1 << 24)) == bytes { return path }
        do {
            try FileManager.default.createDirectory(atPath: cache.folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: cache.folder, reason: "the folder for weights cannot be made",
                remedy: "make room, or set XDG_CACHE_HOME to a folder that can be written")
        }
        try AtomicFile.write(bytes, to: path)
        return path
    }
}
