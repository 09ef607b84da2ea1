import Foundation
import SaccadeGeometry
import SaccadeModels
import SaccadePrelude
import Testing

@Suite("Suppression and anchors on a few boxes")
struct DetectionExampleTests {
    private typealias Candidate = SuppressionExample.Candidate

    private static func candidate(
        _ label: String, _ score: Double, _ left: Double, _ top: Double, _ right: Double, _ bottom: Double
    ) -> Candidate {
        Candidate(label, score: score, box: Box(left: left, top: top, right: right, bottom: bottom))
    }

    // MARK: Suppression

    @Test("the best come first; what stays, what drops what, and whom a box that has gone would have dropped")
    func suppression() throws {
        // 10×1 boxes 4 apart: neighbours overlap by 6 / 14, every second by 2 / 18.
        let example = try SuppressionExample(
            [
                Self.candidate("cat", 0.7, 8, 0, 18, 1), Self.candidate("cat", 0.9, 0, 0, 10, 1),
                Self.candidate("dog", 0.5, 0, 0, 10, 1), Self.candidate("cat", 0.8, 4, 0, 14, 1),
            ], threshold: 0.4)
        #expect(example.outcomes.map(\.candidate.score) == [0.9, 0.8, 0.7, 0.5])
        #expect(example.outcomes.map(\.suppression) == [.kept, .dropped(by: 0, iou: 6 / 14), .kept, .kept])
        #expect(example.kept == [0, 2, 3] && example.dropped(by: 0) == [1] && example.dropped(by: 2) == [])
        #expect(example.spared.map(\.place) == [2] && example.spared[0].other == 1)
        #expect(abs(example.spared[0].iou - 6 / 14) < 1e-6)
        // Linear: 0.8 · 8/14; 0.7 is above that, and lowers it no more than once: 2 / 18 is below the threshold.
        let linear = example.outcomes.map { $0.linear ?? -1 }
        for (found, expected) in zip(linear, [0.9, 0.8 * 8 / 14 * 8 / 14, 0.7, 0.5]) {
            #expect(abs(found - expected) < 1e-6, "\(linear)")
        }
        func decay(_ iou: Double) -> Double { exp(-iou * iou / 0.5) }
        let gaussian = example.outcomes.map { $0.gaussian ?? -1 }
        // First the 0.9, then the 0.7 (lowered by 2 / 18), then the 0.8 (by both).
        let expected = [0.9, 0.8 * decay(6 / 14) * decay(6 / 14), 0.7 * decay(2 / 18), 0.5]
        for (found, expected) in zip(gaussian, expected) { #expect(abs(found - expected) < 1e-6, "\(gaussian)") }
    }

    @Test("soft-NMS says which boxes are gone; equal scores keep their order")
    func gone() throws {
        let example = try SuppressionExample(
            [
                Self.candidate("", 0.5, 0, 0, 10, 10), Self.candidate("", 0.5, 0, 0, 10, 10),
                Self.candidate("", 0.01, 0, 0, 10, 9.99),
            ], threshold: 0.5)
        #expect(example.outcomes.map(\.linear) == [0.5, nil, nil])
        #expect(example.outcomes[2].gaussian == nil && (example.outcomes[1].gaussian ?? 0) > 0.06)
        #expect(example.outcomes[1].suppression == .dropped(by: 0, iou: 1) && example.spared.isEmpty)
    }

    @Test("boxes without area, scores that are none, and no boxes at all are refused with their place")
    func refused() {
        let good = Self.candidate("cat", 0.5, 0, 0, 1, 1)
        func message(_ candidates: [Candidate], threshold: Double = 0.5, sigma: Double = 0.5) -> String {
            (#expect(throws: BuildingBlockError.self) {
                try SuppressionExample(candidates, threshold: threshold, sigma: sigma)
            })?.description ?? ""
        }
        #expect(message([]).contains("0 boxes"))
        #expect(message([good, Self.candidate("", 0.5, 3, 0, 3, 1)]).contains("box 2 has no area"))
        #expect(message([Self.candidate("", 0.5, 0, 0, .nan, 1)]).contains("box 1"))
        // So close that they are one as floats.
        #expect(message([Self.candidate("", 0.5, 1e9, 0, 1e9 + 1, 1)]).contains("box 1"))
        #expect(message([Self.candidate("", 1.5, 0, 0, 1, 1)]).contains("1.5"))
        #expect(message([Self.candidate("", .nan, 0, 0, 1, 1)]).contains("box 1"))
        #expect(message([good], threshold: 1.5).contains("1.5") && message([good], sigma: 0).contains("sigma"))
        #expect(message((0...SuppressionExample.most).map { _ in good }).contains("1001"))
    }

    // MARK: Anchors

    private static func grid(_ sizes: [Float], _ ratios: [Float] = [0.5, 1, 2], places: Int, stride: Int) -> AnchorGrid
    {
        AnchorGrid(
            AnchorGenerator.Level(sizes: sizes, aspectRatios: ratios), width: places, height: places,
            image: (width: places * stride, height: places * stride))
    }

