import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes Pascal VOC: `Annotations`, `JPEGImages`, `ImageSets/Main`, and the classes in `labelmap.txt` as CVAT does.
enum VOCWriter {
    static func write(
        _ data: DetectionDataset, _ files: OutputFiles, _ report: inout ConversionReport
    ) throws(FileError) {
        for (index, sample) in data.samples.enumerated() {
            for object in sample.objects {
                report.add(object, keepsFlags: true, keepsKeypoints: false)
                if object.outline != nil { report.lose("outlines and masks", object.place.file) }
                if object.box.width <= 1, object.box.height <= 1 {
                    report.lose("boxes of one pixel, which VOC cannot tell from a click", object.place.file)
                }
            }
            let stem = PictureNames.stem(files.names[index])
            try files.write(
                text(sample, name: files.names[index], classNames: data.classNames), to: "Annotations/\(stem).xml")
        }
        for split in [DatasetSplit.train, .validation, .test] {
            let stems = data.samples.indices.filter { data.samples[$0].split == split }
                .map { PictureNames.stem(files.names[$0]) + "\n" }
            if !stems.isEmpty { try files.write(stems.joined(), to: "ImageSets/Main/\(split.folderNames[0]).txt") }
        }
        // A name that the list cannot hold would become another.
        if data.classNames.allSatisfy({ !$0.contains(where: { $0 == ":" || $0.isNewline }) && !$0.hasPrefix("#") }) {
            try files.write(data.classNames.map { "\($0):::\n" }.joined(), to: "labelmap.txt")
        } else {
            report.lose("the order of the classes", data.root)
        }
    }

    /// The annotation of a picture.
    static func text(_ sample: DetectionSample, name: String, classNames: [String]) -> String {
        var lines = ["<annotation>", "\t<folder>JPEGImages</folder>", "\t<filename>\(escaped(name))</filename>"]
        if let size = sample.size {
            lines += [
                "\t<size>", "\t\t<width>\(size.width)</width>", "\t\t<height>\(size.height)</height>",
                "\t\t<depth>3</depth>", "\t</size>",
            ]
        }
        lines.append("\t<segmented>0</segmented>")
        for object in sample.objects {
            var attributes = object.attributes
            lines += [
                "\t<object>", "\t\t<name>\(escaped(classNames[object.label]))</name>",
                "\t\t<pose>\(escaped(attributes.removeValue(forKey: "pose") ?? "Unspecified"))</pose>",
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
                    let value = escaped(attributes[name] ?? "")
                    lines.append("\t\t\t<attribute><name>\(escaped(name))</name><value>\(value)</value></attribute>")
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
