import Foundation
import SaccadePrelude

extension RegionHierarchy {
    /// What the image consists of at some point on the way.
    public struct Level: Sendable, Hashable {
        /// Merges that are done.
        public let merges: Int
        /// The regions that there are, by number; each pixel is in one of them.
        public let regions: [Int]
    }

    /// What the image consists of when so many merges are done.
    ///
    /// - Parameter count: 0 for the segmentation itself; more merges than there were are as good as all.
    public func level(afterMerges count: Int) -> Level {
        let done = merges.prefix(max(0, count))
        var isThere = [Bool](repeating: true, count: segmentation.count + done.count)
        for merge in done { (isThere[merge.first], isThere[merge.second]) = (false, false) }
        return Level(merges: done.count, regions: isThere.indices.filter { isThere[$0] })
    }

    /// Levels from the segmentation to the last few regions, each with fewer by about the same factor.
    ///
    /// - Parameters:
    ///   - count: How many levels; at least 2. There are fewer where there are too few regions.
    ///   - last: Regions of the last level; at least 1.
    public func levels(_ count: Int, last: Int = 4) -> [Level] {
        require(count >= 2 && last >= 1, "RegionHierarchy.levels: \(count) levels down to \(last) regions")
        let most = segmentation.count
        guard most > last else { return [level(afterMerges: 0)] }
        let factor = Double(last) / Double(most)
        var numbers: [Int] = []
        for step in 0..<count {
            let number = Int((Double(most) * pow(factor, Double(step) / Double(count - 1))).rounded())
            if number != numbers.last { numbers.append(number) }
        }
        return numbers.map { level(afterMerges: most - $0) }
    }

    /// Pixels of each region, by its number.
    public var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: boxes.count)
        for label in segmentation.labels { sizes[Int(label)] += 1 }
        for (index, merge) in merges.enumerated() {
            sizes[segmentation.count + index] = sizes[merge.first] + sizes[merge.second]
        }
        return sizes
    }
}
