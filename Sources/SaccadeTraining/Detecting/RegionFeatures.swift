import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeLinear
import SaccadeTensors

/// R-CNN's cache: the features of all regions of a data set on the disk, for they are more than memory takes. Two thousand
/// regions of an image with 4096 features each are 33 MB.
struct RegionFeatures {
    /// What is known of an image's regions beside their features.
    struct Regions {
        var boxes: Boxes
        /// Of each, the object that it overlaps most and by which IoU; nil where there is none.
        var nearest: [(object: Int, iou: Float)?]
        /// The objects' own boxes, which are the last regions.
        var objects: Boxes
        /// Of each object, from 1 on.
        var labels: [Int]
    }

    private let folder: String
    private(set) var images: [Regions] = []
    /// Bytes on the disk.
    private(set) var byteCount = 0
    let featureCount: Int

    init(in folder: String, featureCount: Int) throws {
        self.folder = "\(folder)/features"
        self.featureCount = featureCount
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    /// Adds an image with its regions and, behind them, its objects.
    mutating func append(_ features: Tensor, _ regions: Regions) throws {
        let scalars = features.scalars
        try scalars.withUnsafeBytes { bytes in
            try AtomicFile.write(path(images.count)) { try $0.write(bytes) }
            byteCount += bytes.count
        }
        images.append(regions)
    }

    /// The features of an image's regions, `[regions, features]`.
    func features(of image: Int) throws -> Matrix {
        let rows = images[image].boxes.count
        let bytes = try RegularFile.contents(of: path(image), limit: 1 << 32)
        let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        guard values.count == rows * featureCount else {
            throw FileError(
                .truncated, path: path(image), reason: "the features of its regions are gone",
                remedy: "make room on the disk, and train again")
        }
        return Matrix(rows: rows, columns: featureCount, values: values)
    }

    /// Deletes the files.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func path(_ image: Int) -> String { "\(folder)/\(image).f32" }
}
