import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeInterchange
import SaccadeTensors
import SaccadeTraining
import Synchronization

/// The files that `saccade segment` writes of each image.
struct SegmentOutput: Sendable {
    private let folder: String
    private let names = TakenNames()
    /// The files that were given, which must not be overwritten.
    private let given: Set<String>
    private let writesProbabilities: Bool
    private let truth: Image?
    private let corners: Bool
    private let leastPixels: Int
    private let threshold: Double?

    /// Whether nothing can be written without a class for what lies between objects.
    var needsBackground: Bool { threshold != nil }

    /// - Parameter truth: The file of a mask.
    /// - Throws: `FileError` where the folder cannot be made or the mask not be read.
    init(
        folder: String, images: [String], writesProbabilities: Bool, truth: String?, corners: Bool, leastPixels: Int,
        threshold: Double?
    ) throws {
        try OutputFolder.make(folder)
        (self.folder, self.writesProbabilities) = (folder, writesProbabilities)
        (self.corners, self.leastPixels, self.threshold) = (corners, leastPixels, threshold)
        given = Set((images + (truth.map { [$0] } ?? [])).map(Self.place))
        self.truth = try truth.map { path in
            let mask = try Image(numbersIn: path)
            guard mask.channels == 1 else {
                throw FileError(
                    .unsupported, path: path, reason: "has colours where numbers belong",
                    remedy: "save the mask as grey of 8 bits, with the number of the class as its value")
            }
            return mask
        }
    }

    /// Where a path leads to.
    private static func place(of path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardized.path
    }

    /// Where to write something.
    ///
    /// - Throws: `FileError` where it would take the place of a file that was given.
    private func file(_ path: String) throws(FileError) -> String {
        guard !given.contains(Self.place(of: path)) else {
            throw FileError(
                .unwritable, path: path, reason: "is one of the files that were given, and would be overwritten",
                remedy: "give another --output")
        }
        return path
    }

    /// Segments an image and writes its files.
    ///
    /// - Parameter progress: Told how much is done, up to 1.
    func write(_ page: SegmentPage, by segmenter: Segmenter, progress: (Double) -> Void) throws -> SegmentAnswer {
        let image = try page.image()
        if let truth, truth.size != image.size {
            throw FileError(
                .malformed, path: page.name, reason: "is \(image.size) pixels, and the mask of --truth \(truth.size)",
                remedy: "give the mask that belongs to it")
        }
        let number = page.page.map { String(format: "-%03d", $0) } ?? ""
        let name = URL(fileURLWithPath: page.path).deletingPathExtension().lastPathComponent
        let stem = "\(folder)/\(names.take(name + number))"
        let files = try paths(stem)
        var segmented = SegmentedImage(
            image.size, classes: segmenter.classNames.count,
            threshold: threshold.flatMap { least in segmenter.background.map { ($0, Float(least)) } })
        var all = try writesProbabilities ? map(image, segmenter, page.name) : nil
        try segmenter.forEachPart(of: image) { part, done in
            segmented.add(part)
            all?.add(part)
            progress(done)
        }
        let objects = segmented.objects(
            background: segmenter.background, across: corners, leastPixels: leastPixels)
        let labels = Image(width: image.width, height: image.height, channels: 1, pixels: segmented.classes)
        let palette = Color.palette(
            classes: segmenter.classNames.count, background: segmenter.background.map { Int($0) })
        try AtomicFile.write(labels.indexedPNGData(palette: palette), to: "\(stem)-classes.png")
        try Overlay(
            image, classMask: ClassMask(segmented, by: segmenter), truth: truthMask, width: Self.width(of: image)
        ).write(to: "\(stem)-overlay.png", scale: 2)
        try figure(image, objects).write(to: "\(stem)-objects.png", scale: 2)
        if let all {
            let shape: Shape = [all.classes, all.size.height, all.size.width]
            try WeightsFile.write(
                [("probabilities", Tensor(all.probabilities, shape: shape))], to: "\(stem)-probabilities.npy")
        }
        let answer = SegmentAnswer(page, segmented, objects, segmenter, files: files)
        try AtomicFile.write(Array((try answer.line + "\n").utf8), to: "\(stem).json")
        return answer
    }

    /// Room for all probabilities of an image.
    ///
    /// - Throws: `FileError` when there would be too many.
    private func map(_ image: Image, _ segmenter: Segmenter, _ name: String) throws(FileError) -> PixelMap {
        let classes = segmenter.classNames.count
        let count = image.width * image.height * classes
        guard count <= 1 << 30 else {
            throw FileError(
                .tooLarge, path: name,
                reason: "\(image.size) pixels have \(count) probabilities of \(classes) classes, more than 2³⁰",
                remedy: "cut the image into parts, or leave out --probabilities")
        }
        return PixelMap(image.size, classes: classes)
    }

    /// All that is written of an image, by what it is.
    private func paths(_ stem: String) throws(FileError) -> [String: String] {
        var files = [
            "classes": try file("\(stem)-classes.png"), "overlay": try file("\(stem)-overlay.png"),
            "objects": try file("\(stem)-objects.png"),
        ]
        if writesProbabilities { files["probabilities"] = try file("\(stem)-probabilities.npy") }
        _ = try file("\(stem).json")
        return files
    }

    /// Each object in a colour of its own, as far as there are colours.
    private func figure(_ image: Image, _ objects: SegmentedImage.Objects) -> Overlay {
        // Numbers go round; 255 is none.
        let colors = objects.labels.map { $0 == 0 ? 255 : UInt8(($0 - 1) % 240) }
        return Overlay(
            image, title: objects.all.count == 1 ? "1 object" : "\(objects.all.count) objects",
            classMask: ClassMask(width: image.width, height: image.height, classes: colors, ignored: [255]),
            truth: truthMask, namesClasses: false, width: Self.width(of: image))
    }

    private var truthMask: ClassMask? {
        truth.map { ClassMask(width: $0.width, height: $0.height, classes: $0.pixels) }
    }

    /// In points: a pixel of the file for each of the image's, within reason.
    private static func width(of image: Image) -> Double { min(max(Double(image.width) / 2, 240), 1024) }
}

/// Names that files have, so that no two images' files have one.
private final class TakenNames: Sendable {
    private let taken = Mutex(Set<String>())

    /// The name, or where another has it, one with a number.
    func take(_ wanted: String) -> String {
        taken.withLock { taken in
            var (name, number) = (wanted, 2)
            while !taken.insert(name).inserted { (name, number) = ("\(wanted)-\(number)", number + 1) }
            return name
        }
    }
}
