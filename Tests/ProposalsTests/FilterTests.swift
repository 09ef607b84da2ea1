import SaccadeImages
import Testing

@testable import SaccadeProposals

@Suite struct FilterTests {
    let filters = ProposalFixtures.shared.filters

    @Test("smoothing is SciPy's with the edge repeated")
    func smoothing() {
        let planes = ColorPlanes(filters.grey, in: .intensity)
        let count = filters.grey.pixels.count
        for (mine, theirs) in zip(smoothed(planes, 0.8)[0].prefix(count), filters.smoothed.joined()) {
            #expect(abs(mine - theirs) < 1e-4)
        }
        #expect(smoothed(planes, 0)[0].prefix(count).map { UInt8($0) } == filters.grey.pixels)
    }

    @Test("texture is that of SciPy's Gaussian derivatives in steps")
    func gradients() {
        let bins = OrientedGradients(ColorPlanes(filters.grey, in: .intensity)).bins
        let (x, y) = (filters.x.flatMap { $0 }, filters.y.flatMap { $0 })
        let half = Float(0.5).squareRoot()
        let along = [x, y, zip(x, y).map { half * ($0 + $1) }, zip(x, y).map { half * ($1 - $0) }]
        #expect(bins.count == 4 * x.count)
        var different: Set<UInt8> = []
        for (bin, response) in zip(bins, along.joined()) {
            let step = response / 255 * 9 * 2.5066282746  // over 1 / √2π
            different.insert(bin)
            // Whatever lies on the edge between two steps may fall to either.
            #expect(abs(Float(bin) - 9 - min(9, max(-9, step))) < 0.5001)
        }
        #expect(different.count > 8)
    }

    @Test("the greatest gradient has the greatest step")
    func range() {
        let edge = Image(width: 12, height: 1, channels: 1, pixels: (0..<12).map { $0 < 6 ? 0 : 255 })
        let bins = OrientedGradients(ColorPlanes(edge, in: .intensity)).bins
        #expect(bins[0..<12].max() == 9 + 8 && bins[0..<12].min() == 9)
        #expect(bins[12..<24].allSatisfy { $0 == 9 })
    }
}
