import Foundation
import SaccadeDatasets
import SaccadeGeometry

/// What was found in COCO's format for results, see ``COCOResult``.
extension DetectionScore {
    /// A list of records, a line for each.
    ///
    /// Images and classes have the numbers of the data set's own COCO file; where it has none, those that
    /// `saccade convert --format coco` gives them: 1, 2, … in the order of the part, and of the classes.
    func cocoResults(classNames: [String]) throws -> [UInt8] {
        let (images, imageIDs) = numberedImages
        let categoryIDs = numbers(of: classNames)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data("[".utf8)
        for (image, id) in zip(images, imageIDs) {
            for object in image.found {
                let record = COCOResult(
                    image: id, category: categoryIDs[object.category], box: object.box, score: object.score,
                    mask: object.mask)
                text += Data((text.count == 1 ? "\n" : ",\n").utf8)
                text += try encoder.encode(record)
            }
        }
        return Array(text + Data("\n]\n".utf8))
    }

    private var numberedImages: (images: [JudgedImage], ids: [Int]) {
        let images = images
        let ids = images.compactMap(\.sample.id)
        return ids.count == images.count && Set(ids).count == ids.count
            ? (images, ids) : (images, Array(1..<images.count + 1))
    }

    /// A class that the data set does not know gets a number behind all others.
    private func numbers(of classNames: [String]) -> [Int] {
        guard let known = categoryIDs, let last = known.values.max(), last < Int.max - classNames.count else {
            return Array(1..<classNames.count + 1)
        }
        var next = max(last, 0)
        return classNames.map { name in
            if let id = known[name] { return id }
            next += 1
            return next
        }
    }
}
