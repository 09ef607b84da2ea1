import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeModels

/// An image and what is known to be on it: from the command line, or from a data set.
struct KnownObjects {
    /// The image's file.
    let image: String
    /// In pixels of the image.
    let objects: [AnchorMatchingExample.Object]

    /// Boxes that were given one by one.
    init(image: String, boxes: [Box], labels: [String]) {
        self.image = image
        objects = boxes.enumerated().map { index, box in
            .init(index < labels.count ? labels[index] : "object \(index + 1)", box: box)
        }
    }

    /// What a data set says about one of its images.
    ///
    /// - Parameters:
    ///   - image: The image's file, or what the data set calls it.
    ///   - data: The data set, whatever its format, or the XML file of the image alone.
    /// - Throws: That there is no such image in it, or what is wrong with it.
    init(image: String, data: String) throws {
        let isAnnotation = Path(data).suffix.lowercased() == "xml"
        let dataset = try DetectionDataset(at: isAnnotation ? Self.root(of: data) : data)
        let sample =
            isAnnotation
            ? dataset.samples.first { Self.isSame($0.place.file, data) } : Self.sample(image, of: dataset)
        guard let sample else {
            let names = dataset.samples.prefix(3).map(\.name).joined(separator: ", ")
            throw CommandError.data(
                "\(data): \(image) is none of its images; they are called \(names)…, or give its objects by --box")
        }
        self.image = FileManager.default.fileExists(atPath: image) ? image : sample.image
        objects = sample.objects.filter { !$0.isCrowd && $0.box.isValid }.map {
            .init(dataset.classNames[$0.label], box: $0.box)
        }
    }

    /// The data set that an annotation belongs to.
    private static func root(of annotation: String) -> String {
        let folder = Path(annotation).folder
        guard Path(folder).name.lowercased() == "annotations" else { return folder.isEmpty ? "." : folder }
        let root = Path(folder).folder
        return root.isEmpty ? "." : root
    }

    /// By its file, or else by its name.
    private static func sample(_ image: String, of dataset: DetectionDataset) -> DetectionSample? {
        dataset.samples.first { isSame($0.image, image) }
            ?? dataset.samples.first { $0.name == image || Path($0.name).name == image }
    }

    /// Whether two paths lead to the same file.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        // Names first: Foundation takes no path that somebody has only written into a file.
        return Path(a).name == Path(b).name && resolved(a) == resolved(b)
    }
}
