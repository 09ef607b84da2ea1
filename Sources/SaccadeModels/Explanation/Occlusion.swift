import SaccadePrelude
public import SaccadeTensors

/// Which parts of an image a class depends on: a square covers one part after the other, and the class's probability
/// is watched (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014, section 4.2).
public struct Occlusion: Sendable {
    /// Places of the square along each axis; at least 1.
    public let cells: Int
    /// The square's side as a fraction of the image's, above 0 and at most 1.
    public let fraction: Double
    /// What the square is filled with, for each channel: in the network's numbers, 0 is the mean of the images where
    /// they are normalised by it.
    public let fill: [Float]
    /// Images at once; at least 1.
    public let batch: Int

    /// - Parameters:
    ///   - cells: Places of the square along each axis; at least 1.
    ///   - fraction: The square's side as a fraction of the image's, above 0 and at most 1.
    ///   - fill: What the square is filled with, `[C]`.
    ///   - batch: Images at once; at least 1.
    public init(cells: Int, fraction: Double, fill: [Float], batch: Int) {
        require(
            cells >= 1 && fraction > 0 && fraction <= 1 && batch >= 1,
            "Occlusion: \(cells) cells of a fraction of \(fraction), \(batch) at once")
        (self.cells, self.fraction, self.fill, self.batch) = (cells, fraction, fill, batch)
    }

    /// The rows or columns, of `length`, that the square covers at the place `cell`: it is centred on the middle of the
    /// cell, and cut off at the edges.
    func covered(_ cell: Int, of length: Int) -> Range<Int> {
        let middle = (Double(cell) + 0.5) * Double(length) / Double(cells)
        let half = fraction * Double(length) / 2
        let first = max(0, Int((middle - half).rounded()))
        return first..<max(first + 1, min(length, Int((middle + half).rounded())))
    }

    /// The class's probability with each part covered.
    ///
    /// - Parameters:
    ///   - x: One image in the network's numbers, `[1, C, H, W]`.
    ///   - label: The class, an index into the scores.
    ///   - scores: Scores before softmax, `[batch, classes]`, for `[batch, C, H, W]`; it is always given `batch`
    ///     images, so that a plan will do.
    /// - Returns: Probabilities, `cells` by `cells`.
    /// - Precondition: `x` has as many channels as there are numbers to fill with.
    public func probabilities(
        of x: Tensor, class label: Int, scores: (Tensor) throws -> Tensor
    ) rethrows -> SaliencyMap {
        require(
            x.shape.rank == 4 && x.shape[0] == 1 && x.shape[1] == fill.count,
            "Occlusion: an image [1, \(fill.count), H, W], got \(x.shape)")
        let (height, width) = (x.shape[2], x.shape[3])
        let image = x.scalars
        var values: [Float] = []
        for first in stride(from: 0, to: cells * cells, by: batch) {
            let places = first..<min(first + batch, cells * cells)
            var images = image
            images.reserveCapacity(batch * image.count)
            for _ in 1..<batch { images += image }
            for (index, place) in places.enumerated() {
                let rows = covered(place / cells, of: height)
                let columns = covered(place % cells, of: width)
                for (channel, value) in fill.enumerated() {
                    for row in rows {
                        let start = ((index * fill.count + channel) * height + row) * width
                        for column in columns { images[start + column] = value }
                    }
                }
            }
            let scores = try scores(Tensor(images, shape: [batch, fill.count, height, width]))
            let classes = scores.shape[1]
            require((0..<classes).contains(label), "Occlusion: there is no score \(label) among \(classes)")
            let probabilities = softmax(scores, axis: 1).scalars
            values += places.indices.map { probabilities[($0 - first) * classes + label] }
        }
        return SaliencyMap(width: cells, height: cells, values: values)
    }
}
