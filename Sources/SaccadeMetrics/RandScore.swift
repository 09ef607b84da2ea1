import Foundation

/// How well an image is cut into parts, over images: the foreground-restricted Rand and information scores.
///
/// Two pixels are a pair to be judged if both lie in true parts. Pixels of the answer's border are parts of their own.
/// Arganda-Carreras et al., "Crowdsourcing the creation of image segmentation algorithms for connectomics" (2015), with
/// split and merge errors weighing the same (α = ½); the scores of images are averaged, as in the authors' program.
public struct RandScore: Sendable, Hashable, Codable {
    private var pairs = RunningMean()
    private var information = RunningMean()

    public init() {}

    /// Judges the parts of one image; one without true parts says nothing.
    ///
    /// - Parameters:
    ///   - truth: The true part of each pixel; 0 for those that are not judged.
    ///   - answer: The part of each pixel; 0 on borders.
    /// - Throws: ``MetricsError`` when there are not as many pixels in one as in the other.
    public mutating func add(truth: [Int32], answer: [Int32]) throws(MetricsError) {
        guard truth.count == answer.count else {
            throw MetricsError(
                .size, "parts of \(answer.count) pixels for a truth of \(truth.count); compare images of one size")
        }
        var common: [SIMD2<Int32>: Int] = [:]
        // Neighbours are mostly alike: one look-up for each run of them.
        var (pair, run) = (SIMD2<Int32>(0, 0), 0)
        for (a, b) in zip(truth, answer) {
            let next = SIMD2(a, b)
            if next != pair {
                if pair.x != 0 { common[pair, default: 0] += run }
                (pair, run) = (next, 0)
            }
            run += 1
        }
        if pair.x != 0 { common[pair, default: 0] += run }
        var (sizes, answerSizes, lone, pixels) = ([Int32: Int](), [Int32: Int](), 0, 0)
        for (pair, count) in common {
            sizes[pair.x, default: 0] += count
            pixels += count
            if pair.y == 0 { lone += count } else { answerSizes[pair.y, default: 0] += count }
        }
        let shared = common.filter { $0.key.y != 0 }.map(\.value)
        guard pixels > 0 else { return }
        // Ordered pairs of pixels, each with itself too.
        let together = squares(shared) + lone
        let apart = squares(sizes.values) + squares(answerSizes.values) + lone
        pairs.add(2 * Double(together) / Double(apart))

        // Entropies in nats. That of a pixel alone is that of a part of one pixel.
        let truthEntropy = entropy(sizes.values, of: pixels)
        let loneEntropy = entropy(CollectionOfOne(1), of: pixels) * Double(lone)
        let answerEntropy = entropy(answerSizes.values, of: pixels) + loneEntropy
        let jointEntropy = entropy(shared, of: pixels) + loneEntropy
        // Where there is nothing to know, or an answer says nothing, the authors' program gives 0.
        let isInformative = truthEntropy > 0 && answerEntropy > 0
        let mutual = truthEntropy + answerEntropy - jointEntropy
        information.add(isInformative ? 2 * mutual / (truthEntropy + answerEntropy) : 0)
    }

    /// V^Rand, in 0...1: the harmonic mean of the chance that two pixels of an answered part are of one true part, and
    /// the other way round; 0 before anything was added.
    public var rand: Double { pairs.value }

    /// V^Info, in 0...1: the information that truth and answer share, over the mean of their own; 0 before anything was
    /// added, and for an image of which the truth, or the answer, is one part.
    public var info: Double { information.value }

    private func squares(_ values: some Sequence<Int>) -> Int { values.reduce(0) { $0 + $1 * $1 } }

    private func entropy(_ values: some Sequence<Int>, of whole: Int) -> Double {
        // Sorted, so that the sum does not depend on the order of a dictionary.
        values.sorted().reduce(0) { sum, count in
            let share = Double(count) / Double(whole)
            return sum - share * log(share)
        }
    }
}
