import Foundation
public import SaccadeFiles

/// Clips as folders of numbered images: `CLIP/img_00001.jpg`, `img_00002.jpg` and so on.
public struct FrameFolders: Sendable {
    /// A clip.
    public struct Clip: Sendable, Hashable {
        /// The folder's name.
        public let name: String
        /// The paths of its images, in the order of their numbers.
        public let frames: [String]
    }

    /// Sorted by name, and within a folder by what stands before the numbers (`img_`, `flow_x_`).
    public let clips: [Clip]
    /// Numbers that are left out.
    public let problems: [Problem]

    /// Opens a folder of clips, or a clip.
    ///
    /// - Throws: ``FileError``, when there are no numbered images.
    public init(at path: String) throws(FileError) {
        var clips: [Clip] = []
        var problems: [Problem] = []
        let folders = ImageFolder.folders(in: path).map { "\(path)/\($0)" }
        for folder in [path] + folders {
            for (prefix, frames) in Self.series(in: folder) {
                let name = Path(folder).name
                clips.append(Clip(name: name, frames: frames.map { "\(folder)/\($0.name)" }))
                for (frame, next) in zip(frames, frames.dropFirst()) where next.number != frame.number + 1 {
                    problems.append(
                        Problem(
                            .missingImage, at: .init(file: "\(folder)/\(next.name)"),
                            next.number == frame.number
                                ? "has the number of \(frame.name)"
                                : "follows \(frame.name): \(next.number - frame.number - 1) of \(prefix)… are missing",
                            remedy: "number the images without gaps"))
                }
            }
        }
        guard !clips.isEmpty else {
            throw FileError(
                .unknownFormat, path: path, reason: "no folders of numbered images here", remedy: "check the path")
        }
        self.init(clips, problems)
    }

    private init(_ clips: [Clip], _ problems: [Problem]) { (self.clips, self.problems) = (clips, problems) }

    /// Images that differ in their numbers only, sorted by them; two at least.
    static func series(in folder: String) -> [(prefix: String, frames: [(number: Int, name: String)])] {
        var series: [String: [(number: Int, name: String)]] = [:]
        for name in ImageNames.list(in: folder) {
            let stem = ImageNames.stem(name)
            let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
            guard let number = RecordRules.integer(String(digits)) else { continue }
            series[String(stem.dropLast(digits.count)), default: []].append((number, name))
        }
        return series.filter { $0.value.count > 1 }.map { prefix, frames in
            (prefix, frames.sorted { ($0.number, $0.name) < ($1.number, $1.name) })
        }.sorted { $0.prefix.utf8.lexicographicallyPrecedes($1.prefix.utf8) }
    }
}

extension FrameFolders: ClipDataset {
    public var count: Int { clips.count }

    public func clip(at index: Int) -> FrameSource {
        FrameSource(images: clips[index].frames, name: Path(clips[index].frames[0]).folder)
    }

    public func subset(_ indices: some Sequence<Int>) -> FrameFolders {
        FrameFolders(indices.map { clips[$0] }, problems)
    }
}
