import SaccadeGeometry
import SaccadeImages
import Testing

@testable import SaccadeProposals

@Suite struct SelectiveSearchTests {
    let image = Image.patches(120, 90, noise: 20, seed: 4)

    @Test("the paper's settings")
    func settings() {
        #expect(SelectiveSearch.fast.strategies.count == 8)
        #expect(SelectiveSearch.quality.strategies.count == 80)
        let last = SelectiveSearch.quality.strategies[79]
        #expect(last == .init(colorSpace: .intensity, scale: 300, measures: .size))
        #expect(SelectiveSearch.quality.similarities.map(\.description) == ["C+T+S+F", "T+S+F", "F", "S"])
    }

    @Test("boxes lie in the image, are large enough and differ")
    func boxes() throws {
        let proposals = try SelectiveSearch.quality.proposals(in: image, keepingHierarchies: true)
        let boxes = proposals.boxes
        #expect(boxes.count > 100 && Set(boxes).count == boxes.count)
        #expect(boxes.contains(Box(left: 0, top: 0, right: 120, bottom: 90)))
        for box in boxes {
            #expect(min(box.width, box.height) >= 20 && box == box.clipped(toWidth: 120, height: 90))
        }
        #expect(proposals.hierarchies.map(\.strategy) == SelectiveSearch.quality.strategies)
        for (box, origin) in zip(boxes, proposals.origins) {
            #expect(proposals.hierarchies[origin.strategy].boxes[origin.region] == box)
        }
        // What the boxes should be: all of all hierarchies that are large enough.
        let all = Set(proposals.hierarchies.flatMap(\.boxes)).filter { min($0.width, $0.height) >= 20 }
        #expect(all == Set(boxes))
        #expect(try SelectiveSearch.quality.proposals(in: image).hierarchies.isEmpty)
    }

