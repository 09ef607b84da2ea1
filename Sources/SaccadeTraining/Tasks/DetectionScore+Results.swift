import Foundation
import SaccadeDatasets
import SaccadeGeometry

/// What was found in COCO's format for results, which pycocotools' `loadRes` reads (cocodataset.org, "Results Format").
extension DetectionScore {
    private struct Record: Encodable {
        struct Segmentation: Encodable {
            /// Height and width.
            let size: [Int]
            let counts: String
        }

        let image: Int
        let category: Int
        /// x, y, width and height, in pixels.
        let bbox: [Double]
        let score: Double
        let segmentation: Segmentation?

        private enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case bbox, score, segmentation
        }
    }

    /// A list of records, a line for each.
    ///
    /// Images and classes have the numbers of the data set's own COCO file; where it has none, those that
    /// `saccade convert --to coco` gives them: 1, 2, … in the order of the part, and of the classes.
    func cocoResults(classNames: [String]) throws -> [UInt8] {
        let (images, imageIDs) = numberedImages
        let categoryIDs = numbers(of: classNames)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data("[".utf8)
        for (image, id) in zip(images, imageIDs) {
            for object in image.found {
                let record = Record(
                    image: id, category: categoryIDs[object.category],
                    bbox: [object.box.left, object.box.top, object.box.width, object.box.height], score: object.score,
                    segmentation: object.mask.map {
                        .init(size: [$0.height, $0.width], counts: $0.compressed)
                    })
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
