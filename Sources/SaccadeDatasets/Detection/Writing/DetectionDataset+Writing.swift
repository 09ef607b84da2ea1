import Foundation
public import SaccadeFiles

extension DetectionDataset {
    /// What becomes of the images when annotations are written.
    public enum Images: String, Sendable, CaseIterable {
        /// They are copied, byte for byte.
        case copy
        /// Symbolic links lead to them.
        case link
        /// They stay where they are.
        case none
    }

    /// Writes the data set in a format, so that it can be read from there as it is here.
    ///
    /// Boxes come back to the millionth of a pixel. What a format has no room for is reported.
    ///
    /// - Parameters:
    ///   - folder: A folder that is empty or not there yet.
    ///   - format: The format.
    ///   - images: Whether the images come along.
    ///   - writesOutlines: YOLO only: an object of one polygon becomes a line with its corners instead of its box.
    /// - Throws: ``FileError``, when the folder has something in it or cannot be written.
    public func write(
        to folder: String, as format: Format, images: Images = .copy, writesOutlines: Bool = false
    ) throws(FileError) -> ConversionReport {
        var folder = try StagedFolder(for: folder)
        do throws(FileError) {
            let report = try write(to: &folder, as: format, images, writesOutlines: writesOutlines)
            try folder.publish()
            return report
        } catch {
            folder.discard()
            throw error
        }
    }

    private func write(
        to folder: inout StagedFolder, as format: Format, _ images: Images, writesOutlines: Bool
    ) throws(FileError) -> ConversionReport {
        var report = ConversionReport()
        report.images = samples.count
        switch self.format {
        case .voc: report.notes.append("VOC’s source, segmented, parts and actions are not carried over")
        case .coco:
            report.notes.append("COCO’s own numbers, licences, addresses and supercategories are not carried over")
        case .yolo: break
        }
        if unusableCount > 0 {
            report.lose(
                "records that make no sense", problems.first { $0.rule != .missingImage }?.place.file ?? root,
                count: unusableCount)
        }
        let names = OutputNames(samples, as: format)
        for (sample, name) in names.renamed {
            report.lose("images’ names, to keep them apart", "\(sample) → \(name)")
        }
        var writer: any DetectionWriter =
            switch format {
            case .voc: VOCWriter(classNames)
            case .coco: COCOWriter(classNames)
            case .yolo: YOLOWriter(classNames, writesOutlines: writesOutlines)
            }
        for (sample, name) in zip(samples, names.names) {
            try writer.add(sample, named: name, to: &folder, &report)
            guard images != .none else { continue }
            let path = writer.path(ofImage: name, sample.split)
            let isThere = try folder.take(sample.image, to: path, isLinked: images == .link)
            if !isThere { report.lose("images that are not there", sample.image) }
        }
        try writer.finish(in: &folder, &report)
        return report
    }
}