    @Test("the seed decides the order, and nothing else does")
    func order() throws {
        var search = SelectiveSearch.fast
        let boxes = try search.proposals(in: image).boxes
        for atOnce in [1, 2, 3, 64] {
            #expect(try search.proposals(in: image, keepingHierarchies: false, atOnce: atOnce).boxes == boxes)
        }
        // Inside of another loop all runs on one thread.
        let inside = mapInParallel(4, workers: 4) { _ in try? search.proposals(in: image).boxes }
        #expect(inside.allSatisfy { $0 == boxes })
        search.seed = 1
        let other = try search.proposals(in: image).boxes
        #expect(other != boxes && Set(other) == Set(boxes))
        search.limit = 10
        #expect(try search.proposals(in: image).boxes == Array(other.prefix(10)))
        search.limit = 0
        #expect(try search.proposals(in: image).boxes.isEmpty)
        // Boxes that are left out change nothing for the others.
        search.limit = nil
        search.iouThreshold = 1
        let ranked = try search.proposals(in: image).boxes
        search.minimumSide = 40
        #expect(
            try search.proposals(in: image).boxes == ranked.filter { min($0.width, $0.height) >= 40 })
    }

    @Test("near-duplicates come behind all others, both in the paper's order", arguments: [0, 0.4, 0.7, 0.9])
    func duplicates(_ threshold: Double) throws {
        var search = SelectiveSearch.fast
        (search.iouThreshold, search.minimumSide) = (1, 8)
        let ranked = try search.proposals(in: image)
        var (different, alike): ([Int], [Int]) = ([], [])
        for (place, box) in ranked.boxes.enumerated() {
            let hasOne = different.contains { ranked.boxes[$0].iou(with: box) > threshold }
            if hasOne { alike.append(place) } else { different.append(place) }
        }
        try #require(alike.count > 5 && different.count > (threshold == 0 ? 0 : 5))
        search.iouThreshold = threshold
        let proposals = try search.proposals(in: image)
        #expect(proposals.boxes == (different + alike).map { ranked.boxes[$0] })
        #expect(proposals.origins == (different + alike).map { ranked.origins[$0] })
        for limit in [1, different.count, different.count + 5] {
            search.limit = limit
            #expect(try search.proposals(in: image).boxes == Array(proposals.boxes.prefix(limit)))
        }
    }

    @Test("large regions come first in the mean, but not always")
    func ranks() throws {
        var search = SelectiveSearch.fast
        search.minimumSide = 1
        search.iouThreshold = 1
        let boxes = try search.proposals(in: image).boxes
        let half = boxes.count / 2
        func mean(_ boxes: ArraySlice<Box>) -> Double { boxes.reduce(0) { $0 + $1.area } / Double(boxes.count) }
        #expect(mean(boxes[..<half]) > 2 * mean(boxes[half...]))
        #expect(boxes[..<half].map(\.area).min()! < mean(boxes[half...]))
    }

    @Test(
        "images of every shape", arguments: [(1, 1), (1, 500), (500, 1), (2, 2), (3, 70), (21, 20), (2000, 25)], [1, 3])
    func shapes(_ size: (Int, Int), _ channels: Int) throws {
        var search = SelectiveSearch.quality
        search.minimumSide = 1
        let image = Image.patches(size.0, size.1, channels: channels, seed: 7)
        let all = try search.proposals(in: image).boxes
        #expect(all.contains(Box(left: 0, top: 0, right: Double(size.0), bottom: Double(size.1))))
        let usual = try SelectiveSearch.quality.proposals(in: image).boxes
        #expect(usual.isEmpty == (min(size.0, size.1) < 20))
    }

    @Test("a panorama of 20 000 pixels")
    func panorama() throws {
        let panorama = Image.patches(20_000, 40, seed: 6)
        var search = SelectiveSearch.fast
        search.limit = 100
        let boxes = try search.proposals(in: panorama).boxes
        #expect(boxes.count == 100)
        #expect(boxes.allSatisfy { $0.isValid && $0 == $0.clipped(toWidth: 20_000, height: 40) })
    }

    @Test("an image of one colour is one box")
    func plain() throws {
        let plain = Image(width: 64, height: 48, filledWith: [10, 200, 30])
        let proposals = try SelectiveSearch.fast.proposals(in: plain, keepingHierarchies: true)
        #expect(proposals.boxes == [Box(left: 0, top: 0, right: 64, bottom: 48)])
        #expect(proposals.hierarchies.allSatisfy { $0.merges.isEmpty && $0.segmentation.count == 1 })
    }

    @Test("a grey image is searched as the same image in RGB")
    func grey() throws {
        let grey = Image.patches(60, 50, channels: 1, seed: 2)
        #expect(
            try SelectiveSearch.quality.proposals(in: grey).boxes
                == SelectiveSearch.quality.proposals(in: grey.rgb()).boxes)
    }

    @Test("images that are too large are refused")
    func tooLarge() {
        for (width, height) in [(65_536, 1), (1, 65_536), (4_097, 4_096)] {
            let large = Image(width: width, height: height, filledWith: [0])
            let error = #expect(throws: ProposalError.self) { try SelectiveSearch.fast.proposals(in: large) }
            #expect(error?.code == .size && error?.description.contains("\(width)×\(height)") == true)
        }
    }

    @Test("images that fall into too many regions are refused")
    func tooManyRegions() {
        var pixels = [UInt8](repeating: 0, count: 600 * 600)
        for pixel in pixels.indices { pixels[pixel] = UInt8(pixel % 600 % 2 * 128 + pixel / 600 % 2 * 64) }
        var search = SelectiveSearch(colorSpaces: [.intensity], scales: [1], similarities: [.size])
        search.smoothing = 0
        let error = #expect(throws: ProposalError.self) {
            try search.proposals(in: Image(width: 600, height: 600, channels: 1, pixels: pixels))
        }
        #expect(error?.code == .size && error?.description.contains("360000 regions") == true)
    }

    @Test("settings from outside are refused, not trapped on")
    func badSettings() {
        let changes: [(inout SelectiveSearch) -> Void] = [
            { $0.colorSpaces = [] }, { $0.scales = [] }, { $0.similarities = [] }, { $0.scales = [50, .nan] },
            { $0.scales = [-1] }, { $0.scales = [0] }, { $0.scales = [.infinity] }, { $0.similarities = [[]] },
            { $0.similarities = [.init(rawValue: 16)] }, { $0.smoothing = -1 }, { $0.smoothing = .nan },
            { $0.minimumSide = 0 }, { $0.minimumSide = .min }, { $0.limit = -1 }, { $0.iouThreshold = -0.1 },
            { $0.iouThreshold = 1.1 }, { $0.iouThreshold = .nan },
        ]
        for change in changes {
            var search = SelectiveSearch.fast
            change(&search)
            let error = #expect(throws: ProposalError.self) { try search.proposals(in: image) }
            #expect(error?.code == .setting)
        }
        var search = SelectiveSearch.fast
        (search.minimumSide, search.limit, search.scales) = (.max, .max, [1e9])
        #expect(throws: Never.self) { try search.proposals(in: image) }
    }
}
