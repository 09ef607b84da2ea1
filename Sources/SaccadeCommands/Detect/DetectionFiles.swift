import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

/// What `saccade detect --json` prints of an image.
struct DetectionAnswer: Encodable {
    struct Object: Encodable {
        let label: String
        let score: Double
        /// Left, top, right and bottom, in pixels.
        let box: [Double]
        let mask: COCOResult.Segmentation?
    }
    let image: String
    let detections: [Object]

    init(_ image: String, _ objects: [DetectedObject]) {
        self.image = image
        detections = objects.map {
            Object(
                label: $0.label, score: $0.score, box: [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom],
                mask: $0.mask.map(COCOResult.Segmentation.init))
        }
    }

    var line: String { get throws { String(decoding: try JSONEncoder.ordered.encode(self), as: UTF8.self) } }
}

/// What `saccade detect --output` writes.
struct DetectionFolder: Sendable {
    private let path: String
    /// Of the images, in their order.
    let ids: [Int]
    /// Of their pictures, likewise; no two are the same.
    private let names: [String]

    init(_ path: String, images: [String]) throws {
        try OutputFolder.make(path)
        self.path = path
        let numbers = images.compactMap { Int(Self.stem(of: $0)) }
        let areIDs =
            numbers.count == images.count && Set(numbers).count == numbers.count && numbers.allSatisfy { $0 >= 0 }
        ids = areIDs ? numbers : Array(1...max(images.count, 1))
        names = Self.names(images.map(Self.stem))
    }

    /// Names of which none comes twice, also where files are not told apart by capitals.
    static func names(_ stems: [String]) -> [String] {
        var taken: Set<String> = []
        return stems.map { stem in
            var (name, number) = (stem, 1)
            while !taken.insert(name.lowercased()).inserted {
                number += 1
                name = "\(stem)-\(number)"
            }
            return name
        }
    }

    /// - Parameter place: Of the image among all.
    func draw(_ objects: [DetectedObject], on image: Image, at place: Int, _ classes: [String]) throws {
        let overlay = Overlay(
            image, objects: objects.map { .init($0.label, score: $0.score, box: $0.box, mask: $0.mask) },
            classes: classes, width: min(max(Double(image.width) / 2, 240), 1024))
        try overlay.write(to: "\(path)/\(names[place])-objects.png", scale: 2)
    }

    func write(_ results: [COCOResult]) throws {
        try AtomicFile.write(Array(try JSONEncoder.ordered.encode(results)), to: "\(path)/detections.json")
    }

    private static func stem(of image: String) -> String {
        URL(fileURLWithPath: image).deletingPathExtension().lastPathComponent
    }
}

extension JSONEncoder {
    fileprivate static var ordered: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
