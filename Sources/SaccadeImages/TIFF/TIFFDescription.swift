import SaccadeFiles

/// What microscopy's programs write into a TIFF's description: ImageJ's lines, or OME's XML.
struct TIFFDescription {
    /// ImageJ's lines KEY=VALUE; empty where another program wrote the file.
    private(set) var imageJ: [String: String] = [:]
    /// The attributes of OME's first `Pixels`; empty where another program wrote the file.
    private(set) var pixels: [String: String] = [:]

    /// Longer ones say at their beginning what is wanted here.
    private static let byteLimit = 1 << 20

    init(of directory: TIFFDirectory, in file: TIFFFile) throws(FileError) {
        let bytes = (try directory.text(270, limit: Self.byteLimit, in: file) ?? []).prefix { $0 != 0 }
        if bytes.starts(with: "ImageJ=".utf8) {
            for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
                let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
                if parts.count == 2 { imageJ[Self.text(parts[0])] = Self.text(parts[1]) }
            }
        } else if let start = bytes.firstRange(of: "<Pixels".utf8)?.upperBound {
            pixels = Self.attributes(bytes[start...].prefix { $0 != UInt8(ascii: ">") })
        }
    }

    /// UTF-8, or what was written before it was usual: Latin-1, in which ImageJ has its µ.
    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// `name="value"`, with spaces between.
    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var found: [String: String] = [:]
        var rest = bytes
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let name = rest[..<equals].reversed().drop { $0 <= 32 }.prefix { $0 > 32 }.reversed()
            let value = rest[rest.index(after: equals)...].drop { $0 <= 32 }
            guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = value.dropFirst().firstIndex(of: quote)
            else { break }
            found[text(name)] = text(value[value.index(after: value.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        return found
    }
}
