import Foundation
public import SaccadeFiles
public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// Images with a label for each pixel, as grey images of the same size.
public struct MaskDataset: Sendable {
    /// What the value of a pixel is.
    public enum Kind: String, Sendable, Codable {
        /// The number of a class.
        case semantic = "classes"
        /// 0 for the background, or the number of an object.
        case instance = "instances"
    }

    /// An image and its mask.
    public struct Sample: Sendable {
        /// The path of the image's file.
        public let image: String
        /// The path of the mask's file.
        public let mask: String
        public let split: DatasetSplit?
    }

    public let root: String
    public let kind: Kind
    /// The classes of `classes.txt`, a name on each line; nil without that file.
    public let classNames: [String]?
    public let samples: [Sample]
    /// Images without masks, masks without images, lists with mistakes.
    public let problems: [Problem]
    /// What the values of the masks stand for.
    private var coding = Coding.classes(ignored: Annotations.unknownClass)

    private enum Coding: Equatable {
        /// Numbers of classes, but for a value that does not count.
        case classes(ignored: UInt8)
        /// 0 and 255: two classes, as masks are that programs for images draw.
        case blackAndWhite
        /// Numbers of objects, all of one class, with the background between any two.
        case objects
    }

    /// Opens a folder. Recognised: `train.txt`, `val.txt` and `test.txt` with an image and a mask on each line (CamVid);
    /// folders `X` and `Xannot`; `images` and `masks`, `image` and `label` (ISBI 2012), also below `train`, `val` and
    /// `test`; `PNGImages` and `PedMasks` (Penn-Fudan), whose masks number the objects; `JPEGImages` with
    /// `SegmentationClass` or `SegmentationObject` (Pascal VOC); `images` with `class-masks` or `instance-masks`
    /// (`saccade scenes`). The last two may have lists of names for each part.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - kind: Which masks to take where there are both; nil takes those of classes.
    /// - Throws: ``FileError`` when there is nothing of the kind.
    public init(at path: String, kind: Kind? = nil) throws(FileError) {
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        guard let layout = try MaskLayout(path, kind: kind) else {
            throw FileError(
                .unknownFormat, path: path,
                reason: "no images with masks: looked for lists of both (train.txt), X and Xannot, images and masks, "
                    + "image and label, PNGImages and PedMasks, JPEGImages and SegmentationClass or SegmentationObject",
                remedy: "check the path")
        }
        self.init(path, layout.kind, layout.classNames, layout.samples, layout.problems)
    }

    private init(
        _ root: String, _ kind: Kind, _ classNames: [String]?, _ samples: [Sample], _ problems: [Problem],
        _ coding: Coding = .classes(ignored: Annotations.unknownClass)
    ) {
        (self.root, self.kind, self.classNames, self.samples, self.problems, self.coding) =
            (root, kind, classNames, samples, problems, coding)
    }

    /// The values of a sample's mask, row by row: `[H, W]`.
    ///
    /// Of a PNG with a palette they are the numbers of its colours. In VOC's folders, `SegmentationClass` and
    /// `SegmentationObject`, colours become the numbers that they stand for there; elsewhere the same colours may stand for
    /// others.
    ///
    /// - Precondition: `index` is in `samples.indices`.
    /// - Throws: ``FileError`` when the mask cannot be decoded or has other colours, which are no numbers.
    public func mask(at index: Int) throws(FileError) -> Image { try Self.mask(samples[index].mask) }

    /// Whether a mask lies where Pascal VOC has its masks.
    private static func isVOC(_ path: String) -> Bool {
        let folder = Path(Path(path).folder).name
        return ["SegmentationClass", "SegmentationObject"].contains(folder)
    }

    static func mask(_ path: String) throws(FileError) -> Image {
        let image = try Image(numbersIn: path)
        if image.channels == 1 { return image }
        guard isVOC(path), let numbers = VOCPalette.numbers(of: image) else {
            throw FileError(
                .unsupported, path: path, reason: "has colours where numbers belong",
                remedy: "save the mask as grey of 8 bits, with the number of the class or object as its value")
        }
        return numbers
    }

