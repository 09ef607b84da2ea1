import ArgumentParser
import SaccadeCommandSupport
import SaccadeImages
import SaccadeProposals

/// `saccade explain selective-search`.
struct ExplainSelectiveSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selective-search",
        abstract: "Selective search of an image: its regions, what is merged with what and why, and the boxes.",
        discussion: """
            The image is cut into small regions by their colours. Then the two most similar neighbours become one, again \
            and again, until the image is one region; the box around each region on the way may hold an object. That is \
            done with several strategies, of which one is shown step by step.

            The picture shows the regions at several levels of that hierarchy, below them the boxes around those that \
            are large enough to be proposed, and how alike neighbours were that were merged.

            EXAMPLES:
              saccade explain selective-search photo.jpg
              saccade explain selective-search photo.jpg --output grouping.png
              saccade explain selective-search photo.jpg --mode quality --limit 2000 --json

            \(Failure.codes)
            """)

    enum Mode: String, CaseIterable, ExpressibleByArgument {
        case fast, quality

        var search: SelectiveSearch { self == .fast ? .fast : .quality }
    }

    @Argument(help: ArgumentHelp("An image: JPEG, PNG, WebP, GIF, BMP or TIFF.", valueName: "image"))
    var image: String

    @Option(help: "How much is tried: fast (8 strategies) or quality (80).")
    var mode = Mode.fast

    @Option(help: "The strategy that is shown step by step, by its number.")
    var strategy = 1

    @Option(help: "How many boxes to propose at most. Default: all.")
    var limit: Int?

    @Option(help: "Where the random part of the boxes’ order begins.")
    var seed: UInt64 = 0

    @OptionGroup var options: ExampleOptions

    func validate() throws {
        let count = mode.search.strategies.count
        guard (1...count).contains(strategy) else {
            throw ValidationError("--strategy must be from 1 to \(count) in \(mode) mode, got \(strategy).")
        }
        guard limit ?? 0 >= 0 else { throw ValidationError("--limit must be 0 or more, got \(limit ?? 0).") }
    }

    func run() throws {
        let loaded = try Image(contentsOf: image)
        var search = mode.search
        (search.limit, search.seed) = (limit, seed)
        let lesson: SelectiveSearchLesson
        do {
            lesson = SelectiveSearchLesson(
                try search.proposals(in: loaded, keepingHierarchies: true), of: loaded, named: image, by: search,
                shown: strategy - 1)
        } catch {
            throw CommandError.data("\(image): \(error)")
        }
        try options.show(lesson.text, json: lesson, lesson.figure)
    }
}
