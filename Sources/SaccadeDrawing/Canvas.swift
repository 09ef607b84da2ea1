import CSaccadeCairo
public import SaccadeFiles
public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// A page to draw on, in points from its upper left corner, that becomes the bytes of a PNG, SVG or PDF file.
///
/// Begins white. Owns its Cairo surface; it is for one task at a time.
public struct Canvas: ~Copyable {
    /// Width in points.
    public let width: Double
    /// Height in points.
    public let height: Double
    /// Measures text as this canvas draws it.
    public let ruler = TextRuler()

    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let record = Record()
    private let format: FigureFormat

    /// What Cairo's callback writes to, and what tests look at.
    private final class Record {
        var bytes: [UInt8] = []
        var labels: [Label] = []
        /// Where the origin of coordinates lies.
        var origin = Point(0, 0)
    }

    /// A text that was drawn and the room it takes.
    package struct Label: Sendable {
        package var text: String
        package var box: Rectangle
    }

    /// - Parameters:
    ///   - width: Points; above 0.
    ///   - height: Points; above 0.
    ///   - format: What ``finish()`` gives.
    ///   - scale: Pixels per point of a PNG; above 0.
    /// - Throws: ``FileError`` with the code `tooLarge` when a PNG would have a side above 32 767 pixels, which is
    ///   Cairo's limit, or more than 200 megapixels.
    public init(width: Double, height: Double, format: FigureFormat, scale: Double = 2) throws(FileError) {
        require(width > 0 && height > 0 && scale > 0, "Canvas: \(width)×\(height) at scale \(scale)")
        self.width = width
        self.height = height
        self.format = format
        let write: cairo_write_func_t = { closure, bytes, count in
            guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
            let record = Unmanaged<Record>.fromOpaque(closure).takeUnretainedValue()
            record.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
            return CAIRO_STATUS_SUCCESS
        }
        // The record outlives the surface: both are fields of this value, and `deinit` destroys the surface first.
        let closure = Unmanaged.passUnretained(record).toOpaque()
        switch format {
        case .png:
            let (columns, rows) = ((width * scale).rounded(.up), (height * scale).rounded(.up))
            guard columns <= 32_767, rows <= 32_767, columns * rows <= 200_000_000 else {
                throw FileError(
                    .tooLarge, path: "a figure of \(Int(columns))×\(Int(rows)) pixels",
                    reason: "is more than can be drawn", remedy: "draw fewer things, or choose .svg or .pdf")
            }
            surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(rows))
            cairo_surface_set_device_scale(surface, scale, scale)
        case .svg:
            surface = cairo_svg_surface_create_for_stream(write, closure, width, height)
            cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PT)
        case .pdf:
            surface = cairo_pdf_surface_create_for_stream(write, closure, width, height)
            // The same figure gives the same bytes, so the file cannot say when it was drawn.
            cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
        }
        context = cairo_create(surface)
        cairo_set_source_rgb(context, 1, 1, 1)
        cairo_paint(context)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
        withExtendedLifetime(record) {}
    }

    /// The bytes of the file.
    ///
    /// - Throws: ``FileError`` with the code `undrawable` when the drawing library ran into trouble on the way.
    public consuming func finish() throws(FileError) -> [UInt8] {
        if format == .png { return try image().pngData() }
        try check(cairo_status(context))
        cairo_surface_finish(surface)
        try check(cairo_surface_status(surface))
        return format == .svg ? SVGIdentifiers.renumbered(record.bytes) : record.bytes
    }

    /// What has been drawn so far, as pixels.
    ///
    /// - Precondition: The canvas's format is PNG.
    public borrowing func image() throws(FileError) -> Image {
        require(format == .png, "Canvas.image: a \(format.rawValue) canvas has no pixels")
        try check(cairo_status(context))
        cairo_surface_flush(surface)
        let (columns, rows) = (
            Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
        )
        let stride = Int(cairo_image_surface_get_stride(surface))
        guard let data = cairo_image_surface_get_data(surface) else {
            throw FileError(
                .undrawable, path: "a figure of \(columns)×\(rows) pixels", reason: "has no memory",
                remedy: "draw it smaller")
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: columns * rows * 3) { target, count in
            for y in 0..<rows {
                // Pixels are 32-bit words 0x00RRGGBB in the machine's byte order.
                (data + y * stride).withMemoryRebound(to: UInt32.self, capacity: columns) { words in
                    for x in 0..<columns {
                        let at = (y * columns + x) * 3
                        target[at] = UInt8(truncatingIfNeeded: words[x] >> 16)
                        target[at + 1] = UInt8(truncatingIfNeeded: words[x] >> 8)
                        target[at + 2] = UInt8(truncatingIfNeeded: words[x])
                    }
                }
            }
            count = columns * rows * 3
        }
        return Image(width: columns, height: rows, channels: 3, pixels: pixels)
    }

    /// Every text drawn so far and where it stands.
    package var labels: [Label] { record.labels }

    private borrowing func check(_ status: cairo_status_t) throws(FileError) {
        guard status == CAIRO_STATUS_SUCCESS else {
            throw FileError(
                .undrawable, path: "a figure of \(Int(width))×\(Int(height)) points",
                reason: "cannot be drawn (\(String(cString: cairo_status_to_string(status))))",
                remedy: "draw it smaller or in another format")
        }
    }
}

