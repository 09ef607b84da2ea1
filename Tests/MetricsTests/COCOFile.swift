import Foundation
import SaccadeGeometry
import SaccadeMetrics

/// As much of COCO's files as their judgement needs.
struct COCOFile: Decodable {
    struct ImageEntry: Decodable {
        var id: Int
        var width: Int
        var height: Int
    }

    struct Object: Decodable {
        var image: Int
        var category: Int
        var bbox: [Double]?
        var segmentation: Outline?
        var area: Double?
        var iscrowd: Int?
        var score: Double?
        var keypoints: [Double]?

        enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case bbox, segmentation, area, iscrowd, score, keypoints
        }

        var box: Box { Box(x: bbox![0], y: bbox![1], width: bbox![2], height: bbox![3]) }
    }

    enum Outline: Decodable {
        case polygons([[Double]])
        case runs(size: [Int], counts: [Int])
        case compressed(size: [Int], counts: String)

        enum Key: CodingKey { case size, counts }

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.container(keyedBy: Key.self) else {
                self = .polygons(try decoder.singleValueContainer().decode([[Double]].self))
                return
            }
            let size = try container.decode([Int].self, forKey: .size)
            if let counts = try? container.decode(String.self, forKey: .counts) {
                self = .compressed(size: size, counts: counts)
            } else {
                self = .runs(size: size, counts: try container.decode([Int].self, forKey: .counts))
            }
        }

        func mask(width: Int, height: Int) throws -> RunLengthMask {
            switch self {
            case .polygons(let lists):
                try RunLengthMask(width: width, height: height, polygons: lists.map { try Polygon(coordinates: $0) })
            case .runs(let size, let counts): try RunLengthMask(width: size[1], height: size[0], runs: counts)
            case .compressed(let size, let counts):
                try RunLengthMask(width: size[1], height: size[0], compressed: counts)
            }
        }
    }

    var images: [ImageEntry]
    var annotations: [Object]

    /// The numbers for detections, by boxes or masks, image by image.
    func scores<Shape: Region>(
        of detections: [Object], _ shape: (Object, ImageEntry) throws -> Shape
    ) throws -> COCOScores {
        var precision = COCOAveragePrecision<Shape>()
        let truths = Dictionary(grouping: annotations, by: \.image)
        let found = Dictionary(grouping: detections, by: \.image)
        for image in images.sorted(by: { $0.id < $1.id }) {
            try precision.add(
                truths: (truths[image.id] ?? []).map {
                    .init(
                        try shape($0, image), category: $0.category, area: $0.area,
                        isCrowd: $0.iscrowd == 1)
                },
                detections: (found[image.id] ?? []).map {
                    .init(try shape($0, image), category: $0.category, score: $0.score!)
                })
        }
        return precision.result
    }
}

extension COCOScores {
    /// What the reference files call the twelve numbers, in COCO's order.
    static let names = [
        "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl",
    ]

    /// The twelve numbers in COCO's order; -1 where there are none, as COCO's program prints.
    var twelve: [Double] {
        [ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge].map { $0 ?? -1 }
    }
}
