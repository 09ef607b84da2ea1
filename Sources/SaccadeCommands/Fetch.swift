package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeWeights

package struct Fetch: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Download published weights, cached.",
        discussion: """
            A transfer that was cut off goes on where it was. What has come is compared with its SHA-256 before it takes \
            its name. The weights are kept in $XDG_CACHE_HOME/saccade/weights, or ~/.cache/saccade/weights; what PyTorch \
            has downloaded is found too. From then on the name stands for the network with these weights.

            EXAMPLES:
              saccade fetch resnet50
              saccade fetch --list
              saccade classify resnet50 photo.jpg

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("Which: the name of a network, such as resnet-50 or vgg16_bn.", valueName: "name"))
    var name: String?

    @Flag(help: "List what there is, and what is here already.")
    var list = false

    @Option(help: ArgumentHelp("Another address under which the same files lie.", valueName: "http://…/"))
    var mirror: String?

    package func validate() throws {
        guard list != (name != nil) else { throw ValidationError("Give the name of a network, or --list.") }
        if let name, WeightsCard.named(name) == nil {
            throw ValidationError("\(WeightsCard.problem(withName: name)).")
        }
    }

    package func run() async throws {
        let cache = WeightsCache()
        guard let name, let card = WeightsCard.named(name) else { return print(Self.table(cache)) }
        let place = cache.place(of: card)
        if let file = cache.file(of: card) {
            guard try card.isWhole(at: file) else {
                throw CommandError.data(
                    "\(file): this is not \(card.file), or damaged: its SHA-256 does not begin with \(card.hashPrefix); "
                        + "delete it and fetch again")
            }
            return print("\(file): here already, and whole")
        }
        let url = mirror.map { ($0.hasSuffix("/") ? $0 : $0 + "/") + card.file } ?? card.url
        let bar = ShareBar(card.file)
        do {
            defer { bar.end() }
            try await Download(url, to: place, hashPrefix: card.hashPrefix).run { done, total in
                bar.show(
                    total.map { Double(done) / Double(max($0, 1)) },
                    bytes(done) + (total.map { " of \(bytes($0))" } ?? ""))
            }
        } catch let error as FileError where error.code == .unreachable {
            throw FileError(
                .unreachable, path: error.path, reason: error.reason,
                remedy: "\(error.remedy). Or put the file \(card.file) from another machine here: \(place)")
        }
        switch card.score {
        case .imageNet(let top1, _):
            print("\(place): whole, \(percent(top1 / 100)) of ImageNet’s images right as published")
            print("Next: saccade classify \(card.name) IMAGE.jpg")
        case .voc(let meanIoU, _):
            print("\(place): whole, mean IoU \(percent(meanIoU / 100)) on Pascal VOC’s classes as published")
            print("Next: saccade segment \(card.name) IMAGE.jpg")
        case .coco:
            print("\(place): whole, \(card.score.text) on COCO’s val2017 as published")
            print("Next: saccade detect \(card.name) IMAGE.jpg")
        }
    }

    private static func table(_ cache: WeightsCache) -> String {
        var table = TextTable([
            .init("name"), .init("parameters", .right), .init("as published"), .init("file"), .init("here"),
        ])
        for card in WeightsCard.all {
            table.append([
                card.name, grouped(card.parameterCount), card.score.text, card.file,
                cache.file(of: card) == nil ? "" : "yes",
            ])
        }
        return table.text
            + "\n\nTorchvision’s weights, for ImageNet’s, Pascal VOC’s and COCO’s classes; they come to \(cache.folder)."
    }

    package init() {}
}

extension WeightsCard.Score {
    /// As people read it.
    fileprivate var text: String {
        switch self {
        case .imageNet(let top1, let top5): "top-1 \(percent(top1 / 100)), top-5 \(percent(top5 / 100))"
        case .voc(let meanIoU, let accuracy):
            "mean IoU \(percent(meanIoU / 100)), pixels \(percent(accuracy / 100))"
        case .coco(let box, let mask):
            "box AP \(percent(box / 100))" + (mask.map { ", mask AP \(percent($0 / 100))" } ?? "")
        }
    }
}
