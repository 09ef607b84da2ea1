import SaccadeImages

/// Small images of one size, one after the other in one file, kept in memory as the file has them.
struct RecordFile: Sendable {
    /// How a record stores the colours of its pixels.
    enum Layout: Sendable {
        /// All of the first channel, then all of the second: `[C, H, W]`.
        case planar
        /// The channels of one pixel together: `[H, W, C]`.
        case interleaved
    }

    /// What to call a record of this file: the file's name, without folder.
    let name: String
    let bytes: [UInt8]
    /// Where the first image begins in `bytes`.
    let start: Int
    /// Bytes from one image to the next.
    let stride: Int
    let width: Int
    let height: Int
    let channels: Int
    let layout: Layout

    /// The image of the record with this number, from 0.
    func image(_ index: Int) -> Image {
        let first = start + index * stride
        let area = width * height
        let size = area * channels
        guard layout == .planar, channels > 1 else {
            return Image(width: width, height: height, channels: channels, pixels: Array(bytes[first..<first + size]))
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { pixels, count in
            bytes.withUnsafeBufferPointer { bytes in
                for channel in 0..<channels {
                    let plane = first + channel * area
                    for position in 0..<area { pixels[position * channels + channel] = bytes[plane + position] }
                }
            }
            count = size
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
}
