import Foundation
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

/// What `saccade segment` says of an image.
struct SegmentAnswer: Encodable {
    struct Class: Encodable {
        let name: String
        let pixels: Int
        /// Of the image's pixels.
        let share: Double
        /// In µm², where the file says how large a pixel is.
        let area: Double?
        /// How probable the class is at its pixels, on average.
        let probability: Double
        let objects: Int
    }

    struct Object: Encodable {
        let label: String
        /// Left, top, width and height in pixels.
        let box: [Double]
        let pixels: Int
        /// In µm², likewise.
        let area: Double?
    }

    /// In µm.
    struct PixelSize: Encodable {
        let width, height: Double
    }

    let image: String
    /// Of a stack, from 1.
    let page: Int?
    let pixelSize: PixelSize?
    let width, height: Int
    /// Those that are there, the largest first.
    let classes: [Class]
    /// At most ``mostObjects``, the largest.
    let objects: [Object]
    /// Smaller ones that are not listed, but counted with their class.
    let objectsLeftOut: Int?
    /// What was written, by what it is.
    let files: [String: String]

    init(
        _ source: SegmentPage, _ segmented: SegmentedImage, _ objects: SegmentedImage.Objects, _ segmenter: Segmenter,
        files: [String: String]
    ) {
        (image, page, self.files) = (source.path, source.page, files)
        pixelSize = source.pixelSize.map { PixelSize(width: $0.width, height: $0.height) }
        func area(_ pixels: Int) -> Double? { source.pixelSize.map { Double(pixels) * $0.width * $0.height } }
        (width, height) = (segmented.size.width, segmented.size.height)
        let names = segmenter.classNames
        let listed =
            objects.all.count <= Self.mostObjects
            ? objects.all : Array(objects.all.sorted { $0.pixels > $1.pixels }.prefix(Self.mostObjects))
        let left = objects.all.count - listed.count
        objectsLeftOut = left > 0 ? left : nil
        self.objects = listed.map { object in
            Object(
                label: names[Int(object.classNumber)],
                box: [object.box.left, object.box.top, object.box.width, object.box.height], pixels: object.pixels,
                area: area(object.pixels))
        }
        let perClass = Dictionary(grouping: objects.all, by: \.classNumber).mapValues(\.count)
        let whole = Double(segmented.classes.count)
        classes = names.indices.compactMap { number in
            segmented.meanProbability(of: number).map { probability in
                Class(
                    name: names[number], pixels: segmented.counts[number],
                    share: Double(segmented.counts[number]) / whole, area: area(segmented.counts[number]),
                    probability: probability,
                    objects: perClass[UInt8(number)] ?? 0)
            }
        }.sorted { $0.pixels > $1.pixels }
    }

    /// Of noise there are millions, which nobody reads.
    private static let mostObjects = 10_000

    /// As one line of JSON.
    var line: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        let lines = classes.map { entry in
            let objects = entry.objects == 0 ? "" : entry.objects == 1 ? ", 1 object" : ", \(entry.objects) objects"
            return String(format: "  %6.2f %%  ", entry.share * 100) + entry.name + objects
        }
        let name = page.map { "\(image), page \($0)" } ?? image
        return (["\(name): \(width)×\(height) pixels"] + lines + ["  \(files["overlay"] ?? "")"]).joined(
            separator: "\n")
    }
}
