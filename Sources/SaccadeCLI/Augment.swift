import ArgumentParser
import Foundation
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

struct Augment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what augmentations make of a picture, and of what is known about it.",
        discussion: """
            Without a recipe a sheet shows every kind of augmentation, a row for each; with one, what its whole list \
            makes of the picture. With --data the boxes, masks and keypoints that a COCO, VOC or YOLO data set knows \
            of the picture are moved along and drawn. A look at the sheet tells whether a change is too weak to teach \
            anything, or so strong that nobody could tell what is on the picture.

            EXAMPLES:
              saccade augment cat.jpg
              saccade augment cat.jpg --recipe mnist --count 12
              saccade augment cat.jpg --recipe mnist --set 'training.augmentation=[{kind: rotate, degrees: 20}]'
              saccade augment 000000397133.jpg --data annotations.json --pictures val2017

            \(Failure.codes)
            """)

    @Argument(help: "A picture; with --data, its name in the data set.")
    var picture: String

    @Option(help: "A recipe's name or file.")
    var recipe: String?

    @Option(help: "Another setting of the recipe, key=value; may be repeated.")
    var set: [String] = []

    @Option(help: "A data set with boxes that knows the picture.")
    var data: String?

    @Option(help: ArgumentHelp("Where the data set's pictures are, if not with the boxes.", valueName: "folder"))
    var pictures: String?

    @Option(help: "How many examples of each.")
    var count = 5

    @Option(help: "Which examples.")
    var seed: UInt64 = 0

    @Option(help: "The sheet: PNG, SVG or PDF.")
    var output = "augmented.png"

    func validate() throws {
        guard (1...100).contains(count) else {
            throw ValidationError("--count must be from 1 to 100, got \(count).")
        }
        guard set.isEmpty || recipe != nil else { throw ValidationError("--set changes a recipe: give --recipe.") }
        guard pictures == nil || data != nil else {
            throw ValidationError("--pictures says where a data set's pictures are: give --data.")
        }
    }

    func run() throws {
        let (original, classNames, name) = try opened()
        var items: [ContactSheet.Item] = []
        // COCO's persons, and nobody else's objects, have 17 keypoints whose left and right are known.
        let isPerson = original.annotations.objects.contains { $0.keypoints.count == 17 }
        let rules = Annotations.Rules(mirroredKeypoints: isPerson ? Annotations.Rules.cocoPerson : [])
        if let recipe {
            let resolved = try Recipe(
                yaml: Architecture.text(fileOrName: recipe), source: Architecture.place(of: recipe),
                overrides: set.map { try RecipeOverride($0) })
            let list = resolved.settings.augmentation
            guard !list.isEmpty else {
                throw CommandError.data("the recipe \(recipe) has no augmentation; add one, or leave --recipe out")
            }
            let preprocessing = try resolved.architecture.preprocessing()
            let target = Augmentation.Target(size: preprocessing.size, filter: preprocessing.filter)
            items.append(item(original, classNames, caption: "as it is"))
            var generator = SplitMix64(seed: seed)
            for number in 1...count {
                var picture = original
                if list.first?.isFraming != true {
                    picture =
                        original.annotations.objects.isEmpty
                        ? try AnnotatedImage(preprocessing.fitted(original.image), Annotations())
                        : try original.resized(to: preprocessing.size)
                }
                for augmentation in list {
                    picture = try augmentation.apply(to: picture, target: target, rules: rules, using: &generator)
                }
                items.append(item(picture, classNames, caption: "\(number)"))
            }
        } else {
            for (row, augmentation) in Augmentation.examples.enumerated() {
                var generator = SplitMix64(seed: seed, stream: row)
                let target = Augmentation.Target(
                    size: augmentation.isFraming ? PixelSize(width: 224, height: 224) : nil)
                for number in 1...count {
                    let picture = try augmentation.apply(
                        to: original, target: target, rules: rules, using: &generator)
                    items.append(item(picture, classNames, caption: number == 1 ? augmentation.name : ""))
                }
            }
        }
        let columns = recipe == nil ? count : nil
        try ContactSheet(title: "Augmentations of \(name), seed \(seed)", items: items, columns: columns, side: 160)
            .write(to: output)
        print("\(output): \(items.count) pictures")
    }

    /// The picture with what is known about it, the names of the classes, and what to call it.
    private func opened() throws -> (AnnotatedImage, classNames: [String], name: String) {
        guard let data else {
            let image = try Image(contentsOf: picture)
            return (try AnnotatedImage(image, Annotations()), [], (picture as NSString).lastPathComponent)
        }
        let dataset = try DetectionDataset(at: data, pictures: pictures)
        let known =
            dataset.samples.first { $0.name == picture || $0.image == picture }
            ?? dataset.samples.first { ($0.name as NSString).lastPathComponent == picture }
        guard let sample = known else {
            let some = dataset.samples.prefix(3).map(\.name).joined(separator: ", ")
            throw CommandError.data("\(data): no picture is called \(picture); there are \(some) …")
        }
        let image = try Image(contentsOf: sample.image)
        let annotated: AnnotatedImage
        do throws(GeometryError) {
            let annotations = try sample.annotations(size: image.size)
            annotated = try AnnotatedImage(image, annotations)
        } catch {
            throw CommandError.data("\(sample.place.file): \(error.description)")
        }
        return (annotated, dataset.classNames, sample.name)
    }

    private func item(_ picture: AnnotatedImage, _ classNames: [String], caption: String) -> ContactSheet.Item {
        let objects = picture.annotations.objects.map { object in
            Overlay.Object(
                classNames.indices.contains(object.category) ? classNames[object.category] : "", box: object.box,
                mask: object.mask, keypoints: object.keypoints)
        }
        guard !objects.isEmpty else { return ContactSheet.Item(picture.image, caption: caption) }
        let overlay = Overlay(
            picture.image, objects: objects, skeleton: Overlay.cocoPerson, coloring: .byObject, width: 320)
        // What cannot be drawn is shown bare rather than not at all.
        return ContactSheet.Item((try? overlay.image(scale: 1)) ?? picture.image, caption: caption)
    }
}
