import SaccadeGeometry
import SaccadeImages
import SaccadeModels

extension RPNLesson {
    var shown: Shown { Shown(self) }

    /// Boxes are left, top, right and bottom edge, in pixels of the image as it is seen; maps, places and shapes are counted
    /// from 0.
    struct Shown: Encodable {
        struct Map: Encodable {
            let height, width: Int
            /// Pixels between places.
            let stride: Int
            let sizes, ratios: [Double]
            let anchors: Int
            /// Of the place in the middle.
            let middle: [[Double]]
            /// The highest number at each place, row by row.
            let objectness: [[Double?]]?
        }
        struct Counts: Encodable {
            let positive, aboveThreshold, bestOfObject, ignored, negative, beyondImage: Int
        }
        struct Object: Encodable {
            let label: String
            let box: [Double]
            let positives: Int
            let best: [Pairing]
            let bestProposal: Found?
        }
        struct Pairing: Encodable {
            let map, row, column: Int
            let size, ratio: Double
            let anchor: [Double]
            let iou: Double
            /// positive, ignored or negative.
            let match: String
            let deltas: [Double]
            let objectness: Double?
        }
        struct Found: Encodable {
            let rank: Int
            let iou: Double
        }
        struct Proposal: Encodable {
            let map: Int
            let objectness: Double
            let box: [Double]
        }
        let image: String
        /// Width and height.
        let size, seen: [Int]
        let maps: [Map]
        let counts: Counts?
        let objects: [Object]
        let candidates, proposals: [Proposal]?

        init(_ lesson: RPNLesson) {
            let (matching, found) = (lesson.matching, lesson.proposals)
            image = lesson.image
            (size, seen) = ([lesson.original.width, lesson.original.height], [lesson.seen.width, lesson.seen.height])
            maps = matching.grids.enumerated().map { level, grid in
                Map(
                    height: grid.height, width: grid.width, stride: grid.stride.x,
                    sizes: grid.shapes.sizes.map { Double($0) }, ratios: grid.shapes.aspectRatios.map { Double($0) },
                    anchors: grid.anchors.count,
                    middle: grid.indices(row: grid.middle.row, column: grid.middle.column).map {
                        grid.anchors[$0].edges
                    },
                    objectness: found.map { found in
                        (0..<grid.height).map { row in
                            (0..<grid.width).map { column in
                                grid.indices(row: row, column: column).map { found.levels[level].objectness[$0] }.max()
                                    .flatMap { $0.isFinite ? Double($0) : nil }
                            }
                        }
                    })
            }
            let counts = matching.counts
            self.counts =
                lesson.hasObjects
                ? Counts(
                    positive: counts.positive, aboveThreshold: counts.high, bestOfObject: counts.best,
                    ignored: counts.between, negative: counts.negative,
                    beyondImage: matching.crossing(width: lesson.seen.width, height: lesson.seen.height)) : nil
            let bestProposals = found.map { lesson.bestProposals($0) }
            objects = matching.objects.enumerated().map { place, object in
                Object(
                    label: object.label, box: object.box.edges, positives: matching.positives[place],
                    best: matching.best[place].map { pairing in
                        let grid = matching.grids[pairing.level]
                        let position = grid.position(of: pairing.index)
                        let form = grid.form(position.shape)
                        return Pairing(
                            map: pairing.level, row: position.row, column: position.column, size: Double(form.size),
                            ratio: Double(form.ratio), anchor: grid.anchors[pairing.index].edges, iou: pairing.iou,
                            match: Self.word(pairing.match), deltas: pairing.deltas,
                            objectness: found.flatMap {
                                let value = $0.levels[pairing.level].objectness[pairing.index]
                                return value.isFinite ? Double(value) : nil
                            })
                    },
                    bestProposal: bestProposals?[place].map { Found(rank: $0.rank, iou: $0.iou) })
            }
            func listed(_ choice: RegionCNN.ProposalExplanation.Choice) -> [Proposal] {
                choice.boxes.indices.prefix(lesson.top).map {
                    Proposal(
                        map: choice.levels[$0], objectness: Double(choice.scores[$0]), box: choice.boxes[$0].edges)
                }
            }
            (candidates, proposals) = (found.map { listed($0.candidates) }, found.map { listed($0.proposals) })
        }

        private static func word(_ match: BoxMatcher.Match) -> String {
            switch match {
            case .object: "positive"
            case .between: "ignored"
            case .below: "negative"
            }
        }
    }
}
