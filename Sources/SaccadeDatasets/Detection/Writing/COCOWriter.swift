import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes COCO: `annotations/instances_PART.json`, with the pictures in `images/PART`.
enum COCOWriter {
    static func write(
        _ data: DetectionDataset, _ files: OutputFiles, _ report: inout ConversionReport
    ) throws(FileError) {
        for split in [DatasetSplit.train, .validation, .test, nil] {
            let indices = data.samples.indices.filter { data.samples[$0].split == split }
            // Without samples there is still a list of classes to write.
            guard !indices.isEmpty || (split == nil && data.samples.isEmpty) else { continue }
            for object in indices.lazy.flatMap({ data.samples[$0].objects }) {
                report.add(object, keepsFlags: true, keepsKeypoints: true)
            }
            let name = split.map { "instances_\($0.folderNames[0])" } ?? "instances"
            try files.write(
                text(indices.map { (data.samples[$0], files.names[$0]) }, data.classNames),
                to: "annotations/\(name).json")
        }
    }

    private static func text(_ samples: [(sample: DetectionSample, name: String)], _ classNames: [String]) -> String {
        var images: [String] = []
        var annotations: [String] = []
        for (index, (sample, name)) in samples.enumerated() {
            let size = sample.size.map { ", \"width\": \($0.width), \"height\": \($0.height)" } ?? ""
            images.append("{\"id\": \(index + 1), \"file_name\": \(quoted(name))\(size)}")
            for object in sample.objects {
                annotations.append(annotation(object, id: annotations.count + 1, image: index + 1))
            }
        }
        let categories = classNames.enumerated().map { "{\"id\": \($0.offset + 1), \"name\": \(quoted($0.element))}" }
        func list(_ name: String, _ items: [String]) -> String {
            items.isEmpty ? "\"\(name)\": []" : "\"\(name)\": [\n\(items.joined(separator: ",\n"))\n]"
        }
        return "{\(list("images", images)),\n\(list("categories", categories)),\n\(list("annotations", annotations))}\n"
    }

    private static func annotation(_ object: AnnotatedObject, id: Int, image: Int) -> String {
        var fields = [
            "\"id\": \(id), \"image_id\": \(image), \"category_id\": \(object.label + 1)",
            "\"bbox\": [\(numbers(COCOReader.numbers(object.box)))]", "\"iscrowd\": \(object.isCrowd ? 1 : 0)",
        ]
        switch object.outline {
        case nil: fields += ["\"area\": \(Decimals.text(object.box.area))", "\"segmentation\": []"]
        case .polygons(let polygons):
            let lists = polygons.map { "[\(numbers($0.corners.flatMap { [$0.x, $0.y] }))]" }
            fields += [
                "\"area\": \(Decimals.text(polygons.reduce(0) { $0 + $1.area }))",
                "\"segmentation\": [\(lists.joined(separator: ", "))]",
            ]
        case .mask(let mask):
            // COCO itself writes crowds with plain numbers.
            let counts =
                object.isCrowd ? "[\(mask.runs.map(String.init).joined(separator: ", "))]" : quoted(mask.compressed)
            fields += [
                "\"area\": \(mask.pixelCount)",
                "\"segmentation\": {\"size\": [\(mask.height), \(mask.width)], \"counts\": \(counts)}",
            ]
        }
        if !object.keypoints.isEmpty {
            let list = object.keypoints.flatMap { [$0.x, $0.y, Double($0.visibility.rawValue)] }
            let count = object.keypoints.count { $0.visibility != .unlabelled }
            fields.append("\"keypoints\": [\(numbers(list))], \"num_keypoints\": \(count)")
        }
        var attributes = object.attributes
        if object.isDifficult { attributes["difficult"] = "true" }
        if object.isTruncated { attributes["truncated"] = "true" }
        if object.isOccluded { attributes["occluded"] = "true" }
        if !attributes.isEmpty {
            let pairs = attributes.keys.sortedByBytes().map { "\(quoted($0)): \(scalar(attributes[$0] ?? ""))" }
            fields.append("\"attributes\": {\(pairs.joined(separator: ", "))}")
        }
        return "{\(fields.joined(separator: ", "))}"
    }

    private static func numbers(_ list: [Double]) -> String {
        list.map { Decimals.text($0) }.joined(separator: ", ")
    }

    /// A value as the number or truth that it was, if it is written as one.
    private static func scalar(_ text: String) -> String {
        if let number = Int(text), String(number) == text { return text }
        return ["true", "false"].contains(text) ? text : quoted(text)
    }

    /// Text between quotation marks, as JSON has it, and YAML too.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 32 || scalar.value == 127:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
