public import SaccadeFiles
public import SaccadeImages
import SaccadeSettings

/// What is known of weights that somebody has published: where they are, how to tell that they came whole, how images
/// were prepared for them, and how well they did.
public struct WeightsCard: Sendable {
    /// What the program calls them, such as `resnet-50`.
    public let name: String
    /// The network they belong to, such as `resnet-50`.
    public let architecture: String
    /// The name of the file; behind its last hyphen stand the first eight hexadecimal digits of its SHA-256.
    public let file: String
    /// Of the network, without what only training has.
    public let parameterCount: Int
    /// How well they did.
    public let score: Score
    /// How images are prepared.
    public let preprocessing: Preprocessing
    /// What the frozen batch norms of a detector add to their variances with these weights; nil of networks without such.
    public let frozenEpsilon: Float?

    /// As published, in percent.
    public enum Score: Sendable, Hashable {
        /// Of ImageNet's validation images those whose class came first, and among the first five.
        case imageNet(top1: Double, top5: Double)
        /// On the images of COCO's val2017 that have Pascal VOC's classes, which they learnt from COCO.
        case voc(meanIoU: Double, pixelAccuracy: Double)
        /// COCO's average precision on val2017, of boxes and, where the network finds them, of masks.
        case coco(boxAP: Double, maskAP: Double?)
    }

    /// Where to download them.
    public var url: String { Self.folder + file }

    /// The beginning of the file's SHA-256, in hexadecimal.
    public var hashPrefix: String {
        let stem = file.split(separator: ".").first ?? ""
        return stem.split(separator: "-").last.map(String.init) ?? ""
    }

    /// The names of the classes, in the order of the outputs.
    public var classNames: [String] {
        switch score {
        case .imageNet: ImageNetClasses.names
        case .voc: VOCClasses.names
        case .coco: COCOClasses.names
        }
    }

    private static let folder = "https://download.pytorch.org/models/"

    private init(
        _ name: String, of architecture: String? = nil, _ file: String, _ parameterCount: Int, _ top1: Double,
        _ top5: Double, shortSide: Int = 256, isSymmetric: Bool = false
    ) {
        self.name = name
        self.architecture = architecture ?? name
        self.file = file
        self.parameterCount = parameterCount
        score = .imageNet(top1: top1, top5: top5)
        frozenEpsilon = nil
        preprocessing = Preprocessing(
            height: 224, width: 224, channels: 3, resizing: .centerCrop(shortSide: shortSide),
            mean: isSymmetric ? [0.5, 0.5, 0.5] : [0.485, 0.456, 0.406],
            standardDeviation: isSymmetric ? [0.5, 0.5, 0.5] : [0.229, 0.224, 0.225])
    }

    /// For segmentation: the whole image, no part cut out.
    private init(
        _ name: String, _ file: String, _ parameterCount: Int, meanIoU: Double, pixelAccuracy: Double
    ) {
        (self.name, architecture, self.file, self.parameterCount) = (name, name, file, parameterCount)
        score = .voc(meanIoU: meanIoU, pixelAccuracy: pixelAccuracy)
        frozenEpsilon = nil
        preprocessing = Preprocessing(
            height: 520, width: 520, channels: 3, resizing: .centerCrop(shortSide: 520), mean: [0.485, 0.456, 0.406],
            standardDeviation: [0.229, 0.224, 0.225])
    }

