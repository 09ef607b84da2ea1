import ArgumentParser
import SaccadeCommandSupport
import SaccadeGeometry
import SaccadeModels
import SaccadeTensors

/// `saccade explain roi-pool`.
struct ExplainRoIPool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roi-pool",
        abstract: "RoI max pooling and RoIAlign of one region of a small map, on plain numbers.",
        discussion: """
            A region in pixels of an image is brought to a map of its features, and divided into the same number of bins \
            whatever its size. RoI pooling rounds it to elements of the map, and keeps the largest of each bin (Fast R-CNN, \
            2015); RoIAlign rounds nothing, and takes the mean of samples between the elements (Mask R-CNN, 2017).

            Edges may be out of order, beyond the map or one on the other: what the operations make of that is shown.

            EXAMPLES:
              saccade explain roi-pool
              saccade explain roi-pool --box 12,36,116,100 --size 2x3 --output roi-pool.svg
              saccade explain roi-pool --input '[[1,2,3],[4,5,6],[7,8,9]]' --box 0,0,2,2 --scale 1 --size 1x1
              saccade explain roi-pool --box 90,40,30,90 --aligned

            \(Failure.codes)
            """)

    @Option(
        help: ArgumentHelp("The map: rows of numbers.", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var input: NumberArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The region: its edges in pixels. Default: all of a map that is given, else an example.",
            valueName: "x1,y1,x2,y2"),
        transform: BoxArgument.init(transforming:))
    var box: BoxArgument?

    @Option(
        help: ArgumentHelp("Rows and columns of bins, at most 16. Default: 2x2.", valueName: "HxW"),
        transform: Pair.init(sizeText:))
    var size: Pair?

    @Option(
        help: ArgumentHelp("From pixels to elements of the map. Default: 1/16.", valueName: "number"),
        transform: ScaleArgument.init(transforming:))
    var scale: ScaleArgument?

    @Option(help: "RoIAlign’s samples of a bin along each axis, 1 to 8.")
    var samples = 2

    @Flag(help: "Take elements for squares, the first of which begins at 0. Default: as in torchvision’s detectors.")
    var aligned = false

    @OptionGroup var options: ExampleOptions

    private static let map: [[Double]] = [
        [1, 0, 2, 1, 0, 3, 1, 0],
        [0, 4, 1, 3, 2, 0, 5, 1],
        [2, 1, 7, 2, 1, 4, 0, 2],
        [3, 5, 2, 8, 3, 1, 6, 1],
        [1, 2, 4, 9, 2, 5, 3, 0],
        [0, 6, 1, 2, 7, 3, 1, 4],
        [4, 1, 3, 5, 0, 8, 2, 1],
        [1, 2, 0, 1, 3, 2, 4, 0],
    ]

    func run() throws {
        let lesson = try workedOut {
            let map = try input?.grid ?? NumberGrid(Self.map)
            let scale = scale?.value ?? 1 / 16
            let whole = Box(left: 0, top: 0, right: Double(map.width) / scale, bottom: Double(map.height) / scale)
            let example = Box(left: 18, top: 36, right: 100, bottom: 100)
            let region = try MappedRegion(box?.box ?? (input == nil ? example : whole), scale: scale)
            let size = size ?? 2
            return RoIPoolLesson(
                pooling: try RegionPoolingExample(map, region: region, size: size),
                alignment: try RegionAlignExample(
                    map, region: region, size: size, samples: samples, isAligned: aligned))
        }
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }
}