    @Test("every anchor has a place and a shape, and lies around its place")
    func places() {
        let grid = Self.grid([128, 256, 512], places: 5, stride: 16)
        #expect(grid.anchors.count == 5 * 5 * 9 && grid.shapeCount == 9 && grid.middle == (2, 2))
        for row in 0..<5 {
            for column in 0..<5 {
                for (shape, index) in grid.indices(row: row, column: column).enumerated() {
                    let (position, box, form) = (grid.position(of: index), grid.anchors[index], grid.form(shape))
                    #expect(position.row == row && position.column == column && position.shape == shape)
                    #expect(box.center == grid.point(row: row, column: column))
                    // Edges are rounded to whole pixels.
                    #expect(abs(box.area.squareRoot() - Double(form.size)) < 2)
                    #expect(abs(box.height / box.width - Double(form.ratio)) < 0.05)
                }
            }
        }
    }

    @Test("counts of what anchors learn, and the best of each object, follow the definition; deltas lead to the object")
    func matching() throws {
        var generator = SplitMix64(seed: 4)
        for _ in 0..<12 {
            let grids = [Self.grid([16], places: 16, stride: 8), Self.grid([32, 48], places: 8, stride: 16)]
            let objects = (0..<Int.random(in: 1...5, using: &generator)).map { index -> AnchorMatchingExample.Object in
                let (x, y) = (
                    Double.random(in: -10...120, using: &generator), Double.random(in: 0...120, using: &generator)
                )
                let (w, h) = (
                    Double.random(in: 6...70, using: &generator), Double.random(in: 6...70, using: &generator)
                )
                return .init("\(index)", box: Boxes([Box(x: x, y: y, width: w, height: h)])[0])
            }
            let example = try AnchorMatchingExample(grids, objects: objects, best: 4)
            let anchors = grids.flatMap { Array($0.anchors) }
            let ious = anchors.map { anchor in objects.map { anchor.iou(with: $0.box) } }
            let highest = objects.indices.map { object in ious.map { $0[object] }.max() ?? 0 }
            var (high, best, between, negative) = (0, 0, 0, 0)
            for own in ious {
                let most = own.max() ?? 0
                let isBest = objects.indices.contains { highest[$0] > 0 && abs(own[$0] - highest[$0]) < 1e-7 }
                if most >= 0.7 {
                    high += 1
                } else if isBest {
                    best += 1
                } else if most >= 0.3 {
                    between += 1
                } else {
                    negative += 1
                }
            }
            let counts = example.counts
            #expect(counts.high == high && counts.best == best)
            #expect(counts.between == between && counts.negative == negative)
            #expect(example.positives.reduce(0, +) == example.counts.positive)
            #expect(example.matches.map(\.count) == grids.map(\.anchors.count))
            for (object, pairings) in example.best.enumerated() {
                let order = ious.map { $0[object] }.sorted(by: >).prefix(4).filter { $0 > 0 }
                #expect(pairings.count == order.count)
                for (pairing, iou) in zip(pairings, order) {
                    let anchor = grids[pairing.level].anchors[pairing.index]
                    #expect(abs(pairing.iou - iou) < 1e-6 && abs(anchor.iou(with: objects[object].box) - iou) < 1e-6)
                    #expect(pairing.match == example.matches[pairing.level][pairing.index])
                    // The definition: shifts in sides of the anchor, sizes as logarithms.
                    let box = objects[object].box
                    let deltas = [
                        (box.center.x - anchor.center.x) / anchor.width,
                        (box.center.y - anchor.center.y) / anchor.height,
                        log(box.width / anchor.width), log(box.height / anchor.height),
                    ]
                    for (found, wanted) in zip(pairing.deltas, deltas) { #expect(abs(found - wanted) < 1e-5) }
                }
                if let first = pairings.first, case .object = first.match {
                } else if !pairings.isEmpty {
                    Issue.record("the best anchor of object \(object) finds nothing")
                }
            }
        }
    }

    @Test(
        "anchors beyond the image are counted; an object that none overlaps has none, and without objects all is nothing"
    )
    func edges() throws {
        let grid = Self.grid([16], [1], places: 4, stride: 16)
        // 16×16 anchors around (0, 0), (16, 0) …: all in the first row and column reach beyond; none reaches beyond 64.
        let none = try AnchorMatchingExample([grid], objects: [])
        #expect(none.crossing(width: 64, height: 64) == 7 && none.crossing(width: 50, height: 64) == 7 + 3)
        #expect(
            none.counts.negative == 16 && none.counts.positive == 0 && none.counts.between == 0 && none.best.isEmpty)
        let far = try AnchorMatchingExample(
            [grid], objects: [.init("far", box: Box(left: 500, top: 500, right: 520, bottom: 520))])
        #expect(far.best == [[]] && far.positives == [0] && far.counts.negative == 16)
        #expect(throws: BuildingBlockError.self) {
            try AnchorMatchingExample([grid], objects: [.init("flat", box: Box(left: 4, top: 4, right: 4, bottom: 9))])
        }
        let many = Self.grid([8, 16, 32, 64], [0.5, 1, 2, 3], places: 360, stride: 4)
        #expect(throws: BuildingBlockError.self) { try AnchorMatchingExample([many], objects: []) }
    }
}
