public import SaccadeFiles
import SaccadePrelude

/// The pages of a TIFF file, such as the slices of a microscope's stack, one at a time.
///
/// The file stays on disk, and only the page that is asked for is decoded; several tasks may ask at once. Pages are
/// counted from zero. ImageJ's stacks of one directory, which it writes above 4 GB, have all their slices.
///
/// NumPy's arrays of exactly 3 or 4 slices become *one* page of colours in `tifffile.imwrite`, unless it is told
/// `photometric="minisblack"` or `imagej=True`.
public struct TIFFStack: Sendable {
    /// Pages; at least 1.
    public let count: Int
    /// How large a pixel is in the world, where the file tells.
    public let pixelSize: PhysicalPixelSize?

    private let file: TIFFFile
    private let pages: [TIFFPage]
    /// The slices behind the only page of a stack of ImageJ's; `nil` where every page has a directory.
    private let slices: ImageJSlices?
    private let pixelLimit: Int

    /// Opens a file, and reads what its pages say about themselves.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - pixelLimit: Pages of more pixels are refused when they are asked for, before any memory is taken for them.
    /// - Throws: ``FileError`` where it is no TIFF, or its pages cannot be counted.
    public init(contentsOf path: String, pixelLimit: Int = Image.defaultPixelLimit) throws(FileError) {
        try self.init(TIFFSource(opening: path), pixelLimit)
    }

    /// Opens the bytes of such a file.
    ///
    /// - Parameter name: What errors call the bytes.
    public init(
        decoding bytes: [UInt8], name: String, pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) {
        try self.init(TIFFSource(bytes: bytes, name: name), pixelLimit)
    }

    private init(_ source: TIFFSource, _ pixelLimit: Int) throws(FileError) {
        let start = try source.bytes(at: 0, count: min(source.size, 16)) ?? []
        let format = try ImageFormat.expected(in: start, name: source.name)
        guard format == .tiff else {
            throw FileError(
                .unsupported, path: source.name, reason: "is a \(format.name), which has no stack of pages",
                remedy: "read it as an image, or give a TIFF")
        }
        file = try TIFFFile(source)
        pages = try file.pages()
        let directory = try file.firstDirectory()
        let description = try TIFFDescription(of: directory, in: file)
        slices = pages.count == 1 ? try ImageJSlices(of: pages[0], directory, description, in: file) : nil
        count = slices?.count ?? pages.count
        pixelSize = try PhysicalPixelSize(directory, description, in: file)
        self.pixelLimit = pixelLimit
    }

    /// The size of an upright page.
    public func size(at index: Int) -> PixelSize { page(index).size }

    /// Whether a page has one channel, so that it has values.
    public func isGrey(at index: Int) -> Bool {
        [TIFFPage.Photometric.whiteIsZero, TIFFPage.Photometric.blackIsZero].contains(page(index).photometric)
    }

    /// What the pixels of a page are, in words: `16-bit unsigned grey`.
    public func kind(at index: Int) -> String { page(index).kind }

    /// Whether all pages have the same size and kind of pixels.
    public var hasUniformPages: Bool { firstOdd == nil }

    /// Refuses a file whose pages differ in size or kind.
    ///
    /// - Throws: ``FileError`` with the code `unsupported` that names the first page unlike the first of all.
    public func requireUniformPages() throws(FileError) {
        guard let odd = firstOdd else { return }
        let (first, other) = (pages[0], pages[odd])
        let difference =
            first.size == other.size
            ? "page \(odd + 1) is \(other.kind) where page 1 is \(first.kind)"
            : "page \(odd + 1) has \(other.size) pixels where page 1 has \(first.size)"
        throw FileError(
            .unsupported, path: file.source.name, reason: "its pages are not alike: \(difference)",
            remedy: "split it into files of pages that are")
    }

    /// Decodes a page as an image, upright, as ``Image/init(contentsOf:atLeast:pixelLimit:)`` does the first one.
    ///
    /// Values of more than 8 bits lose some; ``values(at:)`` has them all.
    ///
    /// - Throws: ``FileError`` where the page is damaged, too large or of a kind that is not decoded.
    public func page(at index: Int) throws(FileError) -> Image {
        let page = page(index)
        let problem = problem(index)
        guard let slices else { return try file.image(of: page, pixelLimit: pixelLimit, problem) }
        try page.check(pixelLimit, problem)
        return try slices.samples(index, of: page, in: file, problem).image(slices.colors, page, problem)
            .upright(from: page.orientation)
    }

    /// The values of a grey page as they are stored, rows from top to bottom without gaps, upright.
    ///
    /// Whole numbers up to 2²⁴ and floats are exact, and others the nearest floats; ``exactValues(at:)`` keeps them.
    /// Values that are not numbers stay so, and a page whose least value is white is not inverted.
    ///
    /// - Returns: `height * width` numbers, by ``size(at:)``.
    /// - Throws: ``FileError`` as ``page(at:)``, and for a page that is not grey.
    public func values(at index: Int) throws(FileError) -> [Float] {
        let samples = try greySamples(index)
        return page(index).orientation.upright(samples.floats(), width: samples.width, height: samples.height)
    }

    /// The values of a grey page in double precision, such as the numbers of labelled objects.
    ///
    /// All but whole numbers beyond 2⁵³ are exact. Else as ``values(at:)``, in twice the memory.
    public func exactValues(at index: Int) throws(FileError) -> [Double] {
        let samples = try greySamples(index)
        return page(index).orientation.upright(samples.doubles(), width: samples.width, height: samples.height)
    }

    /// The samples of a grey page, without any transparency.
    private func greySamples(_ index: Int) throws(FileError) -> TIFFSamples {
        let problem = problem(index)
        var page = page(index)
        let colors = try page.colors(problem)
        guard case .grey = colors else {
            throw FileError(
                .unsupported, path: file.source.name,
                reason: "page \(index + 1) is \(page.kind), not grey, so that a pixel has no single value",
                remedy: "read it as an image, or save its channels as pages of their own")
        }
        if let slices {
            try page.check(pixelLimit, problem)
            return try slices.samples(index, of: page, in: file, problem)
        }
        page.isPremultiplied = false
        return try file.samples(of: page, colors, pixelLimit, problem)
    }

    private func page(_ index: Int) -> TIFFPage {
        require((0..<count).contains(index), "TIFFStack: page \(index) of \(count)")
        return slices == nil ? pages[index] : pages[0]
    }

    private func problem(_ index: Int) -> TIFFProblem {
        TIFFProblem(name: file.source.name, page: count > 1 ? index : nil)
    }

    /// The first page that is unlike the first of all.
    private var firstOdd: Int? {
        pages.firstIndex { $0.size != pages[0].size || $0.kind != pages[0].kind }
    }
}