// MARK: Shapes

extension Canvas {
    private func set(_ color: Color) { cairo_set_source_rgb(context, color.red, color.green, color.blue) }

    private func trace(_ points: [Point], closed: Bool) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
        if closed { cairo_close_path(context) }
    }

    /// Fills a polygon.
    public func fill(_ polygon: [Point], _ color: Color) {
        set(color)
        trace(polygon, closed: true)
        cairo_fill(context)
    }

    /// Fills a rectangle.
    public func fill(_ r: Rectangle, _ color: Color) {
        set(color)
        cairo_rectangle(context, r.x, r.y, r.width, r.height)
        cairo_fill(context)
    }

    /// Draws the outline of a rectangle, its middle on the edges.
    public func stroke(_ r: Rectangle, _ color: Color, width: Double = 1) {
        stroke(
            [Point(r.x, r.y), Point(r.right, r.y), Point(r.right, r.bottom), Point(r.x, r.bottom)], color, width: width,
            closed: true)
    }

    /// Draws a line through points.
    ///
    /// - Parameter dashes: Lengths of dashes and gaps in turn, in points; none for a solid line.
    public func stroke(
        _ points: [Point], _ color: Color, width: Double = 1, closed: Bool = false, dashes: [Double] = []
    ) {
        set(color)
        cairo_set_line_width(context, width)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(context, dashes.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        trace(points, closed: closed)
        cairo_stroke(context)
    }

    /// Fills a circle.
    public func fillCircle(_ center: Point, radius: Double, _ color: Color) {
        set(color)
        cairo_new_path(context)
        cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
        cairo_fill(context)
    }

    /// Draws the outline of a circle.
    public func strokeCircle(_ center: Point, radius: Double, _ color: Color, width: Double = 1) {
        set(color)
        cairo_set_line_width(context, width)
        cairo_set_dash(context, [], 0, 0)
        cairo_new_path(context)
        cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
        cairo_stroke(context)
    }

    /// Draws what `body` draws only inside a rectangle.
    public func clipped<E: Error>(to r: Rectangle, _ body: () throws(E) -> Void) throws(E) {
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_rectangle(context, r.x, r.y, r.width, r.height)
        cairo_clip(context)
        try body()
    }
}

extension Canvas {
    /// Draws what `body` draws, as if the upper left corner were elsewhere.
    public func moved(by offset: Point, _ body: () -> Void) {
        let before = record.origin
        record.origin = Point(before.x + offset.x, before.y + offset.y)
        cairo_save(context)
        cairo_translate(context, offset.x, offset.y)
        body()
        cairo_restore(context)
        record.origin = before
    }
}

