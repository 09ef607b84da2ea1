public import SaccadeFiles
import SaccadePrelude
import SaccadeVideo

/// Films with a class each, a class for each of their pictures, or both.
///
/// A value that holds names and labels; films are read when they are asked for.
public struct LabelledClips: ClipDataset {
    /// The formats that are recognised.
    public enum Format: String, Sendable, Codable {
        /// Folders of images, each with a `labels.csv` that has a line for each: `saccade scenes --format sequences`.
        case films
        /// Lists with a film and its class on each line, as MMAction2 has them.
        case list
        /// A folder for each class, with videos or folders of numbered images.
        case folders
    }

    /// A film and what is known about it.
    public struct Clip: Sendable {
        public let source: FrameSource
        /// Index of the film's class in ``LabelledClips/classNames``; nil where films have none.
        public let label: Int?
        /// For each picture, an index into ``LabelledClips/frameClassNames``; nil where pictures have none.
        public let frameLabels: [Int]?
        /// The part of the data set; nil where it makes none.
        public let split: DatasetSplit?
        /// Where the labels stand.
        public let place: Problem.Place
    }

    /// The folder or file that was opened.
    public let root: String
    public let format: Format
    /// What the classes of films are called; empty where films have none.
    public let classNames: [String]
    /// What the classes of single pictures are called; empty where they have none.
    public let frameClassNames: [String]
    public let clips: [Clip]
    /// Films and lines that make no sense or lack something. All but films of which some images are missing are left out.
    public let problems: [Problem]

    /// Opens a data set of films.
    ///
    /// Recognised, in this order: folders of images with a `labels.csv` (columns `frame` and `action`, perhaps `class`),
    /// which lie below `train`, `val` and `test` or side by side, with their classes' order in `actions.txt` and
    /// `classes.txt`; lists of `FOLDER FRAMES CLASS` or `VIDEO CLASS` (a file, or those whose names have `list` in them in a
    /// folder), with the classes' names in `classes.txt` or `label_map.txt`; folders for classes, also below `train`, `val`
    /// and `test`, with videos or with folders of numbered images.
    ///
    /// - Throws: ``FileError``: nothing there, nothing of the kind, no film that can be used, or videos where this program
    ///   was built without FFmpeg.
    public init(at path: String) throws(FileError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such file or folder", remedy: "check the path")
        }
        guard let (format, contents) = try Self.contents(path) else {
            throw FileError(
                .unknownFormat, path: path,
                reason: "no labelled films here: looked for folders of images with labels.csv (frame,action), lists "
                    + "(FOLDER FRAMES CLASS or VIDEO CLASS on each line), and folders for classes with videos or folders of "
                    + "numbered images",
                remedy: "check the path")
        }
        guard !contents.clips.isEmpty else {
            let first = contents.problems.first
            throw FileError(
                .malformed, path: path,
                reason: "has no film that can be used" + (first.map { ", the first problem: \($0.message)" } ?? ""),
                remedy: first?.remedy ?? "add some")
        }
        if !VideoFile.isSupported {
            // Once for all of them, not as a problem of each.
            for case .video(let video) in contents.clips.lazy.map(\.source.origin) {
                _ = try VideoReader(contentsOf: video)
            }
        }
        self.init(path, format, contents)
    }

    private init(_ root: String, _ format: Format, _ contents: Contents) {
        (self.root, self.format) = (root, format)
        (classNames, frameClassNames) = (contents.classNames, contents.frameClassNames)
        (clips, problems) = (contents.clips, contents.problems)
    }

    /// What a reader found.
    struct Contents {
        var classNames: [String] = []
        var frameClassNames: [String] = []
        var clips: [Clip] = []
        var problems: [Problem] = []
    }

    private static func contents(_ path: String) throws(FileError) -> (Format, Contents)? {
        switch format(of: path) {
        case .films: (.films, try ClipFilms.open(path))
        case .list: (.list, try ClipList.open(ClipList.files(at: path)))
        case .folders: (.folders, try ClipFolders.open(path))
        case nil: nil
        }
    }

    /// Recognises what is at a path, by names and first lines alone.
    static func format(of path: String) -> Format? {
        if ClipFilms.isThere(path) { return .films }
        if !ClipList.files(at: path).isEmpty { return .list }
        return ClipFolders.roots(path).isEmpty ? nil : .folders
    }

    /// The parts that the data set itself makes, in the order of ``DatasetSplit``.
    public var splits: [DatasetSplit] {
        let found = Set(clips.compactMap(\.split))
        return DatasetSplit.allCases.filter(found.contains)
    }

    /// The films of a part.
    public func clips(of split: DatasetSplit) -> LabelledClips {
        subset(clips.indices.filter { split == .all || clips[$0].split == split })
    }

    // MARK: Dataset

    public var count: Int { clips.count }

    public func clip(at index: Int) -> FrameSource { clips[index].source }

    public func subset(_ indices: some Sequence<Int>) -> LabelledClips {
        LabelledClips(
            root, format,
            Contents(
                classNames: classNames, frameClassNames: frameClassNames, clips: indices.map { clips[$0] },
                problems: problems))
    }

    /// The film's class: a split keeps the classes in proportion.
    public func group(at index: Int) -> Int { clips[index].label ?? 0 }

    public func nameOfSamples(in group: Int) -> String {
        classNames.indices.contains(group) ? "films of \(classNames[group])" : "films"
    }
}
