import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Writes COCO: `annotations/instances_PART.json`, with the images in `images/PART`.
struct COCOWriter: DetectionWriter {
    private let categories: [String]
    private var files: [DatasetSplit?: COCOStream] = [:]

    /// - Parameter supercategories: What each class is a kind of; nil where nobody has said.
    init(_ classNames: [String], supercategories: [String]? = nil) {
        categories = classNames.enumerated().map { index, name in
            let kind = supercategories.map { ", \"supercategory\": \(Self.quoted($0[index]))" } ?? ""
            return "{\"id\": \(index + 1), \"name\": \(Self.quoted(name))\(kind)}"
        }
    }

    mutating func add(
        _ sample: DetectionSample, named name: String, to folder: inout StagedFolder, _ report: inout ConversionReport
    ) throws(FileError) {
        var file: COCOStream
        if let open = files[sample.split] { file = open } else { file = try open(sample.split, in: &folder) }
        let image = file.addImage(name, sample.size)
        for object in sample.objects {
            report.add(object, keepsFlags: true, keepsKeypoints: true)
            try file.add { Self.annotation(object, id: $0, image: image) }
        }
        files[sample.split] = file
    }

    mutating func finish(in folder: inout StagedFolder, _ report: inout ConversionReport) throws(FileError) {
        // Without samples there is still a list of classes to write.
        if files.isEmpty { files[nil] = try open(nil, in: &folder) }
        for file in files.values { try file.finish() }
    }

    private func open(_ split: DatasetSplit?, in folder: inout StagedFolder) throws(FileError) -> COCOStream {
        try COCOStream(
            split.map { "instances_\($0.folderName)" } ?? "instances", categories: categories, in: &folder)
    }

    private static func annotation(_ object: AnnotatedObject, id: Int, image: Int) -> String {
        var fields = [
            "\"id\": \(id), \"image_id\": \(image), \"category_id\": \(object.label + 1)",
            "\"bbox\": [\(numbers(COCOReader.numbers(object.box)))]", "\"iscrowd\": \(object.isCrowd ? 1 : 0)",
            "\"area\": \(Decimals.text(object.area))",
        ]
        switch object.outline {
        case nil: fields.append("\"segmentation\": []")
        case .polygons(let polygons):
            let lists = polygons.map { "[\(numbers($0.corners.flatMap { [$0.x, $0.y] }))]" }
            fields.append("\"segmentation\": [\(lists.joined(separator: ", "))]")
        case .mask(let mask):
            // COCO itself writes crowds with plain numbers.
            let counts =
                object.isCrowd ? "[\(mask.runs.map(String.init).joined(separator: ", "))]" : quoted(mask.compressed)
            fields.append(
                "\"segmentation\": {\"size\": [\(mask.height), \(mask.width)], \"counts\": \(counts)}")
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
