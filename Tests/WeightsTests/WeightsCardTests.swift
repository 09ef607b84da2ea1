import Foundation
import SaccadeFiles
import SaccadeImages
import Testing

@testable import SaccadeWeights

@Suite struct WeightsCardTests {
    @Test("every card names a file with eight digits of its hash, once")
    func cards() {
        #expect(WeightsCard.all.count == 22)
        #expect(Set(WeightsCard.all.map(\.file)).count == 22)
        #expect(Set(WeightsCard.all.map(\.name)).count == 22)
        for card in WeightsCard.all {
            #expect(card.hashPrefix.wholeMatch(of: /[0-9a-f]{8}/) != nil, "\(card.file)")
            #expect(card.url == "https://download.pytorch.org/models/\(card.file)")
            switch card.score {
            case .imageNet(let top1, let top5):
                #expect(top1 < top5 && top5 < 100)
                #expect(card.preprocessing.shape == [3, 224, 224])
            case .voc(let meanIoU, let accuracy):
                #expect(meanIoU < accuracy && accuracy < 100)
                #expect(card.preprocessing.resizing == .centerCrop(shortSide: 520))
            case .coco(let box, let mask):
                #expect(box < 100 && mask ?? 0 < box)
                #expect(card.preprocessing.resizing == .fit(shortSide: 800, longSide: 1333))
                #expect(card.frozenEpsilon == 0)
            }
        }
        #expect(WeightsCard.named("resnet50")?.hashPrefix == "0676ba61")
        #expect(WeightsCard.named("resnet50")?.parameterCount == 25_557_032)
    }

    @Test("cards say what torchvision says")
    func torchvision() throws {
        struct Fixture: Decodable {
            struct Card: Decodable {
                let name: String, url: String, parameterCount: Int, top1: Double, top5: Double
                let crop: Int, shortSide: Int, mean: [Float], std: [Float]
            }
            struct Segmenter: Decodable {
                let name: String, url: String, parameterCount: Int, meanIoU: Double, pixelAccuracy: Double
                let shortSide: Int, mean: [Float], std: [Float], classes: [String]
            }
            struct Detector: Decodable {
                let name: String, url: String, parameterCount: Int, boxAP: Double, maskAP: Double?
                let classes: [String]
            }
            let cards: [Card], segmenters: [Segmenter], detectors: [Detector], classCount: Int,
                classes: [String: String]
        }
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/weights_cards.json")
        let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
        #expect(
            fixture.cards.count + fixture.segmenters.count + fixture.detectors.count == WeightsCard.all.count)
        for theirs in fixture.cards {
            let ours = try #require(WeightsCard.named(theirs.name), "\(theirs.name)")
            #expect(ours.url == theirs.url && ours.parameterCount == theirs.parameterCount)
            #expect(ours.score == .imageNet(top1: theirs.top1, top5: theirs.top5))
            #expect(ours.preprocessing.resizing == .centerCrop(shortSide: theirs.shortSide))
            #expect(ours.preprocessing.height == theirs.crop && ours.preprocessing.width == theirs.crop)
            // Torchvision's GoogLeNet turns its numbers round itself: (x · std + mean − 0.5) / 0.5.
            let isSymmetric = theirs.name == "googlenet"
            #expect(ours.preprocessing.mean == (isSymmetric ? [0.5, 0.5, 0.5] : theirs.mean))
            #expect(ours.preprocessing.standardDeviation == (isSymmetric ? [0.5, 0.5, 0.5] : theirs.std))
        }
        for theirs in fixture.segmenters {
            let ours = try #require(WeightsCard.named(theirs.name), "\(theirs.name)")
            #expect(ours.url == theirs.url && ours.parameterCount == theirs.parameterCount)
            #expect(ours.score == .voc(meanIoU: theirs.meanIoU, pixelAccuracy: theirs.pixelAccuracy))
            #expect(ours.preprocessing.resizing == .centerCrop(shortSide: theirs.shortSide))
            #expect(ours.preprocessing.mean == theirs.mean && ours.preprocessing.standardDeviation == theirs.std)
            // Torchvision writes underscores around the background.
            #expect(ours.classNames == theirs.classes.map { $0.replacing("__", with: "") })
        }
        for theirs in fixture.detectors {
            let ours = try #require(WeightsCard.named(theirs.name), "\(theirs.name)")
            #expect(ours.url == theirs.url && ours.parameterCount == theirs.parameterCount)
            #expect(ours.score == .coco(boxAP: theirs.boxAP, maskAP: theirs.maskAP))
            // The background is no class that is found.
            #expect(ours.classNames.count == 90 && ours.classNames == Array(theirs.classes.dropFirst()))
        }
        #expect(ImageNetClasses.names.count == fixture.classCount)
        for (index, name) in fixture.classes { #expect(ImageNetClasses.names[Int(index) ?? 0] == name) }
    }

