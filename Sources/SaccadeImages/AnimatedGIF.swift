import CSaccadeImageCodecs
public import SaccadeFiles
import SaccadePrelude

/// Images of one size as a film that begins again for ever.
///
/// All images share one palette. Where they have no more than 256 colours together, as grey ones never have more, every
/// pixel is exactly what it was; else the colours are those of a median cut, without dithering, which would flicker.
public struct AnimatedGIF: Sendable {
    /// An image and how long it is shown.
    public struct Frame: Sendable {
        public var image: Image
        /// At least 0. GIFs count hundredths of a second; what rounding takes from one frame the next one gets. Less than
        /// two hundredths become two, for viewers would make ten of one.
        public var delay: Duration

        /// An image and how long it is shown.
        public init(_ image: Image, delay: Duration) { (self.image, self.delay) = (image, delay) }
    }

    public let frames: [Frame]

    /// - Parameter frames: In the order of showing; at least one, all of one size.
    public init(_ frames: [Frame]) {
        require(!frames.isEmpty, "AnimatedGIF: no images")
        require(
            frames.allSatisfy { $0.image.size == frames[0].image.size && $0.delay >= .zero },
            "AnimatedGIF: images of several sizes, or times below zero")
        self.frames = frames
    }

    /// Images that are shown equally long.
    public init(_ images: [Image], delay: Duration) { self.init(images.map { Frame($0, delay: delay) }) }

    /// The bytes of the file.
    ///
    /// - Throws: ``FileError`` with the code `unencodable` when a side exceeds the 65 535 pixels that GIF allows, or there
    ///   is not enough memory.
    public func data() throws(FileError) -> [UInt8] {
        let size = frames[0].image.size
        func problem(_ reason: String) -> FileError {
            FileError(
                .unencodable, path: "GIF of \(frames.count) images of \(size) pixels",
                reason: "cannot be encoded (\(reason))", remedy: "shrink it, or take fewer images")
        }
        guard size.width <= 65_535, size.height <= 65_535 else { throw problem("no side may exceed 65535 pixels") }
        guard let count = Int32(exactly: frames.count) else { throw problem("there are too many") }
        var colors = SharedColors(of: frames.map(\.image))
        var bytes: UnsafeMutablePointer<UInt8>?
        var byteCount = 0
        var message = [CChar](repeating: 0, count: Int(SACCADE_CODEC_MESSAGE_SIZE))
        let status = saccade_gif_encode(
            &colors.numbers, count, Int32(size.width), Int32(size.height), colors.palette,
            Int32(colors.palette.count / 3), delays, &bytes, &byteCount, &message)
        defer { saccade_codec_free(bytes) }
        guard status == SACCADE_CODEC_OK, let bytes else { throw problem(String(message: message)) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: byteCount))
    }

    /// Writes the file, whole or not at all.
    public func write(to path: String) throws(FileError) { try AtomicFile.write(data(), to: path) }

    /// Hundredths of a second, so that each frame ends as near as can be to where it should.
    private var delays: [Int32] {
        var (end, shown) = (Duration.zero, 0)
        return frames.map { frame in
            // Longer than a file can say is as long as it can.
            end += min(frame.delay, .seconds(655))
            let wanted = Int((end / .milliseconds(10)).rounded()) - shown
            let delay = min(max(wanted, 2), 65_535)
            shown += delay
            return Int32(delay)
        }
    }
}
