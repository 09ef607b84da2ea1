public import ArgumentParser
import Foundation
import SaccadeCommandSupport
public import SaccadeDatasets
import SaccadeDrawing
import SaccadeImages

/// The name of the command; `Scenes` is the data set.
package struct DrawScenes: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "scenes",
        abstract: "Draw a synthetic data set: images with classes, boxes, masks, captions or actions. Needs no data.",
        discussion: """
            Draws scenes of one to eight objects of 24 classes (vehicles, animals, buildings, fruit, letters …) and \
            writes them as ordinary files. The same seed, size and index give the same image on every machine; \
            training and test data of one seed come from different indices (--first).

            FORMATS:
              folder     train|val/CLASS/*.png, for saccade train
              voc        Pascal VOC: boxes, class masks and instance masks
              coco       COCO: boxes, instance masks and captions
              yolo       YOLO: boxes
              masks      class masks and instance masks as grey images
              captions   COCO: five captions for each image
              sequences  films: train|val/NUMBER/*.png, and an action for each frame in labels.csv

            EXAMPLES:
              saccade scenes --count 2000 --output scenes
              saccade train scenes --data scenes
              saccade scenes --count 500 --output voc --format voc --size 320x240
              saccade scenes --count 100 --first 10000 --output test --validation 0
              saccade scenes --count 50 --output films --format sequences --frames 24

            \(Failure.codes)
            """)

    @Option(help: "How many scenes to draw.")
    var count: Int

    @Option(help: "The folder to write: a new one, or an empty one.")
    var output: String

    @Option(help: "folder, voc, coco, yolo, masks, captions or sequences.")
    var format = SceneFormat.folder

    @Option(help: "Which scenes there are.")
    var seed: UInt64 = 0

    @Option(help: "The number of the first scene.")
    var first = 0

    @Option(help: ArgumentHelp("Pixels of an image: 128x128 or 320x240.", valueName: "WxH"))
    var size = "128x128"

    @Option(help: "Objects of a scene at most, from 1 to 8.")
    var objects = Scenes.crowds.upperBound

    @Option(help: "The share of the scenes that goes to val.")
    var validation = 0.2

    @Option(help: "Frames of a film, with --format sequences.")
    var frames = 16

    @Flag(help: "Write contact-sheet.png, too: some of the scenes with their captions.")
    var sheet = false

    package func validate() throws {
        let limit = SceneExport.indices.upperBound
        guard (0..<limit).contains(first) else {
            throw ValidationError("--first must be from 0 to \(limit - 1), got \(first).")
        }
        guard (1...limit - first).contains(count) else {
            throw ValidationError("--count must be from 1 to \(limit - first), got \(count).")
        }
        guard (0..<1).contains(validation) else {
            throw ValidationError("--validation must be at least 0 and below 1, got \(validation).")
        }
        guard Scenes.crowds.contains(objects) else {
            throw ValidationError("--objects must be from 1 to \(Scenes.crowds.upperBound), got \(objects).")
        }
        guard (2...1000).contains(frames) else {
            throw ValidationError("--frames must be from 2 to 1000, got \(frames).")
        }
        _ = try pixelSize
    }

    private var pixelSize: PixelSize {
        get throws {
            let sides = size.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            let range = Scenes.sides
            guard sides.count == 2, let width = sides[0], let height = sides[1], range.contains(width),
                range.contains(height)
            else {
                throw ValidationError(
                    "--size must be WIDTHxHEIGHT, both from \(range.lowerBound) to \(range.upperBound), got \(size).")
            }
            return PixelSize(width: width, height: height)
        }
    }

    package func run() async throws {
        let scenes = Scenes(seed: seed, size: try pixelSize, crowd: objects)
        let export = SceneExport(
            scenes, first..<first + count, as: format, validationFraction: validation, frames: frames)
        let things = format == .sequences ? "films" : "scenes"
        var told = 0
        try await export.write(to: output) { done in
            // A line for each tenth of the way.
            guard done * 10 / count > told else { return }
            told = done * 10 / count
            Console.note("\(done) of \(count) \(things)")
        }
        if sheet {
            let items = (first..<first + min(count, 48)).map { index in
                let scene = scenes.scene(at: index)
                return ContactSheet.Item(scene.image, caption: scene.captions.prefix(2).joined(separator: "\n"))
            }
            try ContactSheet(title: "Scenes of seed \(seed)", items: items, side: 192)
                .write(to: "\(output)/contact-sheet.png", scale: 1)
        }
        print("\(count) \(things) of \(Scenes.classNames.count) classes are in \(output).")
    }

    package init() {}
}

extension SceneFormat: ExpressibleByArgument {}