    /// The objects of a sample, in the order of their numbers.
    ///
    /// - Precondition: `index` is in `samples.indices`.
    /// - Throws: As ``mask(at:)``.
    public func objects(at index: Int) throws(FileError) -> [RunLengthMask] {
        let mask = try mask(at: index)
        // VOC draws a border of pixels around objects that belong to nobody.
        let nobody: Set<UInt8> = Self.isVOC(samples[index].mask) ? [0, VOCPalette.void] : [0]
        let values = Set(mask.pixels).subtracting(nobody).sorted()
        do throws(GeometryError) {
            return try values.map { value throws(GeometryError) in
                try RunLengthMask(
                    width: mask.width, height: mask.height, pixels: mask.pixels.map { $0 == value ? 1 : 0 })
            }
        } catch {
            throw FileError(
                .tooLarge, path: samples[index].mask, reason: error.description, remedy: "make the image smaller")
        }
    }

    /// What is wrong with a sample's mask; nil when it is as large as its image and holds nothing but classes.
    ///
    /// - Parameter classes: How many classes there are; nil when nobody knows. One value beyond them, for pixels that do
    ///   not count, is 255.
    func problem(at index: Int, classes: Int?) -> Problem? {
        let sample = samples[index]
        do throws(FileError) {
            let mask = try mask(at: index)
            // An image that cannot be read is a problem of its own.
            if let size = (try? ImageHeader(contentsOf: sample.image))?.size, size != mask.size {
                return Problem(
                    .maskSize, at: .init(file: sample.mask), "is \(mask.size) pixels, and its image \(size)",
                    remedy: "make them of one size")
            }
            if let format = (try? ImageHeader(contentsOf: sample.mask))?.format, format == .jpeg {
                return Problem(
                    .lossyMask, at: .init(file: sample.mask),
                    "is a JPEG, which keeps no numbers: near edges there are some that nobody wrote",
                    remedy: "save the mask as PNG, from what it was made of")
            }
            guard kind == .semantic, let classes else { return nil }
            let all = Set(mask.pixels)
            if all == [Annotations.unknownClass] {
                return Problem(
                    .emptyMask, at: .init(file: sample.mask),
                    "says nothing: each of its pixels is 255, which does not count",
                    remedy: "correct the mask, or leave the image out")
            }
            let values = all.subtracting([255]).filter { Int($0) >= classes }.sorted()
            guard !values.isEmpty else { return nil }
            return Problem(
                .unknownClass, at: .init(file: sample.mask),
                "has the values \(values.prefix(8).map(String.init).joined(separator: ", ")), and the \(classes) classes "
                    + "are 0 to \(classes - 1)", remedy: "correct the mask, or the list of classes")
        } catch {
            return Problem(error, rule: error.code == .missing ? .missingFile : .unreadableImage)
        }
    }
}

/// Images with masks that move with them: classes of pixels, or objects.
extension MaskDataset: ImageDataset {
    public var count: Int { samples.count }

    public func name(at index: Int) -> String { samples[index].image }

    public func subset(_ indices: some Sequence<Int>) -> MaskDataset {
        MaskDataset(root, kind, classNames, indices.map { samples[$0] }, problems, coding)
    }

    /// The parts that the data set itself makes, in the order of ``DatasetSplit``.
    public var splits: [DatasetSplit] {
        let found = Set(samples.compactMap(\.split))
        return DatasetSplit.allCases.filter(found.contains)
    }

    /// The samples of a part.
    public func samples(of split: DatasetSplit) -> MaskDataset {
        subset(samples.indices.filter { split == .all || samples[$0].split == split })
    }

    /// With what the classes are called, known or not: without `classes.txt` every mask is read once to see which there
    /// are, and they are called `class 0`, `class 1` and so on. Masks that hold 0 and 255 alone have two classes.
    ///
    /// - Parameters:
    ///   - ignored: The value of pixels that do not count; as annotations they are ``Annotations/unknownClass``.
    ///   - names: What the classes are called, where there is no `classes.txt`.
    /// - Throws: ``FileError`` when there are more classes than masks can tell apart, or no mask can be read.
    public func withNamedClasses(ignoring ignored: UInt8, _ names: [String]? = nil) throws(FileError) -> MaskDataset {
        if let classNames {
            guard classNames.count <= Int(Annotations.unknownClass) else {
                throw FileError(
                    .tooLarge, path: root,
                    reason:
                        "classes.txt names \(classNames.count) classes, and masks hold at most \(Annotations.unknownClass) "
                        + "beside the value of what does not count",
                    remedy: "leave out classes that no mask has")
            }
            return MaskDataset(root, kind, classNames, samples, problems, .classes(ignored: ignored))
        }
        var values = Set<UInt8>()
        var unreadable: FileError?
        for index in samples.indices {
            // One that cannot be read is a matter of the policy for bad samples, later.
            do { values.formUnion(try mask(at: index).pixels) } catch { unreadable = error }
        }
        if values.isEmpty, let unreadable { throw unreadable }
        if ignored == 255, values.contains(255), values.isSubset(of: [0, 255]), names?.count ?? 2 == 2 {
            return MaskDataset(root, kind, names ?? ["class 0", "class 255"], samples, problems, .blackAndWhite)
        }
        if let names { return MaskDataset(root, kind, names, samples, problems, .classes(ignored: ignored)) }
        let largest = values.subtracting([ignored, Annotations.unknownClass]).max() ?? 0
        return MaskDataset(
            root, kind, (0...largest).map { "class \($0)" }, samples, problems, .classes(ignored: ignored))
    }