    @Test(
        "a network is called as here or as in torchvision",
        arguments: [
            ("resnet50", "resnet-50"), ("ResNet-50", "resnet-50"), ("vgg16_bn", "vgg-16-bn"),
            ("vgg-16-bn", "vgg-16-bn"),
            ("resnet152-v2", "resnet-152-v2"), ("alexnet", "alexnet"),
            ("maskrcnn_resnet50_fpn", "maskrcnn-resnet-50-fpn"),
        ])
    func names(spelling: String, name: String) {
        #expect(WeightsCard.named(spelling)?.name == name)
        #expect(WeightsCard.named("resnet-51") == nil)
        #expect(WeightsCard.problem(withName: "resnet-51").contains("did you mean resnet-50?"))
        #expect(WeightsCard.of(file: "a/b/resnet50-11ad3fa6.pth")?.name == "resnet-50-v2")
    }

    @Test("the thousand classes are ImageNet's, in order")
    func classes() {
        #expect(ImageNetClasses.names.count == 1000)
        // Numbers that every user of ImageNet knows.
        #expect(ImageNetClasses.names[0] == "tench" && ImageNetClasses.names[207] == "golden retriever")
        #expect(ImageNetClasses.names[281] == "tabby" && ImageNetClasses.names[999] == "toilet tissue")
    }

    @Test("the cache follows the desktop's rules, and finds what PyTorch has downloaded")
    func cache() throws {
        let folder = NSTemporaryDirectory() + "saccade-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(WeightsCache(environment: ["HOME": "/h"]).folder == "/h/.cache/saccade/weights")
        #expect(
            WeightsCache(environment: ["HOME": "/h", "XDG_CACHE_HOME": "rel"]).folder == "/h/.cache/saccade/weights")
        let cache = WeightsCache(environment: ["HOME": "/h", "XDG_CACHE_HOME": folder])
        #expect(cache.folder == folder + "/saccade/weights")
        let card = try #require(WeightsCard.named("resnet18"))
        #expect(cache.file(of: card) == nil)
        let torch = folder + "/torch/hub/checkpoints"
        try FileManager.default.createDirectory(atPath: torch, withIntermediateDirectories: true)
        try Data([1]).write(to: URL(fileURLWithPath: torch + "/resnet18-f37072fd.pth"))
        #expect(cache.file(of: card) == torch + "/resnet18-f37072fd.pth")
        #expect(try !card.isWhole(at: torch + "/resnet18-f37072fd.pth"))
    }

    @Test(
        "SHA-256 of the standard's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func hash(text: String, expected: String) throws {
        let path = NSTemporaryDirectory() + "saccade-hash-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try FileHash.sha256(of: path) == expected)
    }

    @Test("SHA-256 of a file of more than one piece")
    func longHash() throws {
        let path = NSTemporaryDirectory() + "saccade-hash-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // FIPS 180-2, appendix B.3, is a million; the piece that is read at a time is 2²⁰, so three of them take three.
        let million = Data(repeating: UInt8(ascii: "a"), count: 1_000_000)
        try million.write(to: URL(fileURLWithPath: path))
        #expect(
            try FileHash.sha256(of: path) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        try (million + million + million).write(to: URL(fileURLWithPath: path))
        #expect(
            try FileHash.sha256(of: path) == "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4")
    }
}
