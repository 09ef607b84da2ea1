package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining

package struct Augment: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Preview augmentations on an image and its annotations.",
        discussion: """
            Without a recipe a sheet shows every kind of augmentation, a row for each; with one, what its whole list \
            makes of the image. With --data the boxes, masks and keypoints that a COCO, VOC or YOLO data set knows \
            of the image are moved along and drawn. A look at the sheet tells whether a change is too weak to teach \
            anything, or so strong that nobody could tell what is on the image. mixUp and cutMix, which mix the images \
            of a batch, show the image with itself upside down, and how much of it is left.

            EXAMPLES:
              saccade augment cat.jpg
              saccade augment cat.jpg --recipe mnist --count 12
              saccade augment cat.jpg --recipe mnist --set 'training.augmentation=[{kind: rotate, degrees: 20}]'
              saccade augment 000000397133.jpg --data annotations.json --image-folder val2017

            \(Failure.codes)
            """)

    @Argument(help: "An image; with --data, its name in the data set.")
    var image: String

    @Option(help: "A recipe's name or file.")
    var recipe: String?

    @Option(help: "Another setting of the recipe, key=value; may be repeated.")
    var set: [String] = []

    @Option(help: "A data set with boxes that knows the image.")
    var data: String?

    @Option(
        name: [.customLong("image-folder"), .customLong("pictures")],
        help: ArgumentHelp("Where the data set's images are, if not with the boxes.", valueName: "folder"))
    var imageFolder: String?

    @Option(help: "How many examples of each.")
    var count = 5

    @Option(help: "Which examples.")
    var seed: UInt64 = 0

    @Option(help: "The sheet: PNG, SVG or PDF.")
    var output = "augmented.png"

    package func validate() throws {
        guard (1...100).contains(count) else {
            throw ValidationError("--count must be from 1 to 100, got \(count).")
        }
        guard set.isEmpty || recipe != nil else { throw ValidationError("--set changes a recipe: give --recipe.") }
        guard imageFolder == nil || data != nil else {
            throw ValidationError("--image-folder says where a data set's images are: give --data.")
        }
    }

    package func run() throws {
        let recipe = try recipe.map(resolved)
        let (original, classNames, name) = try opened()
        // COCO's persons, and nobody else's objects, have 17 keypoints whose left and right are known.
        let isPerson = original.annotations.objects.contains { $0.keypoints.count == 17 }
        let rules = Annotations.Rules(mirroredKeypoints: isPerson ? Annotations.Rules.cocoPerson : [])
        let shown = try recipe.map { try listApplied($0, to: original, rules) } ?? kindsApplied(to: original, rules)
        let items = shown.map { item($0.annotated, classNames, caption: $0.caption) }
        try ContactSheet(
            title: "Augmentations of \(name), seed \(seed)", items: items, columns: recipe == nil ? count : nil,
            side: 160
        ).write(to: output)
        print("\(output): \(items.count) images")
    }

    /// A recipe with the changes that options make.
    private func resolved(_ recipe: String) throws -> Recipe {
        let resolved = try withOptionsToBlame {
            try Recipe(
                yaml: Architecture.text(fileOrName: recipe), source: Architecture.place(of: recipe),
                overrides: set.map { try RecipeOverride($0) })
        }
        guard !resolved.settings.augmentation.isEmpty else {
            throw CommandError.data("the recipe \(recipe) has no augmentation; add one, or leave --recipe out")
        }
        return resolved
    }

    private typealias Captioned = (annotated: AnnotatedImage, caption: String)

    /// The image, and what a recipe's whole list makes of it.
    private func listApplied(
        _ recipe: Recipe, to original: AnnotatedImage, _ rules: Annotations.Rules
    ) throws -> [Captioned] {
        let list = recipe.settings.augmentation
        let preprocessing = try recipe.model.architecture.preprocessing()
        let target = Augmentation.Target(size: preprocessing.size, filter: preprocessing.filter)
        var start = original
        if list.first?.resizes != true {
            start =
                original.annotations.objects.isEmpty
                ? try AnnotatedImage(preprocessing.fitted(original.image), Annotations())
                : try original.resized(to: preprocessing.size)
        }
        var generator = SplitMix64(seed: seed)
        let examples = try (1...count).map { number in
            var annotated = start
            var shares: [String] = []
            for augmentation in list {
                let (changed, share) = try example(of: augmentation, on: annotated, target, rules, &generator)
                annotated = changed
                shares += share.map { [$0] } ?? []
            }
            return (annotated, (["\(number)"] + shares).joined(separator: " · "))
        }
        return [(original, "as it is")] + examples
    }

    /// A row of images for every kind.
    private func kindsApplied(to original: AnnotatedImage, _ rules: Annotations.Rules) throws -> [Captioned] {
        try Augmentation.examples.enumerated().flatMap { row, augmentation in
            var generator = SplitMix64(seed: seed, stream: row)
            let target = Augmentation.Target(size: augmentation.resizes ? PixelSize(width: 224, height: 224) : nil)
            return try (1...count).map { number in
                let (annotated, share) = try example(of: augmentation, on: original, target, rules, &generator)
                let caption = [number == 1 ? augmentation.name : nil, share].compactMap(\.self)
                return (annotated, caption.joined(separator: " · "))
            }
        }
    }

    /// The changed image; with a mix also how much of it is left.
    ///
    /// Training mixes an image with another of its batch. Here there is only one, which stands on its head for the
    /// other.
    private func example(
        of augmentation: Augmentation, on annotated: AnnotatedImage, _ target: Augmentation.Target,
        _ rules: Annotations.Rules, _ generator: inout SplitMix64
    ) throws -> (AnnotatedImage, share: String?) {
        guard augmentation.isBatchLevel else {
            return (try augmentation.apply(to: annotated, target: target, rules: rules, using: &generator), nil)
        }
        let (mixed, share) = augmentation.mixing(
            annotated.image, with: annotated.image.flippedVertically(), using: &generator)
        return (try AnnotatedImage(mixed, Annotations()), percent(Double(share), decimals: 0))
    }

    /// The image with what is known about it, the names of the classes, and what to call it.
    private func opened() throws -> (AnnotatedImage, classNames: [String], name: String) {
        guard let data else {
            let loaded = try Image(contentsOf: image)
            return (try AnnotatedImage(loaded, Annotations()), [], Path(image).name)
        }
        let dataset = try DetectionDataset(at: data, imageFolder: imageFolder)
        let known =
            dataset.samples.first { $0.name == image || $0.image == image }
            ?? dataset.samples.first { Path($0.name).name == image }
        guard let sample = known else {
            let some = dataset.samples.prefix(3).map(\.name).joined(separator: ", ")
            throw CommandError.data("\(data): no image is called \(image); there are \(some) …")
        }
        let loaded = try Image(contentsOf: sample.image)
        let annotated: AnnotatedImage
        do throws(GeometryError) {
            let annotations = try sample.annotations(size: loaded.size)
            annotated = try AnnotatedImage(loaded, annotations)
        } catch {
            throw CommandError.data("\(sample.place.file): \(error.description)")
        }
        return (annotated, dataset.classNames, sample.name)
    }

    private func item(_ annotated: AnnotatedImage, _ classNames: [String], caption: String) -> ContactSheet.Item {
        let objects = annotated.annotations.objects.map { object in
            Overlay.Object(
                classNames.indices.contains(object.category) ? classNames[object.category] : "", box: object.box,
                mask: object.mask, keypoints: object.keypoints)
        }
        guard !objects.isEmpty else { return ContactSheet.Item(annotated.image, caption: caption) }
        let overlay = Overlay(
            annotated.image, objects: objects, skeleton: Overlay.cocoPerson, coloring: .byObject, width: 320)
        // What cannot be drawn is shown bare rather than not at all.
        return ContactSheet.Item((try? overlay.image(scale: 1)) ?? annotated.image, caption: caption)
    }

    package init() {}
}
