import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes YOLO: `data.yaml`, `images` and `labels`, as Ultralytics reads them.
struct YOLOWriter: DetectionWriter {
    private let classNames: [String]
    private let writesOutlines: Bool
    private var parts: Set<DatasetSplit?> = []

    /// - Parameter writesOutlines: An object of one polygon becomes a line with its corners instead of its box.
    init(_ classNames: [String], writesOutlines: Bool = false) {
        (self.classNames, self.writesOutlines) = (classNames, writesOutlines)
    }

    mutating func add(
        _ sample: DetectionSample, named name: String, to folder: inout StagedFolder, _ report: inout ConversionReport
    ) throws(FileError) {
        parts.insert(sample.split)
        guard let size = sample.size else {
            report.lose("images of unknown size, with their objects", sample.image)
            return
        }
        var text = ""
        for object in sample.objects {
            report.add(object, keepsFlags: false, keepsKeypoints: false)
            text += Self.line(object, size, writesOutlines: writesOutlines, &report) + "\n"
        }
        let image = path(ofImage: name, sample.split).dropFirst("images/".count)
        try folder.write(text, to: "labels/\(ImageNames.stem(String(image))).txt")
    }

    mutating func finish(in folder: inout StagedFolder, _ report: inout ConversionReport) throws(FileError) {
        let named: [DatasetSplit] = [.train, .validation, .test].filter { parts.contains($0) }
        var lines: [String] = []
        if named.isEmpty {
            // Ultralytics wants both; the same for both says that there are no parts.
            lines = ["train: images", "val: images"]
        } else {
            if parts.contains(nil) {
                report.lose("that images belong to no part: they are not read with the parts", folder.path)
            }
            lines = named.map { "\($0.folderName): images/\($0.folderName)" }
        }
        lines.append("names:")
        lines += classNames.enumerated().map { "  \($0.offset): \(COCOWriter.quoted($0.element))" }
        try folder.write(lines.asLines, to: "data.yaml")
    }

    private static func line(
        _ object: AnnotatedObject, _ size: PixelSize, writesOutlines: Bool, _ report: inout ConversionReport
    ) -> String {
        let place = "\(object.place.file) \(object.place.record ?? "")"
        switch object.outline {
        case .polygons(let polygons) where polygons.count == 1 && writesOutlines:
            if let bounds = polygons[0].bounds, !agree(bounds, object.box) {
                report.lose("boxes that are not those of their outlines", place)
            }
            let (width, height) = (Double(size.width), Double(size.height))
            return YOLOLine.text(object.label, polygons[0].corners.flatMap { [$0.x / width, $0.y / height] })
        case .polygons(let polygons) where polygons.count == 1:
            report.lose("outlines, which --segments keeps in place of boxes", place)
        case .some:
            report.lose("masks and outlines of several parts", place)
        case nil: break
        }
        return YOLOLine.text(object.label, YOLOLine.fractions(object.box, of: size))
    }

    /// Whether two boxes are the same but for rounding.
    private static func agree(_ a: Box, _ b: Box) -> Bool {
        [a.left - b.left, a.top - b.top, a.right - b.right, a.bottom - b.bottom].allSatisfy { abs($0) <= 0.011 }
    }
}
