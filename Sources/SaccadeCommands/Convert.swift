package import ArgumentParser
import SaccadeCommandSupport
import SaccadeDatasets

package struct Convert: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Convert weights, or a detection data set, from one format to another.",
        discussion: """
            What IN is decides. Weights (.pth, .pt, .th, .safetensors, .npy, or those of a run) become what the ending \
            of OUT says, number for number in their own types; a .pth opens in PyTorch with weights_only.

            A network with its weights becomes ONNX where OUT ends with .onnx: IN is a run, a file of weights that says \
            its network or is told it by --arch, or a built-in network. The weights of an .onnx file become any of the \
            other formats.

            A data set in Pascal VOC, COCO or YOLO becomes another of the three: boxes come back to the millionth of a \
            pixel. What the new format has no room for is listed at the end, and so is how many records were left out \
            because they make no sense; saccade check tells which.

            EXAMPLES:
              saccade convert resnet18-f37072fd.pth resnet18.safetensors
              saccade convert my-run for-pytorch.pth
              saccade convert weights.pth first.npy --tensor conv1.weight
              saccade convert my-run model.onnx
              saccade convert resnet18-f37072fd.pth resnet18.onnx --arch resnet-18
              saccade convert my-segmenter model.onnx --free-size
              saccade convert VOC2012 voc-as-coco --format coco
              saccade convert photos.yaml boxes --format voc --images link
              saccade convert annotations.json out --format yolo --segments --image-folder photos

            \(Failure.codes)
            """)

    @Argument(
        help: ArgumentHelp(
            "A file of weights; or a data set: its folder, or the file that describes it.", valueName: "in")
    )
    var input: String

    @Argument(help: ArgumentHelp("The new file of weights, or a new folder.", valueName: "out"))
    var output: String

    @Option(help: ArgumentHelp("Of weights, only this tensor. May be given often.", valueName: "name"))
    var tensor: [String] = []

    @Option(
        help: ArgumentHelp(
            "For ONNX, the network whose weights IN holds: a built-in one, or a recipe.", valueName: "name"))
    var arch: String?

    @Option(help: ArgumentHelp("For ONNX, fresh random weights for the network IN.", valueName: "seed"))
    var seed: UInt64?

    @Flag(help: "For ONNX, leave height and width open, where the network can take other sizes.")
    var freeSize = false

    @Option(
        help: ArgumentHelp("The data set’s new format.", valueName: "coco|voc|yolo"),
        transform: { try formatNamed($0, among: DetectionDataset.Format.allCases) })
    var format: DetectionDataset.Format?

    @Option(
        help: ArgumentHelp("Its old format, if it is not to be found out.", valueName: "coco|voc|yolo"),
        transform: { try formatNamed($0, among: DetectionDataset.Format.allCases, option: "--from") })
    var from: DetectionDataset.Format?

    @Option(
        name: [.customLong("image-folder"), .customLong("pictures")],
        help: ArgumentHelp("Where its images are, if not with the boxes.", valueName: "folder"))
    var imageFolder: String?

    @Option(
        help: ArgumentHelp("What becomes of its images (default: copy).", valueName: "copy|link|none"),
        transform: { try formatNamed($0, among: DetectionDataset.Images.allCases, option: "--images") })
    var images: DetectionDataset.Images?

    @Flag(help: "For YOLO: write outlines in place of boxes where an object has one.")
    var segments = false

    @Flag(help: "Print JSON about a data set.")
    var json = false

    private var isAboutONNX: Bool { format == nil && ConvertONNX.isMeant(from: input, to: output) }
    private var isAboutWeights: Bool { format == nil && ConvertWeights.isMeant(from: input, to: output) }

    package func validate() throws {
        guard RunONNX.isMeant(output) || (arch == nil && seed == nil && !freeSize) else {
            throw ValidationError("--arch, --seed and --free-size are for an OUT that ends with .onnx.")
        }
        guard arch == nil || seed == nil else { throw ValidationError("Give --arch or --seed, not both.") }
        if isAboutWeights || isAboutONNX {
            guard from == nil, imageFolder == nil, images == nil, !segments, !json else {
                throw ValidationError("--from, --image-folder, --images, --segments and --json are for data sets only.")
            }
            guard tensor.isEmpty || !RunONNX.isMeant(output) else {
                throw ValidationError("--tensor is for files of weights only: a network needs all of them.")
            }
            return isAboutONNX
                ? try ConvertONNX.validate(from: input, to: output) : try ConvertWeights.validate(output: output)
        }
        guard let format else {
            throw ValidationError("Give --format coco, voc or yolo: what the data set is to become.")
        }
        guard !segments || format == .yolo else { throw ValidationError("--segments is for --format yolo only.") }
        guard tensor.isEmpty else { throw ValidationError("--tensor is for weights only.") }
    }

    package func run() throws {
        if let format {
            try ConvertDataset.run(
                from: input, to: output, format: format, from: from, imageFolder: imageFolder, images: images ?? .copy,
                segments: segments, json: json)
        } else if isAboutONNX {
            try ConvertONNX.run(from: input, to: output, only: tensor, arch: arch, seed: seed, hasFreeSizes: freeSize)
        } else {
            try ConvertWeights.run(from: input, to: output, only: tensor)
        }
    }

    package init() {}
}
