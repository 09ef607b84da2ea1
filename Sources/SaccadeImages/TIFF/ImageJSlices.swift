import SaccadeFiles

/// The slices of a stack that has one directory: all lie behind one another, beginning with the one that it tells of.
///
/// ImageJ writes so what is larger than 4 GB, for a directory of classic TIFF cannot tell of a place beyond.
struct ImageJSlices: Sendable {
    let count: Int
    let colors: TIFFColors
    private let start: Int
    private let bytesPerSlice: Int

    /// - Returns: `nil` where the file is no such stack.
    /// - Throws: ``FileError`` with the code `truncated` where the file ends before the last slice does.
    init?(
        of page: TIFFPage, _ directory: TIFFDirectory, _ description: TIFFDescription, in file: TIFFFile
    ) throws(FileError) {
        let problem = TIFFProblem(name: file.source.name)
        guard let images = description.imageJ["images"].flatMap({ Int($0) }), images > 1, page.compression == 1,
            !page.isPlanar, directory.entries[322] == nil, let bits = page.bits, [8, 16, 32].contains(bits),
            let colors = try? page.colors(problem), colors != .converted, page.samples == colors.channels,
            let place = try Self.start(of: page, directory, in: file, problem)
        else { return nil }
        // So few pixels that their bytes can be counted.
        guard page.storedWidth * page.storedHeight <= file.source.size else { throw problem.cutShort }
        let (end, overflow) = page.byteCount(colors).multipliedReportingOverflow(by: images)
        guard !overflow, place <= file.source.size, end <= file.source.size - place else {
            throw FileError(
                .truncated, path: file.source.name,
                reason: "is a TIFF cut short (ImageJ wrote \(images) slices, and not all are there)",
                remedy: "copy or download it again")
        }
        count = images
        self.colors = colors
        start = place
        bytesPerSlice = page.byteCount(colors)
    }

    /// Where the first slice begins; `nil` where its strips do not lie behind one another, and so tell nothing of others.
    private static func start(
        of page: TIFFPage, _ directory: TIFFDirectory, in file: TIFFFile, _ problem: TIFFProblem
    ) throws(FileError) -> Int? {
        let limit = 1 << 16
        guard page.pieces.count <= limit,
            let places = try directory.integers(page.pieces.places, limit: limit, in: file, problem),
            let lengths = try directory.integers(page.pieces.lengths, limit: limit, in: file, problem),
            places.count == lengths.count
        else { return nil }
        for strip in places.indices.dropFirst() where places[strip] &- places[strip - 1] != lengths[strip - 1] {
            return nil
        }
        return places.first
    }

    /// The samples of a slice.
    func samples(
        _ index: Int, of page: TIFFPage, in file: TIFFFile, _ problem: TIFFProblem
    ) throws(FileError) -> TIFFSamples {
        let stored = try file.source.bytes(at: start + index * bytesPerSlice, count: bytesPerSlice)
        guard var bytes = stored else { throw problem.cutShort }
        let isSwapped = file.isBigEndian != (UInt16(1).bigEndian == 1)
        bytes.withUnsafeMutableBytes { raw in
            switch isSwapped ? page.bits ?? 8 : 8 {
            case 16: raw.withMemoryRebound(to: UInt16.self) { for i in $0.indices { $0[i] = $0[i].byteSwapped } }
            case 32: raw.withMemoryRebound(to: UInt32.self) { for i in $0.indices { $0[i] = $0[i].byteSwapped } }
            default: break
            }
        }
        return page.samples(bytes, colors)
    }
}
