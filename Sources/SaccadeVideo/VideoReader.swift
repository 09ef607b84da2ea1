import CSaccadeVideo
public import SaccadeFiles
public import SaccadeImages
import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Goes through the pictures of a video file, one after the other.
///
/// ``advance()`` decodes, and ``image()`` converts the picture that was reached: who needs few pictures out of many saves
/// half of the time. One task at a time may use a reader.
public final class VideoReader {
    /// What keeps the file from being whole, as far as it has been read: it ends early, or parts of it cannot be decoded.
    /// The pictures so far are good, and more may follow.
    public var problem: FileError? {
        var message = Message()
        let count = message.fill { saccade_video_damage(video, $0) }
        guard count > 0 else { return nil }
        let others = count > 1 ? ", and \(count - 1) more" : ""
        return FileError(
            .malformed, path: path, reason: "is a damaged video (\(message.text)\(others))",
            remedy: "copy or download it again")
    }

    private let path: String
    private let pixelLimit: Int
    private let file: FileDescriptor
    /// Freed once, by `deinit`, before the file is closed.
    private let video: OpaquePointer
    private let orientation: Orientation
    private let header: saccade_video_info
    private var frame: saccade_video_frame?
    private var number = -1

    /// Opens a file and decodes its first picture, as ``VideoFile/init(contentsOf:pixelLimit:)`` does; ``advance()`` goes to
    /// it.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - pixelLimit: Pictures of more pixels are refused; at least 1.
    /// - Throws: ``FileError``, as there.
    public init(contentsOf path: String, pixelLimit: Int = VideoFile.defaultPixelLimit) throws(FileError) {
        require(pixelLimit > 0, "VideoReader: a limit of \(pixelLimit) pixels")
        file = try FileDescriptor(opening: path, O_RDONLY)
        let (descriptor, size) = (file.number, try file.regularFileSize())
        guard size > 0 else {
            throw FileError(.empty, path: path, reason: "the file is empty", remedy: "copy or download it again")
        }
        var video: OpaquePointer?
        var info = saccade_video_info()
        var message = Message()
        let status = message.fill {
            saccade_video_open(descriptor, Int64(size), Int64(pixelLimit), &video, &info, $0)
        }
        guard status == SACCADE_VIDEO_OK, let video else {
            throw FileError(video: status, message.text, path: path, pixelLimit: pixelLimit)
        }
        self.path = path
        self.video = video
        header = info
        self.pixelLimit = pixelLimit
        orientation = Orientation(a: info.matrix.0, b: info.matrix.1, c: info.matrix.2, d: info.matrix.3)
    }

    deinit { saccade_video_close(video) }

    /// Goes to the next picture.
    ///
    /// - Returns: When it is shown, since the first one, and for how long; nothing at the end.
    /// - Throws: ``FileError`` where the file cannot be read any further. Parts that cannot be decoded are passed over;
    ///   ``problem`` tells of them.
    public func advance() throws(FileError) -> (time: Duration, duration: Duration)? {
        var next = saccade_video_frame()
        var message = Message()
        let status = message.fill { saccade_video_next(video, &next, $0) }
        guard status == SACCADE_VIDEO_OK else {
            frame = nil
            if status == SACCADE_VIDEO_END { return nil }
            throw FileError(video: status, message.text, path: path, pixelLimit: pixelLimit)
        }
        frame = next
        number += 1
        return (.nanoseconds(next.time), .nanoseconds(next.duration))
    }

    /// The picture that was reached, upright.
    ///
    /// - Precondition: ``advance()`` has reached one.
    /// - Throws: ``FileError`` for pixels of a kind that cannot become RGB.
    public func image() throws(FileError) -> Image {
        guard let frame else { preconditionFailure("VideoReader.image: no picture was reached") }
        let (width, height) = (Int(frame.width), Int(frame.height))
        var message = Message()
        var status = SACCADE_VIDEO_OK
        // Both sides are positive, and their product keeps the limit of pixels.
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            status = message.fill { saccade_video_pixels(video, target.baseAddress, $0) }
            count = status == SACCADE_VIDEO_OK ? width * height * 3 : 0
        }
        guard status == SACCADE_VIDEO_OK else {
            throw FileError(video: status, message.text, path: path, pixelLimit: pixelLimit)
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels).upright(from: orientation)
    }

    /// Goes to the next picture and converts it.
    ///
    /// - Returns: Nothing at the end.
    /// - Throws: As ``advance()`` and ``image()``.
    public func next() throws(FileError) -> VideoFrame? {
        guard let (time, duration) = try advance() else { return nil }
        return VideoFrame(image: try image(), time: time, duration: duration, number: number)
    }

    /// What is known of the film, which goes to its first picture.
    func info() throws(FileError) -> VideoFile.Info {
        _ = try advance()
        let stored = frame.map { PixelSize(width: Int($0.width), height: Int($0.height)) }
        let size = stored ?? PixelSize(width: 1, height: 1)  // opening has decoded a picture
        let (width, height) = (Double(header.pixel_width), Double(header.pixel_height))
        let aspect = width > 0 && height > 0 ? width / height : 1
        return VideoFile.Info(
            size: orientation.swapsSides ? PixelSize(width: size.height, height: size.width) : size,
            pixelAspect: orientation.swapsSides ? 1 / aspect : aspect, orientation: orientation,
            codec: withUnsafeBytes(of: header.codec) { String(bytesBeforeZero: $0) },
            container: withUnsafeBytes(of: header.container) { String(bytesBeforeZero: $0) })
    }
}

/// Room for a sentence from C.
struct Message {
    private var bytes = [CChar](repeating: 0, count: Int(SACCADE_VIDEO_MESSAGE_SIZE))

    mutating func fill<Result>(_ body: (UnsafeMutablePointer<CChar>?) -> Result) -> Result {
        bytes.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }

    var text: String { bytes.withUnsafeBytes { String(bytesBeforeZero: $0) } }
}

extension String {
    init(bytesBeforeZero bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