    /// Masks that number objects as masks of two classes, background and object, for U-Net's way to objects: where two
    /// touch, the pixels along their common edge become background, so that what hangs together is one object
    /// (Ronneberger et al., 2015, section 3).
    ///
    /// - Precondition: The masks number objects.
    public func withObjectsAsClasses() -> MaskDataset {
        require(kind == .instance, "MaskDataset: masks of classes number no objects")
        return MaskDataset(root, kind, ["background", "object"], samples, problems, .objects)
    }

    /// 1 in objects, 0 outside and where a pixel's neighbour is another object's.
    private static func separated(_ mask: Image, _ nobody: UInt8?) -> [UInt8] {
        let (width, height, pixels) = (mask.width, mask.height, mask.pixels)
        var classes = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = y * width + x
                let value = pixels[pixel]
                if value == nobody {
                    classes[pixel] = Annotations.unknownClass
                    continue
                }
                func isOther(_ neighbor: Int) -> Bool {
                    pixels[neighbor] != 0 && pixels[neighbor] != value && pixels[neighbor] != nobody
                }
                let touches =
                    (x > 0 && isOther(pixel - 1)) || (x + 1 < width && isOther(pixel + 1))
                    || (y > 0 && isOther(pixel - width)) || (y + 1 < height && isOther(pixel + width))
                if value != 0, !touches { classes[pixel] = 1 }
            }
        }
        return classes
    }

    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? {
        let sample = samples[index]
        if let problem = inspection.problem(withImageAt: sample.image) ?? inspection.problem(withImageAt: sample.mask) {
            return problem
        }
        guard let size = (try? ImageHeader(contentsOf: sample.image))?.size,
            let other = (try? ImageHeader(contentsOf: sample.mask))?.size, size != other
        else { return nil }
        return Problem(
            .maskSize, at: .init(file: sample.mask), "is \(other) pixels, and its image \(size)",
            remedy: "make them of one size")
    }

    public func image(at index: Int, atLeast leastSize: PixelSize?) throws(FileError) -> Image {
        try Image(contentsOf: samples[index].image, atLeast: leastSize)
    }

    public var isAnnotated: Bool { true }

    public func annotations(at index: Int, of size: PixelSize) throws(FileError) -> Annotations? {
        if kind == .instance, coding != .objects {
            return try Annotations(
                objects: objects(at: index).map { Annotations.Object(category: 1, box: $0.bounds, mask: $0) })
        }
        let mask = try mask(at: index)
        guard mask.size == size else {
            throw FileError(
                .malformed, path: samples[index].mask, reason: "is \(mask.size) pixels, and its image \(size)",
                remedy: "make them of one size")
        }
        let ignored: UInt8
        switch coding {
        case .blackAndWhite: return Annotations(classes: mask.pixels.map { $0 == 0 ? 0 : 1 })
        case .objects:
            return Annotations(
                classes: Self.separated(mask, Self.isVOC(samples[index].mask) ? VOCPalette.void : nil))
        case .classes(let value): ignored = value
        }
        if let classNames, let odd = Set(mask.pixels).filter({ Int($0) >= classNames.count && $0 != ignored }).min() {
            throw FileError(
                .malformed, path: samples[index].mask,
                reason: "has the value \(odd), and the \(classNames.count) classes are 0 to \(classNames.count - 1)",
                remedy: "correct the mask, or the list of classes")
        }
        return Annotations(
            classes: ignored == Annotations.unknownClass
                ? mask.pixels : mask.pixels.map { $0 == ignored ? Annotations.unknownClass : $0 })
    }
}