    /// For detection: the whole image, its proportions kept.
    ///
    /// These weights were learnt with batch norms that add nothing to their variances, and torchvision sets its norms' epsilon
    /// to 0 when it loads them itself (`overwrite_eps`).
    private init(_ name: String, _ file: String, _ parameterCount: Int, boxAP: Double, maskAP: Double? = nil) {
        (self.name, architecture, self.file, self.parameterCount) = (name, name, file, parameterCount)
        score = .coco(boxAP: boxAP, maskAP: maskAP)
        frozenEpsilon = 0
        preprocessing = Preprocessing(
            height: 800, width: 800, channels: 3, resizing: .fit(shortSide: 800, longSide: 1333),
            mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
    }

    /// Torchvision's weights, as its 0.29 describes them in `torchvision/models/*.py`. Those with `-v2` were trained by
    /// a newer recipe.
    ///
    /// GoogLeNet's were trained on brightness from −1 to 1, to which torchvision brings its usual numbers by
    /// `transform_input`; here the images are so from the start, which is the same.
    public static let all = [
        WeightsCard("alexnet", "alexnet-owt-7be5be79.pth", 61_100_840, 56.522, 79.066),
        WeightsCard("vgg-11", "vgg11-8a719046.pth", 132_863_336, 69.02, 88.628),
        WeightsCard("vgg-11-bn", "vgg11_bn-6002323d.pth", 132_868_840, 70.37, 89.81),
        WeightsCard("vgg-13", "vgg13-19584684.pth", 133_047_848, 69.928, 89.246),
        WeightsCard("vgg-13-bn", "vgg13_bn-abd245e5.pth", 133_053_736, 71.586, 90.374),
        WeightsCard("vgg-16", "vgg16-397923af.pth", 138_357_544, 71.592, 90.382),
        WeightsCard("vgg-16-bn", "vgg16_bn-6c64b313.pth", 138_365_992, 73.36, 91.516),
        WeightsCard("vgg-19", "vgg19-dcbb9e9d.pth", 143_667_240, 72.376, 90.876),
        WeightsCard("vgg-19-bn", "vgg19_bn-c79401a0.pth", 143_678_248, 74.218, 91.842),
        WeightsCard("googlenet", "googlenet-1378be20.pth", 6_624_904, 69.778, 89.53, isSymmetric: true),
        WeightsCard("resnet-18", "resnet18-f37072fd.pth", 11_689_512, 69.758, 89.078),
        WeightsCard("resnet-34", "resnet34-b627a593.pth", 21_797_672, 73.314, 91.42),
        WeightsCard("resnet-50", "resnet50-0676ba61.pth", 25_557_032, 76.13, 92.862),
        WeightsCard(
            "resnet-50-v2", of: "resnet-50", "resnet50-11ad3fa6.pth", 25_557_032, 80.858, 95.434, shortSide: 232),
        WeightsCard("resnet-101", "resnet101-63fe2227.pth", 44_549_160, 77.374, 93.546),
        WeightsCard(
            "resnet-101-v2", of: "resnet-101", "resnet101-cd907fc2.pth", 44_549_160, 81.886, 95.78, shortSide: 232),
        WeightsCard("resnet-152", "resnet152-394f9c45.pth", 60_192_808, 78.312, 94.046),
        WeightsCard(
            "resnet-152-v2", of: "resnet-152", "resnet152-f82ba261.pth", 60_192_808, 82.284, 96.002, shortSide: 232),
        WeightsCard(
            "fcn-resnet-50", "fcn_resnet50_coco-1167a1af.pth", 35_322_218, meanIoU: 60.5, pixelAccuracy: 91.4),
        WeightsCard(
            "fcn-resnet-101", "fcn_resnet101_coco-7ecb50ca.pth", 54_314_346, meanIoU: 63.7, pixelAccuracy: 91.9),
        WeightsCard(
            "fasterrcnn-resnet-50-fpn", "fasterrcnn_resnet50_fpn_coco-258fb6c6.pth", 41_755_286, boxAP: 37.0),
        WeightsCard(
            "maskrcnn-resnet-50-fpn", "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth", 44_401_393, boxAP: 37.9,
            maskAP: 34.6),
    ]

    /// The card of a name in any spelling, such as `resnet50`, `vgg16_bn` or `ResNet-50-V2`.
    ///
    /// - Returns: `nil` where there is none.
    public static func named(_ name: String) -> WeightsCard? {
        all.first { letters(of: $0.name) == letters(of: name) }
    }

    /// The card of a file by its name; `nil` where it is none of these.
    public static func of(file path: String) -> WeightsCard? {
        let file = path.split(separator: "/").last.map(String.init)
        return all.first { $0.file == file }
    }

    /// Why there is no card of a name, and which was meant.
    public static func problem(withName name: String) -> String {
        let names = all.map(\.name)
        let guess = nearest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
        return "no published weights are called \(name); \(guess)There are \(names.joined(separator: ", "))"
    }

    private static func letters(of name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
}

extension WeightsCard {
    /// Whether a file is this one, by its SHA-256.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public func isWhole(at path: String) throws(FileError) -> Bool {
        try FileHash.sha256(of: path).hasPrefix(hashPrefix)
    }
}
