import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes Pascal VOC: `Annotations`, `JPEGImages`, `ImageSets/Main`, and the classes in `labelmap.txt` as CVAT does.
struct VOCWriter: DetectionWriter {
    private let classNames: [String]
    private let isSegmented: Bool
    private var stems: [DatasetSplit: [String]] = [:]

    /// - Parameter isSegmented: Whether somebody writes masks of all images, too.
    init(_ classNames: [String], isSegmented: Bool = false) {
        (self.classNames, self.isSegmented) = (classNames, isSegmented)
    }

    func path(ofImage name: String, _ split: DatasetSplit?) -> String { "JPEGImages/\(name)" }

    mutating func add(
        _ sample: DetectionSample, named name: String, to folder: inout StagedFolder, _ report: inout ConversionReport
    ) throws(FileError) {
        for object in sample.objects {
            report.add(object, keepsFlags: true, keepsKeypoints: false)
            if object.outline != nil { report.lose("outlines and masks", object.place.file) }
            if object.box.width <= 1, object.box.height <= 1 {
                report.lose("boxes of one pixel, which VOC cannot tell from a click", object.place.file)
            }
        }
        let stem = ImageNames.stem(name)
        try folder.write(text(sample, name: name), to: "Annotations/\(stem).xml")
        if let split = sample.split { stems[split, default: []].append(stem) }
    }

    mutating func finish(in folder: inout StagedFolder, _ report: inout ConversionReport) throws(FileError) {
        try folder.write(parts: stems, to: "ImageSets/Main")
        // A name that the list cannot hold would become another.
        if classNames.allSatisfy({ !$0.contains(where: { $0 == ":" || $0.isNewline }) && !$0.hasPrefix("#") }) {
            try folder.write(classNames.map { "\($0):::\n" }.joined(), to: "labelmap.txt")
        } else {
            report.lose("the order of the classes", folder.path)
        }
    }

    /// The annotation of an image.
    private func text(_ sample: DetectionSample, name: String) -> String {
        var lines = ["<annotation>", "\t<folder>JPEGImages</folder>", "\t<filename>\(Self.escaped(name))</filename>"]
        if let size = sample.size {
            lines += [
                "\t<size>", "\t\t<width>\(size.width)</width>", "\t\t<height>\(size.height)</height>",
                "\t\t<depth>3</depth>", "\t</size>",
            ]
        }
        lines.append("\t<segmented>\(isSegmented ? 1 : 0)</segmented>")
        for object in sample.objects {
            var attributes = object.attributes
            lines += [
                "\t<object>", "\t\t<name>\(Self.escaped(classNames[object.label]))</name>",
                "\t\t<pose>\(Self.escaped(attributes.removeValue(forKey: "pose") ?? "Unspecified"))</pose>",
                "\t\t<truncated>\(object.isTruncated ? 1 : 0)</truncated>",
                "\t\t<difficult>\(object.isDifficult ? 1 : 0)</difficult>",
            ]
            if object.isOccluded { lines.append("\t\t<occluded>1</occluded>") }
            lines.append("\t\t<bndbox>")
            for (tag, corner) in zip(["xmin", "ymin", "xmax", "ymax"], VOCReader.corners(object.box)) {
                lines.append("\t\t\t<\(tag)>\(Decimals.text(corner))</\(tag)>")
            }
            lines.append("\t\t</bndbox>")
            if object.isCrowd { attributes[VOCReader.crowdAttribute] = "1" }
            if !attributes.isEmpty {
                lines.append("\t\t<attributes>")
                for name in attributes.keys.sortedByBytes() {
                    let value = Self.escaped(attributes[name] ?? "")
                    lines.append(
                        "\t\t\t<attribute><name>\(Self.escaped(name))</name><value>\(value)</value></attribute>")
                }
                lines.append("\t\t</attributes>")
            }
            lines.append("\t</object>")
        }
        return lines.joined(separator: "\n") + "\n</annotation>\n"
    }

    /// Text as XML can hold it; control characters, which it cannot, become spaces.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
            }
        }
        return result
    }
}

extension StagedFolder {
    /// Writes lists of names as VOC has them: a file for each part that there is, and `trainval.txt` for two of them
    /// together.
    mutating func write(parts: [DatasetSplit: [String]], to path: String) throws(FileError) {
        for split in [DatasetSplit.train, .validation, .test] {
            guard let names = parts[split] else { continue }
            try write(names.asLines, to: "\(path)/\(split.folderName).txt")
        }
        if let training = parts[.train], let validation = parts[.validation] {
            try write((training + validation).asLines, to: "\(path)/trainval.txt")
        }
    }
}

extension [String] {
    /// Each on a line.
    var asLines: String { map { $0 + "\n" }.joined() }
}
