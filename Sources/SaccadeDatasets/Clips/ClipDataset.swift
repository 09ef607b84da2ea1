import SaccadeFiles
import SaccadeVideo

/// A data set whose samples are films.
public protocol ClipDataset: Dataset {
    /// The film of a sample.
    ///
    /// - Precondition: `index` is in `0..<count`.
    func clip(at index: Int) -> FrameSource
}

extension ClipDataset {
    public func name(at index: Int) -> String { clip(at: index).name }

    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? {
        inspection.problem(with: clip(at: index))
    }
}

extension Inspection {
    /// What is wrong with a film: with its images one by one; with a video's beginning or, where pixels are asked for, all
    /// of it.
    func problem(with clip: FrameSource) -> Problem? {
        switch clip.origin {
        case .images(let paths, _): return paths.lazy.compactMap(problem(withImageAt:)).first
        case .video(let path):
            do throws(FileError) {
                let reader = try VideoReader(contentsOf: path)
                if self == .headers { return nil }
                while try reader.advance() != nil {}
                return reader.problem.map { Problem($0, rule: .unreadableVideo) }
            } catch {
                return Problem(error, rule: .unreadableVideo)
            }
        }
    }
}

extension Problem.Rule {
    /// A video that cannot be decoded, or not to its end.
    public static let unreadableVideo = Problem.Rule(rawValue: "unreadable-video")
}