// MARK: Text and images

extension Canvas {
    /// Draws one line of text in a frame, shrunk or cut so that it never leaves the frame's width.
    ///
    /// The line is centred in the frame's height.
    /// - Returns: The room it takes; no wider than the frame.
    @discardableResult
    public func text(
        _ text: String, in frame: Rectangle, _ style: TextStyle = TextStyle(), _ alignment: TextAlignment = .center
    ) -> Rectangle {
        draw(ruler.fit(text, style, width: frame.width), in: frame, alignment)
    }

    /// Draws text that has been fitted already.
    @discardableResult
    public func draw(_ fitted: FittedText, in frame: Rectangle, _ alignment: TextAlignment = .center) -> Rectangle {
        let x =
            switch alignment {
            case .left: frame.x
            case .center: frame.x + (frame.width - fitted.width) / 2
            case .right: frame.right - fitted.width
            }
        let size = fitted.style.size
        // 0.36 em: half the height of DejaVu's capitals.
        put(fitted, at: Point(x, frame.center.y + 0.36 * size))
        let box = Rectangle(x: x, y: frame.center.y - 0.5 * size, width: fitted.width, height: size)
        if !fitted.text.isEmpty { record(fitted.text, box) }
        return box
    }

    /// Draws one line of text upwards, turned a quarter to the left, centred in a frame.
    @discardableResult
    public func textUpwards(
        _ text: String, in frame: Rectangle, _ style: TextStyle = TextStyle(), _ alignment: TextAlignment = .center
    ) -> Rectangle {
        let fitted = ruler.fit(text, style, width: frame.height)
        let size = fitted.style.size
        let bottom =
            switch alignment {
            case .left: frame.bottom
            case .center: frame.center.y + fitted.width / 2
            case .right: frame.y + fitted.width
            }
        turned(at: Point(frame.center.x + 0.36 * size, bottom)) { put(fitted, at: Point(0, 0)) }
        let box = Rectangle(
            x: frame.center.x - 0.5 * size, y: bottom - fitted.width, width: size, height: fitted.width)
        if !fitted.text.isEmpty { record(fitted.text, box) }
        return box
    }

    /// Draws an image stretched over a frame, each of its pixels a sharp square where it grows.
    public func draw(_ image: Image, in frame: Rectangle) {
        guard frame.width > 0, frame.height > 0, let bitmap = Bitmap(image) else { return }
        paint(bitmap, width: image.width, height: image.height, in: frame)
    }
}

extension Canvas {
    private func record(_ text: String, _ box: Rectangle) {
        let place = Rectangle(
            x: box.x + record.origin.x, y: box.y + record.origin.y, width: box.width, height: box.height)
        record.labels.append(Label(text: text, box: place))
    }

    private func put(_ fitted: FittedText, at origin: Point) {
        guard !fitted.text.isEmpty else { return }
        context.useFont(fitted.style)
        set(fitted.style.color)
        cairo_move_to(context, origin.x, origin.y)
        cairo_show_text(context, fitted.text)
        cairo_new_path(context)
    }

    private func turned(at origin: Point, _ body: () -> Void) {
        cairo_save(context)
        cairo_translate(context, origin.x, origin.y)
        cairo_rotate(context, -.pi / 2)
        body()
        cairo_restore(context)
    }

    private func paint(_ bitmap: borrowing Bitmap, width: Int, height: Int, in frame: Rectangle) {
        cairo_save(context)
        cairo_translate(context, frame.x, frame.y)
        cairo_scale(context, frame.width / Double(width), frame.height / Double(height))
        cairo_set_source_surface(context, bitmap.surface, 0, 0)
        cairo_pattern_set_filter(
            cairo_get_source(context), frame.width >= Double(width) ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
        cairo_rectangle(context, 0, 0, Double(width), Double(height))
        cairo_fill(context)
        cairo_restore(context)
    }
}

extension FileError.Code {
    /// The drawing library failed.
    public static let undrawable = FileError.Code(rawValue: "undrawable")
}
