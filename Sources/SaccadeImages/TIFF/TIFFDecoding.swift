import CSaccadeImageCodecs
import SaccadeFiles

extension Image {
    /// The first page, upright.
    init(firstPageIn source: TIFFSource, pixelLimit: Int) throws(FileError) {
        let file = try TIFFFile(source)
        self = try file.image(of: file.firstPage(), pixelLimit: pixelLimit, TIFFProblem(name: source.name))
    }

    /// The numbers in the first page, such as those of classes: a palette's, and deep ones where they fit a byte.
    init(numbersIn source: TIFFSource) throws(FileError) {
        let file = try TIFFFile(source)
        let problem = TIFFProblem(name: source.name)
        var page = try file.firstPage()
        let colors = try page.colors(problem)
        let isDeep = page.channels == 1 && (page.bits ?? 8 > 8 || page.format != .unsigned)
        guard colors == .palette || isDeep else {
            self = try file.image(of: page, pixelLimit: Image.defaultPixelLimit, problem)
            return
        }
        page.isPremultiplied = false
        let samples = try file.samples(of: page, colors, Image.defaultPixelLimit, problem)
        guard let numbers = samples.bytesIfWhole() else {
            throw FileError(
                .unsupported, path: source.name, reason: "has pixels that are not whole numbers of 0...255",
                remedy: "number what it shows from 0 on")
        }
        self = Image(width: samples.width, height: samples.height, channels: 1, pixels: numbers)
            .upright(from: page.orientation)
    }
}

extension TIFFFile {
    /// The image of a page, upright.
    func image(of page: TIFFPage, pixelLimit: Int, _ problem: TIFFProblem) throws(FileError) -> Image {
        let colors = try page.colors(problem)
        return try samples(of: page, colors, pixelLimit, problem).image(colors, page, problem)
            .upright(from: page.orientation)
    }

    /// The samples of a page, as stored.
    func samples(
        of page: TIFFPage, _ colors: TIFFColors, _ pixelLimit: Int, _ problem: TIFFProblem
    ) throws(FileError) -> TIFFSamples {
        try page.check(pixelLimit, problem)
        try page.checkPieces(of: directory(at: page.directory, problem), in: self, problem)
        var wanted = saccade_tiff_page()
        wanted.directory = UInt64(page.directory)
        wanted.width = Int32(page.storedWidth)
        wanted.height = Int32(page.storedHeight)
        wanted.bits = Int32(page.bits ?? 0)
        wanted.samples = Int32(page.samples)
        wanted.channels = Int32(page.decodedChannels(colors))
        wanted.is_planar = page.isPlanar ? 1 : 0
        wanted.is_converted = colors == .converted ? 1 : 0

        let count = page.byteCount(colors)
        var text = [CChar](repeating: 0, count: Int(SACCADE_CODEC_MESSAGE_SIZE))
        var status = SACCADE_CODEC_OK
        // Filled, for a decoder that gives up half-way must not hand out what the memory held before.
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBufferPointer { target in
            status = source.withInput { saccade_tiff_decode(&$0, &wanted, target.baseAddress, count, &text) }
        }
        switch status {
        case SACCADE_CODEC_OK: return page.samples(bytes, colors)
        case SACCADE_CODEC_TRUNCATED: throw problem.cutShort
        default: throw problem.malformed(String(message: text))
        }
    }
}

extension TIFFPage {
    /// Refuses a page of too many pixels.
    func check(_ pixelLimit: Int, _ problem: TIFFProblem) throws(FileError) {
        try ImageHeader(tiff: self).check(pixelLimit, name: problem.name)
    }

    /// Samples of a pixel that are decoded: its colours, and the transparency only where they depend on it.
    func decodedChannels(_ colors: TIFFColors) -> Int {
        let isDivided = isPremultiplied && format == .unsigned && (bits ?? 64) <= 16 && samples > colors.channels
        switch colors {
        case .grey, .rgb: return colors.channels + (isDivided ? 1 : 0)
        default: return colors.channels
        }
    }

    /// Bytes of the samples that are decoded.
    func byteCount(_ colors: TIFFColors) -> Int {
        storedWidth * storedHeight * decodedChannels(colors) * TIFFSamples.size(bits: bits ?? 8)
    }

    /// Decoded bytes, with what they mean.
    func samples(_ bytes: [UInt8], _ colors: TIFFColors) -> TIFFSamples {
        TIFFSamples(
            width: storedWidth, height: storedHeight, channels: decodedChannels(colors), bits: bits ?? 8,
            format: format ?? .unsigned, bytes: bytes)
    }
}
