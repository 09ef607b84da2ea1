import SaccadeFiles
import SaccadeImages

extension MaskDataset {
    /// How often each class occurs.
    public struct ClassFrequencies: Sendable, Hashable {
        /// Pixels of each class.
        public private(set) var pixels: [Int]
        /// Pixels that count of the masks in which each class occurs.
        public private(set) var pixelsAround: [Int]

        init(classes: Int) {
            pixels = Array(repeating: 0, count: classes)
            pixelsAround = pixels
        }

        mutating func add(_ classes: [UInt8]) {
            var counts = [Int](repeating: 0, count: 256)
            for value in classes { counts[Int(value)] += 1 }
            let counted = counts.prefix(pixels.count).reduce(0, +)
            for (index, count) in counts.prefix(pixels.count).enumerated() where count > 0 {
                pixels[index] += count
                pixelsAround[index] += counted
            }
        }

        /// A factor for each class that makes rare ones count as much as common ones: the median of all frequencies over
        /// the class's own, which is its pixels over those of all masks that have it. 0 for a class that no mask has.
        ///
        /// Eigen and Fergus, "Predicting Depth, Surface Normals and Semantic Labels with a Common Multi-Scale
        /// Convolutional Architecture" (2015), section 6.3.2; so SegNet was trained.
        public var medianFrequencyWeights: [Double] {
            let frequencies = zip(pixels, pixelsAround).map { $1 == 0 ? 0 : Double($0) / Double($1) }
            let sorted = frequencies.filter { $0 > 0 }.sorted()
            guard !sorted.isEmpty else { return frequencies }
            let middle = sorted.count / 2
            let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            return frequencies.map { $0 == 0 ? 0 : median / $0 }
        }
    }

    /// Counts the classes of all masks. A mask that cannot be read is left out, for that is a matter of the policy for bad
    /// samples.
    ///
    /// - Precondition: The classes are named.
    public func classFrequencies() -> ClassFrequencies {
        var frequencies = ClassFrequencies(classes: classNames?.count ?? 0)
        for index in samples.indices {
            guard let size = try? mask(at: index).size,
                let classes = try? annotations(at: index, of: size)?.classes
            else { continue }
            frequencies.add(classes)
        }
        return frequencies
    }
}
