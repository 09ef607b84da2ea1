import SaccadeImages
import SaccadeProposals
import Testing

@Suite struct LevelTests {
    private func hierarchy(_ image: Image) throws -> RegionHierarchy {
        var search = SelectiveSearch(colorSpaces: [.rgb], scales: [20], similarities: [.all])
        search.minimumSide = 1
        return try #require(search.proposals(in: image, keepingHierarchies: true).hierarchies.first)
    }

    @Test("a level has the regions that pixels are in, and sizes count them")
    func regions() throws {
        let hierarchy = try hierarchy(.patches(60, 45, noise: 25, seed: 2))
        let sizes = hierarchy.sizes
        #expect(sizes.count == hierarchy.boxes.count && sizes.last == 60 * 45)
        for count in [-3, 0, 1, 7, hierarchy.merges.count, .max] {
            let labels = hierarchy.labels(afterMerges: count)
            let level = hierarchy.level(afterMerges: count)
            #expect(level.merges == min(max(count, 0), hierarchy.merges.count))
            #expect(level.regions == Set(labels).map { Int($0) }.sorted())
            for region in level.regions { #expect(sizes[region] == labels.count { $0 == region }) }
        }
    }

    @Test("levels go from the segmentation to the last few regions")
    func levels() throws {
        let hierarchy = try hierarchy(.patches(60, 45, noise: 25, seed: 2))
        let count = hierarchy.segmentation.count
        try #require(count > 30)
        let levels = hierarchy.levels(5, last: 3)
        let numbers = levels.map(\.regions.count)
        #expect(numbers.count == 5 && numbers.first == count && numbers.last == 3)
        let ratios = zip(numbers, numbers.dropFirst()).map { Double($0) / Double($1) }
        #expect(ratios.max()! < 1.4 * ratios.min()!)
        #expect(hierarchy.levels(1000, last: 1).map(\.regions.count) == Array((1...count).reversed()))
        #expect(hierarchy.levels(2, last: count + 1).map(\.merges) == [0])
        let plain = try self.hierarchy(Image(width: 5, height: 4, filledWith: [9, 9, 9]))
        #expect(plain.levels(5).map(\.regions) == [[0]] && plain.sizes == [20])
    }
}
