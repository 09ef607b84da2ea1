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
            format: .coco, root: layout.root, classNames: all.classNames, samples: all.samples,
            problems: all.problems, recordCount: all.recordCount, unusableCount: all.unusableCount)
    }

    private struct Reading {
        var classNames: [String] = []
        var samples: [DetectionSample] = []
        var problems: [Problem] = []
        var recordCount = 0
        var unusableCount = 0

        mutating func read(_ path: String, _ layout: COCOLayout) throws(FileError) {
            let (file, annotations) = try COCOFile.read(path, COCOFile.Annotation.self)
            let labels = labels(file.categories ?? [], path)
            let folder = layout.folder(
                of: path, for: file.images.lazy.compactMap { try? $0.content.get().fileName })
            let split = layout.split(of: path)

            var samples: [DetectionSample] = []
            var places: [Int: Int] = [:]
            for (index, record) in file.images.enumerated() {
                let place = place(path, "image", index, record.id)
                guard let image = usable(record, at: place) else { continue }
                guard places[image.id] == nil else {
                    problems.append(
                        Problem(
                            .duplicateRecord, at: place, "another image has the id \(image.id), too",
                            remedy: "give each image an id of its own"))
                    continue
                }
                let size: PixelSize? =
                    if let width = image.width, let height = image.height, (1...1_000_000).contains(width),
                        (1...1_000_000).contains(height)
                    {
                        PixelSize(width: width, height: height)
                    } else {
                        (try? ImageHeader(contentsOf: "\(folder)/\(image.fileName)"))?.size
                    }
                places[image.id] = samples.count
                samples.append(
                    DetectionSample(
                        image: layout.path(of: image.fileName, in: folder), name: image.fileName, size: size,
                        split: split, objects: [], place: .init(file: path, record: "id \(image.id)", index: index)))
            }
            var objects = [[AnnotatedObject]](repeating: [], count: samples.count)
            recordCount += annotations.count
            for (index, record) in annotations.enumerated() {
                let place = place(path, "annotation", index, record.id)
                guard let annotation = usable(record, at: place) else {
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
            for index in samples.indices {
                samples[index].objects = RecordRules.withoutDuplicates(objects[index], &problems)
            }
            self.samples += samples
        }

        private func place(_ path: String, _ kind: String, _ index: Int, _ id: Int?) -> Problem.Place {
            Problem.Place(file: path, record: "\(kind) \(index)" + (id.map { " (id \($0))" } ?? ""), index: index)
        }

        private mutating func usable<Content>(_ record: COCOFile.Record<Content>, at place: Problem.Place) -> Content? {
            do {
                return try record.content.get()
            } catch {
                problems.append(
                    Problem(
                        .malformedRecord, at: place, COCOFile.reason(error),
                        remedy: "correct the record or delete it"))
                return nil
            }
        }

        private mutating func refuse(_ problem: Problem) {
            unusableCount += 1
            problems.append(problem)
        }

        /// Labels by COCO's numbers. The files of a data set share classes by name.
        private mutating func labels(_ categories: [COCOFile.Record<COCOFile.Category>], _ path: String) -> [Int: Int] {
            var labels: [Int: Int] = [:]
            for (index, record) in categories.enumerated() {
                let place = place(path, "category", index, record.id)
                guard let category = usable(record, at: place) else { continue }
                let label = classNames.firstIndex(of: category.name) ?? classNames.count
                if label == classNames.count { classNames.append(category.name) }
                if labels.updateValue(label, forKey: category.id) != nil {
                    problems.append(
                        Problem(
                            .duplicateRecord, at: place, "another category has the id \(category.id), too",
                            remedy: "give each category an id of its own"))
                }
            }
            return labels
        }

        private mutating func object(
            _ annotation: COCOFile.Annotation, _ label: Int, on size: PixelSize?, at place: Problem.Place
        ) -> AnnotatedObject? {
            let outline = outline(annotation.segmentation, size, place)
            let box: Box
            switch (annotation.bbox, outline?.bounds) {
            case (let numbers?, let bounds) where numbers.count == 4 || bounds == nil:
                guard numbers.count == 4, numbers.allSatisfy({ abs($0) <= 1e9 }) else {
                    problems.append(
                        Problem(
                            .malformedRecord, at: place, "its bbox has \(numbers.count) numbers or too large ones",
                            remedy: "write [x, y, width, height] in pixels"))
                    return nil
                }
                box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
            case (_, let bounds?):
                box = bounds
            case (_, nil):
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
                keypoints = try Keypoint.list(fromCOCO: annotation.keypoints ?? [])
            } catch {
                problems.append(
                    Problem(.outline, at: place, error.description, remedy: "correct the keypoints or delete them"))
            }
            var attributes = (annotation.attributes ?? [:]).compactMapValues(\.text)
            func flag(_ name: String) -> Bool {
                attributes.removeValue(forKey: name).map { !["false", "0", ""].contains($0) } ?? false
            }
            let flags = (flag("difficult"), flag("truncated"), flag("occluded"))
            return AnnotatedObject(
                label: label, box: box, outline: outline?.outline, keypoints: keypoints, isDifficult: flags.0,
                isTruncated: flags.1, isOccluded: flags.2, isCrowd: annotation.iscrowd?.isSet ?? false,
                attributes: attributes, place: place)
        }

        /// What a segmentation describes; nil, and a problem where there is one, when that is nothing.
        private mutating func outline(
            _ segmentation: COCOFile.Segmentation?, _ size: PixelSize?, _ place: Problem.Place
        ) -> (outline: AnnotatedObject.Outline, bounds: Box?)? {
            do throws(GeometryError) {
                let mask: RunLengthMask
                switch segmentation {
                case nil, .polygons([]): return nil
                case .polygons(let lists):
                    let polygons = try lists.map { list throws(GeometryError) in try Polygon(coordinates: list) }
                    let bounds = polygons.compactMap(\.bounds)
                    return (.polygons(polygons), bounds.dropFirst().reduce(bounds.first) { $0?.union($1) })
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
                return (.mask(mask), mask.pixelCount > 0 ? mask.bounds : nil)
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
