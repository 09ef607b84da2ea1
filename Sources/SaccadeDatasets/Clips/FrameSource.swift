public import SaccadeFiles
import SaccadePrelude
import SaccadeVideo

/// A film, whatever it is kept in: a video file, or numbered images.
///
/// A value that names files; they are opened when pictures are asked for.
public struct FrameSource: Sendable, Hashable {
    /// Where the pictures are.
    public enum Origin: Sendable, Hashable {
        /// A file for ``VideoFile``.
        case video(path: String)
        /// Image files in the order of showing, which come so many for each second.
        case images([String], rate: Double)
    }

    /// How many images a second has where nobody says otherwise.
    public static let defaultRate = 25.0

    /// The path of the video or of the folder.
    public let name: String
    /// Where the pictures are.
    public let origin: Origin

    /// A video file, or a folder of numbered images: `img_00001.jpg`, `img_00002.jpg` and so on.
    ///
    /// Of several series in a folder, those of optical flow (`x_`, `y_`, `flow_x_`, `flow_y_`) are passed over.
    ///
    /// - Parameters:
    ///   - path: The file or folder.
    ///   - rate: Images of a second, in ``FrameSampling/rates``. Videos have times of their own.
    /// - Throws: ``FileError`` when there is no such thing, or the folder does not hold one series of images.
    public init(at path: String, rate: Double = FrameSource.defaultRate) throws(FileError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard Path(path).exists else {
            throw FileError(
                .missing, path: path, reason: "there is no such file or folder", remedy: "check the path")
        }
        guard ImageFolder.isFolder(path) else {
            self.init(video: path)
            return
        }
        guard let series = try Self.series(in: path) else {
            throw FileError(
                .unknownFormat, path: path, reason: "this folder has no numbered images",
                remedy: "give a video, or a folder of images that differ in a number: img_00001.jpg, img_00002.jpg")
        }
        self.init(images: series.map { "\(path)/\($0.name)" }, name: path, rate: rate)
    }

    /// A video file.
    public init(video path: String) { (name, origin) = (path, .video(path: path)) }

    /// Image files.
    ///
    /// - Parameters:
    ///   - paths: In the order of showing; at least one.
    ///   - name: What messages call the film.
    ///   - rate: Images of a second, in ``FrameSampling/rates``.
    public init(images paths: [String], name: String, rate: Double = FrameSource.defaultRate) {
        require(
            !paths.isEmpty && FrameSampling.rates.contains(rate), "FrameSource: \(paths.count) images, \(rate) a second"
        )
        (self.name, origin) = (name, .images(paths, rate: rate))
    }

    /// The pictures, from the first on.
    ///
    /// - Parameter sampling: Which are wanted. To space a number of them evenly, a video is decoded twice, for nothing
    ///   but that tells how long it is.
    /// - Throws: ``FileError`` where the film cannot be opened.
    public func frames(_ sampling: FrameSampling = .all) throws(FileError) -> FrameReader {
        try FrameReader(self, sampling)
    }

    /// How many pictures there are and how long they are shown together, by counting them.
    ///
    /// - Throws: ``FileError`` where the film cannot be read.
    public func length() throws(FileError) -> (count: Int, duration: Duration) {
        let cursor = try cursor()
        var (count, end) = (0, Duration.zero)
        while let (time, duration) = try cursor.advance() {
            count += 1
            end = time + duration
        }
        return (count, end)
    }

    func cursor() throws(FileError) -> any FrameCursor {
        switch origin {
        case .video(let path): try VideoReader(contentsOf: path)
        case .images(let paths, let rate): ImageFiles(paths, rate: rate)
        }
    }

    /// Prefixes of images that are no pictures but what moved in them.
    private static let flow: Set<String> = ["x_", "y_", "flow_x_", "flow_y_"]

    /// The numbered images of a folder that are pictures; nil where there are none.
    ///
    /// - Throws: ``FileError`` where there are several series.
    static func series(in folder: String) throws(FileError) -> [(number: Int, name: String)]? {
        let all = FrameFolders.series(in: folder)
        let pictures = all.filter { !flow.contains($0.prefix) }
        guard let first = pictures.first ?? all.first else { return nil }
        guard pictures.count < 2, pictures.count == 1 || all.count == 1 else {
            let names = (pictures.isEmpty ? all : pictures).map { "\($0.prefix)…" }.joined(separator: ", ")
            throw FileError(
                .unsupported, path: folder, reason: "has several series of images (\(names))",
                remedy: "keep each series in a folder of its own")
        }
        return first.frames
    }
}

/// Names of video files.
enum VideoNames {
    static let suffixes: Set<String> = [
        "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "ts", "mts", "m2ts", "flv", "wmv", "3gp", "ogv",
    ]

    /// Whether a name is a video's, by its suffix.
    static func isVideo(_ name: String) -> Bool {
        !name.hasPrefix(".") && suffixes.contains(Path(name).suffix.lowercased())
    }

    /// The names of the videos right in a folder, sorted; none where it cannot be read.
    static func list(in folder: String) -> [String] {
        ((try? FolderContents.names(in: folder)) ?? []).filter(isVideo)
    }
}
