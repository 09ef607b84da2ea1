import SaccadeFiles

/// How large a pixel is in the world, in micrometres.
public struct PhysicalPixelSize: Sendable, Hashable {
    /// From one column to the next.
    public var width: Double
    /// From one row to the next.
    public var height: Double
    /// From one slice to the next, where that is told.
    public var depth: Double?

    /// A size from its sides, in micrometres.
    public init(width: Double, height: Double, depth: Double? = nil) {
        self.width = width
        self.height = height
        self.depth = depth
    }
}

extension PhysicalPixelSize {
    /// The size that a file tells: OME's, ImageJ's or that of TIFF's resolution; `nil` where none makes sense.
    init?(_ directory: TIFFDirectory, _ description: TIFFDescription, in file: TIFFFile) throws(FileError) {
        if let size = PhysicalPixelSize(ome: description.pixels) {
            self = size
        } else if let x = try directory.fraction(282, in: file), let y = try directory.fraction(283, in: file) {
            let tiffUnits = [2: 25_400.0, 3: 10_000.0]
            let problem = TIFFProblem(name: file.source.name)
            // Inches unless something else is told.
            let tiffUnit = tiffUnits[try directory.integer(296, in: file, problem) ?? 2]
            let named = description.imageJ["unit"]
            // ImageJ's resolution is in its own unit, of which TIFF may know nothing.
            guard let unit = named == nil ? tiffUnit : named.flatMap(Self.micrometres) else { return nil }
            let spacing = description.imageJ["spacing"].flatMap { Double($0) }
            self.init(width: unit / x, height: unit / y, depth: spacing.map { $0 * unit })
        } else {
            return nil
        }
        guard width.isFinite, height.isFinite, width > 0, height > 0 else { return nil }
        if let depth, !(depth.isFinite && depth > 0) { self.depth = nil }
    }

    /// The size in the attributes of OME's `Pixels`, in micrometres unless something else is told.
    private init?(ome pixels: [String: String]) {
        func length(_ axis: String) -> Double? {
            guard let number = pixels["PhysicalSize\(axis)"].flatMap({ Double($0) }),
                let unit = Self.micrometres(in: pixels["PhysicalSize\(axis)Unit"] ?? "µm")
            else { return nil }
            return number * unit
        }
        guard let width = length("X"), let height = length("Y") else { return nil }
        self.init(width: width, height: height, depth: length("Z"))
    }

    /// Micrometres of a unit of length; `nil` for what is none, such as `pixel`.
    private static func micrometres(in unit: String) -> Double? {
        // The two letters that look like µ, and the ways in which they are written without them.
        var name = unit
        for micro in ["\u{3BC}", "\\u00B5", "\\u00b5", "&#181;", "&#xB5;", "&#xb5;", "&#x00B5;"] {
            name.replace(micro, with: "\u{B5}")
        }
        name = String(name.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        switch name.count > 2 ? name.lowercased() : name {
        case "µm", "um", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres": return 1
        case "nm", "nanometer", "nanometers", "nanometre", "nanometres": return 0.001
        case "pm": return 0.000_001
        case "Å", "A", "angstrom": return 0.000_1
        case "mm", "millimeter", "millimeters", "millimetre", "millimetres": return 1_000
        case "cm", "centimeter", "centimeters", "centimetre", "centimetres": return 10_000
        case "m", "meter", "meters", "metre", "metres": return 1_000_000
        case "in", "\"", "inch", "inches": return 25_400
        default: return nil
        }
    }
}
