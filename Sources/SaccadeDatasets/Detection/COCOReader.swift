import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages

/// Reads COCO's instances: boxes, polygons, run-length masks, crowds and keypoints.
enum COCOReader {
    /// Reads a data set.
    ///
    /// - Throws: ``FileError`` when no file can be read; what is wrong in records becomes a problem.
    static func read(_ layout: COCOLayout) throws(FileError) -> DetectionDataset {
        var all = Reading()
        var firstError: FileError?
        for file in layout.files {
            do throws(FileError) {
                try all.read(file, layout)
            } catch {
                firstError = firstError ?? error
                all.problems.append(Problem(error))
            }
        }
        if let firstError, all.samples.isEmpty, layout.files.count == 1 { throw firstError }
        return DetectionDataset(
            format: .coco, root: layout.root, classNames: all.classNames, categoryIDs: all.categoryIDs,
            samples: all.samples, problems: all.problems, recordCount: all.recordCount,
            unusableCount: all.unusableCount)
    }

    private struct Reading {
        var classNames: [String] = []
        /// COCO's numbers of the classes, by name; nil once two files number a class differently.
        var categoryIDs: [String: Int]? = [:]
        var samples: [DetectionSample] = []
        var problems: [Problem] = []
        var recordCount = 0
        var unusableCount = 0

        mutating func read(_ path: String, _ layout: COCOLayout) throws(FileError) {
            let file = try COCOFile(path)
            let labels = try labels(in: file, path)
            let entries = try images(in: file, path)
            let folder = layout.folder(of: path, for: entries.lazy.map(\.entry.fileName))
            let split = layout.split(of: path)
            var samples: [DetectionSample] = []
            samples.reserveCapacity(entries.count)
            var places: [Int: Int] = [:]
            for (index, image) in entries {
                let imagePath = layout.path(of: image.fileName, in: folder)
                places[image.id] = samples.count
                samples.append(
                    DetectionSample(
                        image: imagePath, name: image.fileName, id: image.id,
                        size: image.size ?? (try? ImageHeader(contentsOf: imagePath))?.size, split: split, objects: [],
                        place: .init(file: path, record: "id \(image.id)", index: index)))
            }
            let objects = try objects(in: file, path, samples, places, labels)
            for index in samples.indices {
                samples[index].objects = RecordRules.withoutDuplicates(objects[index], &problems)
            }
            self.samples += samples
        }

        /// Labels by COCO's numbers. The files of a data set share classes by name.
        private mutating func labels(in file: COCOFile, _ path: String) throws(FileError) -> [Int: Int] {
            var labels: [Int: Int] = [:]
            var known = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            guard file.has(.categories) else { return labels }
            try file.begin(.categories)
            while let (index, record) = try file.next() {
                let place = Problem.Place(file: path, .category, index, id: record.id)
                guard let category = usable(at: place, { () throws(JSONMismatch) in try COCOFile.Category(record) })
                else { continue }
                let label = known[category.name] ?? classNames.count
                if label == classNames.count {
                    classNames.append(category.name)
                    known[category.name] = label
                }
                if categoryIDs?.updateValue(category.id, forKey: category.name) ?? category.id != category.id {
                    categoryIDs = nil
                }
                if labels.updateValue(label, forKey: category.id) != nil {
                    problems.append(
                        Problem(
                            .duplicateRecord, at: place, "another category has the id \(category.id), too",
                            remedy: "give each category an id of its own"))
                }
            }
            return labels
        }

        /// The images of different numbers, and where they stand in their list.
        private mutating func images(
            in file: COCOFile, _ path: String
        ) throws(FileError) -> [(index: Int, entry: COCOFile.ImageEntry)] {
            var entries: [(index: Int, entry: COCOFile.ImageEntry)] = []
            var known: Set<Int> = []
            try file.begin(.images)
            while let (index, record) = try file.next() {
                let place = Problem.Place(file: path, .image, index, id: record.id)
                guard let image = usable(at: place, { () throws(JSONMismatch) in try COCOFile.ImageEntry(record) })
                else { continue }
                guard known.insert(image.id).inserted else {
                    problems.append(
                        Problem(
                            .duplicateRecord, at: place, "another image has the id \(image.id), too",
                            remedy: "give each image an id of its own"))
                    continue
                }
                entries.append((index, image))
            }
            return entries
        }

