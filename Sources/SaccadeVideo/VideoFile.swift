import CSaccadeVideo
public import SaccadeFiles
public import SaccadeImages

/// A film in a file: MP4, MOV, AVI, Matroska, WebM, MPEG, FLV, GIF and more, as FFmpeg's libraries read them.
///
/// They are optional: where this was built without them, ``isSupported`` is false and every opening says what to install.
///
/// What a file says about itself is often wrong, and nothing here relies on it: pictures are counted by decoding them, those
/// that an edit list cuts off do not appear, and each has its own time. Pictures are turned upright as the file asks, by
/// quarters, and mirrored; they keep the pixels that are stored, even where these are not square
/// (``Info/pixelAspect``), and fields of interlaced video stay together. Colours become 8-bit RGB by the formula that the
/// file names (BT.709, BT.601 …), without one by BT.601. Sound is passed over.
public struct VideoFile: Sendable {
    /// What is known of a film once its first picture has been decoded.
    public struct Info: Sendable, Hashable {
        /// Of the first picture, upright. Later ones may have another.
        public let size: PixelSize
        /// A pixel's width over its height, upright; 1 where the file says nothing.
        public let pixelAspect: Double
        /// How the stored pictures lie.
        public let orientation: Orientation
        /// What the pictures are compressed with, as FFmpeg calls it: `h264`.
        public let codec: String
        /// The kind of file, as FFmpeg calls it: `avi`.
        public let container: String
    }

    /// How many pixels a picture may have unless the caller says otherwise: 8192×4320. A decoder keeps a dozen pictures.
    public static let defaultPixelLimit = 8192 * 4320

    /// Whether videos can be read: whether FFmpeg's libraries were there when this was built.
    public static var isSupported: Bool { saccade_video_is_built_in() != 0 }

    /// The file.
    public let path: String
    /// What is known of the film.
    public let info: Info
    private let pixelLimit: Int

    /// Opens a file and decodes its first picture.
    ///
    /// - Parameters:
    ///   - path: The file. Its kind is told by its contents, not by its name.
    ///   - pixelLimit: Pictures of more pixels are refused before any memory is taken for them; at least 1.
    /// - Throws: ``FileError`` where it is no video, its first picture cannot be decoded, or FFmpeg is not there (with the
    ///   code `missingLibrary`).
    public init(contentsOf path: String, pixelLimit: Int = VideoFile.defaultPixelLimit) throws(FileError) {
        let reader = try VideoReader(contentsOf: path, pixelLimit: pixelLimit)
        (self.path, self.pixelLimit) = (path, pixelLimit)
        info = try reader.info()
    }

    /// The pictures from the first on.
    ///
    /// - Throws: As ``init(contentsOf:pixelLimit:)``.
    public func frames() throws(FileError) -> VideoReader { try VideoReader(contentsOf: path, pixelLimit: pixelLimit) }
}

extension FileError.Code {
    /// What the file needs was left out of this program when it was built.
    public static let missingLibrary = FileError.Code(rawValue: "missingLibrary")
}
