/// What the markers of a JPEG file say before any pixel is decoded (ITU-T T.81, annex B).
struct JPEGStructure {
    /// Frame header: size as stored, samples of so many bits, colour components.
    struct Frame {
        var marker: UInt8
        var precision: Int
        var width: Int
        var height: Int
        var components: Int
    }

    private(set) var frame: Frame?
    private(set) var orientation = Orientation.upright
    /// Whether the end-of-image marker was met; false for the beginning of a file and for one cut short.
    private(set) var isWhole = false

    /// Walks the markers, which costs one pass over the bytes.
    ///
    /// - Parameter bytes: A file, beginning with the start-of-image marker, or its first part.
    /// - Parameter untilFrame: Stops at the frame header.
    init(_ bytes: [UInt8], untilFrame: Bool = false) {
        bytes.withUnsafeBufferPointer { walk($0, untilFrame: untilFrame) }
    }

    private mutating func walk(_ bytes: UnsafeBufferPointer<UInt8>, untilFrame: Bool) {
        var at = 2
        // Between segments and inside coded data alike, the next marker is the next 0xFF that is not followed by 0x00
        // (a stuffed byte), by 0xFF (fill) or by a restart marker.
        while at + 1 < bytes.count {
            if bytes[at] != 0xFF {
                at += 1
                continue
            }
            let marker = bytes[at + 1]
            switch marker {
            case 0xFF:
                at += 1
            case 0x00, 0x01, 0xD0...0xD8:
                at += 2
            case 0xD9:
                isWhole = true
                return
            default:
                guard at + 3 < bytes.count else { return }
                let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
                guard length >= 2, at + 2 + length <= bytes.count else { return }
                read(marker, UnsafeBufferPointer(rebasing: bytes[(at + 4)..<(at + 2 + length)]))
                if untilFrame, frame != nil { return }
                at += 2 + length
            }
        }
    }

    private mutating func read(_ marker: UInt8, _ body: UnsafeBufferPointer<UInt8>) {
        switch marker {
        case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
            guard frame == nil, body.count >= 6 else { return }
            frame = Frame(
                marker: marker, precision: Int(body[0]), width: Int(body[3]) << 8 | Int(body[4]),
                height: Int(body[1]) << 8 | Int(body[2]), components: Int(body[5]))
        case 0xE1:
            let name: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]  // "Exif"
            guard frame == nil, body.count > name.count, body.starts(with: name) else { return }
            if let found = Orientation(tiff: Array(body.dropFirst(name.count))[...]) { orientation = found }
        default:
            return
        }
    }
}

extension JPEGStructure.Frame {
    /// Baseline, extended or progressive, Huffman or arithmetic coding: what libjpeg-turbo decodes.
    var isDecodable: Bool { [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) && precision == 8 }
}
