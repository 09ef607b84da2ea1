import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Reads annotations of Pascal VOC (Everingham et al., 2010).
///
/// VOC counts pixels from 1 and means the last pixel inclusively: `xmin` 1 and `xmax` W is the whole width. A box of
/// `xmin...xmax` is `xmin - 1 ..< xmax` here.
enum VOCReader {
    /// What one file says, before the classes have numbers.
    struct Annotation {
        var fileName: String?
        var size: PixelSize?
        var objects: [(className: String, object: AnnotatedObject)] = []
        var recordCount = 0
        var problems: [Problem] = []
    }

    /// Reads a data set.
    ///
    /// - Throws: ``FileError`` when there are no annotations; what is wrong in them becomes a problem.
    static func read(_ layout: VOCLayout) throws(FileError) -> DetectionDataset {
        var problems: [Problem] = []
        let listed = classNames(in: layout, &problems)
        let splits = layout.splits(&problems)
        var read: [(stem: String, path: String, annotation: Annotation)] = []
        for part in layout.parts {
            for stem in part.stems {
                let path = "\(part.annotations)/\(stem).xml"
                do throws(FileError) {
                    read.append((stem, path, try annotation(XMLNode.root(of: path), path: path)))
                } catch {
                    problems.append(Problem(error))
                }
            }
        }
        let names = listed ?? Set(read.flatMap { $0.annotation.objects.map(\.className) }).sortedByBytes()
        let numbers = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        var samples: [DetectionSample] = []
        var (records, unusable) = (0, 0)
        for part in layout.parts {
            for (stem, path, annotation) in read where path.hasPrefix(part.annotations + "/") {
                problems += annotation.problems
                records += annotation.recordCount
                unusable += annotation.recordCount - annotation.objects.count
                var objects: [AnnotatedObject] = []
                for (name, object) in annotation.objects {
                    guard let label = numbers[name] else {
                        unusable += 1
                        problems.append(ClassNames.unknown(name, among: names, at: object.place))
                        continue
                    }
                    var object = object
                    object.label = label
                    objects.append(object)
                }
                let file = part.image(stem, named: annotation.fileName)
                samples.append(
                    DetectionSample(
                        image: file.path, name: file.name,
                        size: annotation.size ?? (try? ImageHeader(contentsOf: file.path))?.size,
                        split: part.split ?? splits[stem],
                        objects: RecordRules.withoutDuplicates(objects, &problems), place: .init(file: path)))
            }
        }
        return DetectionDataset(
            format: .voc, root: layout.root, classNames: names, samples: samples, problems: problems,
            recordCount: records, unusableCount: unusable)
    }

    /// What an annotation's elements say.
    static func annotation(_ root: XMLNode, path: String) throws(FileError) -> Annotation {
        guard root.name == "annotation" else {
            throw FileError(
                .unknownFormat, path: path, reason: "its root is <\(root.name)>, not <annotation>",
                remedy: "keep other XML files elsewhere")
        }
        var result = Annotation()
        result.fileName = root.text(of: "filename")
        if let size = root.child("size") {
            let sides = ["width", "height"].map { size.text(of: $0).flatMap(RecordRules.number) ?? 0 }
            if sides.allSatisfy({ (1...1e6).contains($0) }) {
                result.size = PixelSize(width: Int(sides[0]), height: Int(sides[1]))
            } else {
                result.problems.append(
                    Problem(
                        .imageSize, at: .init(file: path, line: size.line), "gives no usable size of the image",
                        remedy: "write its width and height in pixels"))
            }
        }
        for (index, element) in root.children.filter({ $0.name == "object" }).enumerated() {
            result.recordCount += 1
            let name = element.text(of: "name")
            let place = Problem.Place(
                file: path, line: element.line, record: "object \(index + 1)" + (name.map { " (\($0))" } ?? ""),
                index: index)
            guard let name else {
                result.problems.append(
                    Problem(.malformedRecord, at: place, "has no name", remedy: "write its class into <name>"))
                continue
            }
            guard let object = object(element, size: result.size, at: place, &result.problems) else { continue }
            result.objects.append((name, object))
        }
        return result
    }

    private static func object(
        _ element: XMLNode, size: PixelSize?, at place: Problem.Place, _ problems: inout [Problem]
    ) -> AnnotatedObject? {
        guard let bounds = element.child("bndbox") else {
            problems.append(Problem(.malformedRecord, at: place, "has no <bndbox>", remedy: "draw its box"))
            return nil
        }
        var edges: [Double] = []
        for name in ["xmin", "ymin", "xmax", "ymax"] {
            guard let text = bounds.text(of: name), let edge = RecordRules.number(text) else {
                let found = bounds.text(of: name).map { "<\(name)> is “\($0.prefix(40))”" } ?? "has no <\(name)>"
                problems.append(
                    Problem(
                        .malformedRecord, at: place, "\(found), where a number of pixels belongs",
                        remedy: "draw the box again"))
                return nil
            }
            edges.append(edge)
        }
        let box = Box(left: edges[0] - 1, top: edges[1] - 1, right: edges[2], bottom: edges[3])
        // Tools that take VOC's corners for edges write a click as a box of one pixel.
        if edges[2] < edges[0] || edges[3] < edges[1] || (edges[2] == edges[0] && edges[3] == edges[1]) {
            let words = "(\(edges.map { Decimals.text($0) }.joined(separator: ", ")))"
            problems.append(
                Problem(
                    .boxDegenerate, at: place, "the box \(words) has no area",
                    remedy: "delete the record or draw the box again", fix: .remove))
            return nil
        }
        if let (problem, isUsable) = RecordRules.check(box, on: size, at: place, numbers: corners) {
            problems.append(problem)
            guard isUsable else { return nil }
        }
        var attributes: [String: String] = [:]
        if let pose = element.text(of: "pose"), pose != "Unspecified" { attributes["pose"] = pose }
        for attribute in element.child("attributes")?.children ?? [] {
            guard let name = attribute.text(of: "name") else { continue }
            attributes[name] = attribute.text(of: "value") ?? ""
        }
        let isCrowd = attributes.removeValue(forKey: crowdAttribute) == "1"
        func flag(_ name: String) -> Bool { element.text(of: name).map { $0 != "0" } ?? false }
        return AnnotatedObject(
            label: 0, box: box, isDifficult: flag("difficult"), isTruncated: flag("truncated"),
            isOccluded: flag("occluded"), isCrowd: isCrowd, attributes: attributes, place: place)
    }

    /// VOC's numbers for a box: xmin, ymin, xmax, ymax.
    static func corners(_ box: Box) -> [Double] { [box.left + 1, box.top + 1, box.right, box.bottom] }

    /// The attribute by which crowds, which VOC does not know, outlast it.
    static let crowdAttribute = "iscrowd"

    /// The classes of `labelmap.txt`, as CVAT writes it; nil without that file.
    private static func classNames(in layout: VOCLayout, _ problems: inout [Problem]) -> [String]? {
        let path = "\(layout.root)/labelmap.txt"
        guard Path(path).exists else { return nil }
        do throws(FileError) {
            let (lines, bad) = try TextFile.lines(of: path, limit: 1 << 20)
            problems += bad
            return lines.compactMap { line in
                let name = line.text.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)
                return name.isEmpty || name.hasPrefix("#") ? nil : name
            }
        } catch {
            problems.append(Problem(error))
            return nil
        }
    }
}
