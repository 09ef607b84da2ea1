import SaccadeGeometry
import SaccadeImages
import SaccadeProposals
import Testing

@Suite struct RegionHierarchyTests {
    static let measures: [SimilarityMeasures] = [.all, [.texture, .size, .fill], .color, .texture, .size, .fill]

    /// Goes through the merges once more, with every similarity worked out from the pixels: always the two most similar
    /// neighbours are merged.
    @Test("agrees with the definition", arguments: measures, [ColorSpace.hsv, .intensity])
    func definition(_ measures: SimilarityMeasures, _ space: ColorSpace) throws {
        let image = Image.patches(36, 26, noise: 25, seed: 9)
        var search = SelectiveSearch(colorSpaces: [space], scales: [18], similarities: [measures])
        search.minimumSide = 1
        let hierarchy = try #require(search.proposals(in: image, keepingHierarchies: true).hierarchies.first)
        let slow = SlowRegions(ColorPlanes(image, in: space))
        var regions: [Int: [Int]] = [:]
        for (pixel, label) in hierarchy.segmentation.labels.enumerated() {
            regions[Int(label), default: []].append(pixel)
        }
        #expect(regions.count > 8 && hierarchy.merges.count == regions.count - 1)
        for (number, pixels) in regions { #expect(hierarchy.boxes[number] == slow.bounds(pixels)) }

        func sum(_ a: [Int], _ b: [Int]) -> Double {
            let parts = slow.similarity(a, b)
            return (measures.contains(.color) ? parts.color : 0) + (measures.contains(.texture) ? parts.texture : 0)
                + (measures.contains(.size) ? parts.size : 0) + (measures.contains(.fill) ? parts.fill : 0)
        }
        for (index, merge) in hierarchy.merges.enumerated() {
            let labels = hierarchy.labels(afterMerges: index)
            for (number, pixels) in regions { #expect(pixels.allSatisfy { labels[$0] == Int32(number) }) }
            let neighbors = neighbors(labels, width: image.width)
            #expect(merge.first < merge.second && neighbors.contains([merge.first, merge.second]))
            let (a, b) = (try #require(regions[merge.first]), try #require(regions[merge.second]))
            let parts = slow.similarity(a, b)
            // A pixel on the edge between two bins may fall to either.
            #expect(abs(Double(merge.similarity.color) - parts.color) < 1e-5)
            #expect(abs(Double(merge.similarity.texture) - parts.texture) < 4e-3)
            #expect(abs(Double(merge.similarity.size) - parts.size) < 1e-6)
            #expect(abs(Double(merge.similarity.fill) - parts.fill) < 1e-6)
            let best = neighbors.map { sum(regions[$0[0]]!, regions[$0[1]]!) }.max()!
            #expect(best - sum(a, b) < (measures.contains(.texture) ? 8e-3 : 1e-5))
            regions[merge.first] = nil
            regions[merge.second] = nil
            let number = hierarchy.segmentation.count + index
            regions[number] = a + b
            #expect(hierarchy.boxes[number] == slow.bounds(a + b))
        }
        #expect(regions.count == 1)
        #expect(Set(hierarchy.labels(afterMerges: .max)) == [Int32(hierarchy.boxes.count - 1)])
        #expect(hierarchy.labels(afterMerges: -1) == hierarchy.segmentation.labels)
    }

    /// Pairs of numbers that touch along an edge.
    private func neighbors(_ labels: [Int32], width: Int) -> Set<[Int]> {
        var pairs: Set<[Int]> = []
        for pixel in labels.indices {
            for other in [pixel + 1, pixel + width] where other < labels.count {
                if other == pixel + 1 && other % width == 0 || labels[pixel] == labels[other] { continue }
                pairs.insert([Int(labels[pixel]), Int(labels[other])].sorted())
            }
        }
        return pairs
    }
}
