import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes YOLO: `data.yaml`, `images` and `labels`, as Ultralytics reads them.
enum YOLOWriter {
    static func write(
        _ data: DetectionDataset, _ files: OutputFiles, writesOutlines: Bool, _ report: inout ConversionReport
    ) throws(FileError) {
        for (index, sample) in data.samples.enumerated() {
            guard let size = sample.size else {
                report.lose("pictures of unknown size, with their objects", sample.image)
                continue
            }
            var text = ""
            for object in sample.objects {
                report.add(object, keepsFlags: false, keepsKeypoints: false)
                text += line(object, size, writesOutlines: writesOutlines, &report) + "\n"
            }
            let picture = files.picture(index).dropFirst("images/".count)
            try files.write(text, to: "labels/\(PictureNames.stem(String(picture))).txt")
        }
        let parts: [DatasetSplit] = [.train, .validation, .test].filter { part in
            data.samples.contains { $0.split == part }
        }
        let rest = data.samples.contains { $0.split == nil }
        var lines: [String] = []
        if parts.isEmpty {
            // Ultralytics wants both; the same for both says that there are no parts.
            lines = ["train: images", "val: images"]
        } else {
            if rest { report.lose("that pictures belong to no part: they are not read with the parts", data.root) }
            lines = parts.map { "\($0.folderNames[0]): images/\($0.folderNames[0])" }
        }
        lines.append("names:")
        lines += data.classNames.enumerated().map { "  \($0.offset): \(COCOWriter.quoted($0.element))" }
        try files.write(lines.joined(separator: "\n") + "\n", to: "data.yaml")
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
