public import SaccadeFiles
public import SaccadeImages

/// Something that can be drawn: a schematic, a chart, a sheet of images.
public protocol Figure: Sendable {
    /// Width and height in points (1/72 inch), worked out from the contents.
    var size: (width: Double, height: Double) { get }

    /// Draws on a canvas of that size.
    func draw(on canvas: borrowing Canvas)
}

extension Figure {
    /// The bytes of a file.
    ///
    /// The same figure gives the same bytes on the same machine.
    /// - Parameter scale: Pixels per point of a PNG; above 0.
    public func data(as format: FigureFormat, scale: Double = 2) throws(FileError) -> [UInt8] {
        let (width, height) = size
        let canvas = try Canvas(width: width, height: height, format: format, scale: scale)
        draw(on: canvas)
        return try canvas.finish()
    }

    /// The figure as pixels.
    ///
    /// - Parameter scale: Pixels per point; above 0.
    public func image(scale: Double = 2) throws(FileError) -> Image {
        let (width, height) = size
        let canvas = try Canvas(width: width, height: height, format: .png, scale: scale)
        draw(on: canvas)
        return try canvas.image()
    }

    /// Writes a PNG, SVG or PDF file, whichever its name ends in, whole or not at all.
    ///
    /// - Parameter scale: Pixels per point of a PNG; above 0.
    public func write(to path: String, scale: Double = 2) throws(FileError) {
        let format = try FigureFormat(path: path)
        try AtomicFile.write(data(as: format, scale: scale), to: path)
    }
}
