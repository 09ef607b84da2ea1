public import SaccadeFiles
import SaccadeGeometry
public import SaccadeImages

/// Images with boxes, masks and keypoints that move with them.
extension DetectionDataset: ImageDataset {
    public var count: Int { samples.count }

    public func name(at index: Int) -> String { samples[index].image }

    public func subset(_ indices: some Sequence<Int>) -> DetectionDataset {
        DetectionDataset(
            format: format, root: root, classNames: classNames, categoryIDs: categoryIDs,
            samples: indices.map { samples[$0] }, problems: problems, recordCount: recordCount,
            unusableCount: unusableCount, proposer: proposer)
    }

    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? {
        inspection.problem(withImageAt: samples[index].image)
    }

    public func image(at index: Int, atLeast leastSize: PixelSize?) throws(FileError) -> Image {
        try Image(contentsOf: samples[index].image, atLeast: leastSize)
    }

    public var isAnnotated: Bool { true }

    public func annotations(at index: Int, of size: PixelSize) throws(FileError) -> Annotations? {
        var annotations: Annotations
        do throws(GeometryError) {
            annotations = try samples[index].annotations(size: size)
        } catch {
            throw FileError(
                .malformed, path: samples[index].place.file, reason: "\(samples[index].name): \(error)",
                remedy: "correct the outlines")
        }
        annotations.proposals = try proposer?.proposals(forImageAt: samples[index].image)
        return annotations
    }
}