        /// The objects of each sample.
        private mutating func objects(
            in file: COCOFile, _ path: String, _ samples: [DetectionSample], _ places: [Int: Int],
            _ labels: [Int: Int]
        ) throws(FileError) -> [[AnnotatedObject]] {
            var objects = [[AnnotatedObject]](repeating: [], count: samples.count)
            var annotation = COCOFile.Annotation()
            try file.begin(.annotations)
            while let (index, record) = try file.next() {
                recordCount += 1
                let place = Problem.Place(file: path, .annotation, index, id: record.id)
                guard usable(at: place, { () throws(JSONMismatch) in try annotation.read(record) }) != nil else {
                    unusableCount += 1
                    continue
                }
                guard let sample = places[annotation.imageID] else {
                    refuse(
                        Problem(
                            .missingImage, at: place,
                            "belongs to the image \(annotation.imageID), which is not listed",
                            remedy: "list the image, or delete the record"))
                    continue
                }
                guard let label = labels[annotation.categoryID] else {
                    refuse(
                        Problem(
                            .unknownClass, at: place, "the category \(annotation.categoryID) is not listed",
                            remedy: "list it under categories, or correct the number"))
                    continue
                }
                guard let object = object(annotation, label, on: samples[sample].size, at: place) else {
                    unusableCount += 1
                    continue
                }
                objects[sample].append(object)
            }
            return objects
        }

        private mutating func usable<Content>(
            at place: Problem.Place, _ read: () throws(JSONMismatch) -> Content
        ) -> Content? {
            do throws(JSONMismatch) {
                return try read()
            } catch {
                problems.append(
                    Problem(.malformedRecord, at: place, error.reason, remedy: "correct the record or delete it"))
                return nil
            }
        }

        private mutating func refuse(_ problem: Problem) {
            unusableCount += 1
            problems.append(problem)
        }

        private mutating func object(
            _ annotation: COCOFile.Annotation, _ label: Int, on size: PixelSize?, at place: Problem.Place
        ) -> AnnotatedObject? {
            let outline = outline(annotation, size, place)
            let numbers = annotation.bbox
            let box: Box
            if annotation.hasBox, numbers.count == 4 || outline?.bounds == nil {
                guard numbers.count == 4, numbers.allSatisfy({ abs($0) <= 1e9 }) else {
                    problems.append(
                        Problem(
                            .malformedRecord, at: place,
                            numbers.count == 4
                                ? "its bbox has a number beyond 1000000000"
                                : "its bbox has \(numbers.count) numbers, not 4",
                            remedy: "write [x, y, width, height] in pixels"))
                    return nil
                }
                box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
            } else if let bounds = outline?.bounds {
                box = bounds
            } else {
                problems.append(
                    Problem(
                        .malformedRecord, at: place, "has neither a bbox nor a segmentation",
                        remedy: "write its bbox as [x, y, width, height] in pixels"))
                return nil
            }
            if let (problem, isUsable) = RecordRules.check(box, on: size, at: place, numbers: COCOReader.numbers) {
                problems.append(problem)
                guard isUsable else { return nil }
            }
            var keypoints: [Keypoint] = []
            do throws(GeometryError) {
                keypoints = try Keypoint.list(fromCOCO: annotation.keypoints)
            } catch {
                problems.append(
                    Problem(.outline, at: place, error.description, remedy: "correct the keypoints or delete them"))
            }
            var attributes = annotation.attributes
            func flag(_ name: String) -> Bool {
                attributes.removeValue(forKey: name).map { !["false", "0", ""].contains($0) } ?? false
            }
            let flags = (flag("difficult"), flag("truncated"), flag("occluded"))
            return AnnotatedObject(
                label: label, box: box, packedOutline: outline, statedArea: annotation.area, keypoints: keypoints,
                isDifficult: flags.0, isTruncated: flags.1, isOccluded: flags.2, isCrowd: annotation.isCrowd,
                attributes: attributes, place: place)
        }

        /// What a segmentation describes; nil, and a problem where there is one, when that is nothing.
        private mutating func outline(
            _ annotation: COCOFile.Annotation, _ size: PixelSize?, _ place: Problem.Place
        ) -> PackedOutline? {
            do throws(GeometryError) {
                let mask: RunLengthMask
                switch annotation.segmentation {
                case nil: return nil
                case .polygons:
                    return .polygons(
                        try PackedPolygons(counts: annotation.polygonCounts, checked: annotation.coordinates))
                case .runs(let runs, let height, let width):
                    mask = try RunLengthMask(width: width, height: height, runs: runs)
                case .compressed(let text, let height, let width):
                    mask = try RunLengthMask(width: width, height: height, compressed: text)
                }
                guard size == nil || size == PixelSize(width: mask.width, height: mask.height) else {
                    problems.append(
                        Problem(
                            .maskSize, at: place, "its mask is \(mask.width)×\(mask.height) pixels, the image \(size!)",
                            remedy: "write size as [height, width] of the image"))
                    return nil
                }
                return .mask(mask)
            } catch {
                problems.append(
                    Problem(.outline, at: place, error.description, remedy: "draw it again, or empty the segmentation"))
                return nil
            }
        }
    }

    /// COCO's numbers for a box: x, y, width, height.
    static func numbers(_ box: Box) -> [Double] {
        [box.left, box.top, Decimals.snapped(box.width), Decimals.snapped(box.height)]
    }
}
