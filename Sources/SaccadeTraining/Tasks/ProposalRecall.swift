import SaccadeDatasets
import SaccadeGeometry

/// How many objects a proposal overlaps by an IoU of at least 0.5.
struct ProposalRecall: Sendable {
    private(set) var images = 0
    private var (found, objects) = (0, 0)

    /// The fraction of all objects; 1 where there are none.
    var recall: Double { objects == 0 ? 1 : Double(found) / Double(objects) }

    /// - Parameter truth: What is on the image; a crowd is no object that could be found.
    mutating func add(_ proposals: Boxes, truth: [Annotations.Object]) {
        let real = Boxes(truth.filter { !$0.isCrowd }.map(\.box))
        let overlaps = real.pairwiseIoU(with: proposals)
        images += 1
        objects += real.count
        found += real.indices.count { place in
            overlaps[place * proposals.count..<(place + 1) * proposals.count].contains { $0 >= 0.5 }
        }
    }
}
