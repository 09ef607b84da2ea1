import SaccadeOneDNN

/// Which rows of an image, of its convolution and of what is pooled from that belong together.
struct PooledStripes {
    let convolution: ConvolutionGeometry
    let pool: Window

    var images: Int { convolution.source[0] }
    var pooled: Shape { Pooling.resultShape(pool, over: convolution.destination) }
    var pooledRows: Int { pooled[2] }
    /// Bytes of the convolution's result, as float32.
    var resultByteCount: Int { convolution.destination.elementCount * MemoryLayout<Float>.stride }

    /// How much is done at once: some images, and pooled rows of each, by so many threads side by side.
    struct Size {
        var images: Int
        var rows: Int
        var lanes: Int
    }

    /// What tells a stripe's primitives from another's: lengths along the vertical axis.
    struct Kind: Hashable {
        var images: Int
        var source: Rows
        var convolved: Rows
        var pooledRows: Int
    }

    /// Rows to read, and those that would lie beyond the edges.
    struct Rows: Hashable {
        var count: Int
        var paddingBefore: Int
        var paddingAfter: Int
    }

    struct Stripe {
        var kind: Kind
        var sourceRows: Range<Int>
        var pooledRows: Range<Int>
    }

    /// The stripes of an image from top to bottom.
    ///
    /// - Returns: None where a stripe would see nothing but padding.
    func cut(_ size: Size) -> [Stripe] {
        guard size.rows < pooledRows else { return [whole(size)] }
        let stripes = stride(from: 0, to: pooledRows, by: size.rows).map { first in
            let pooledRows = first..<min(first + size.rows, self.pooledRows)
            let (convolvedRows, convolved) = PooledStripes.rows(
                read: pooledRows, by: pool, of: convolution.destination[2])
            let (sourceRows, source) = PooledStripes.rows(
                read: convolvedRows, by: convolution.window, of: convolution.source[2])
            return Stripe(
                kind: Kind(
                    images: size.images, source: source, convolved: convolved, pooledRows: pooledRows.count),
                sourceRows: sourceRows, pooledRows: pooledRows)
        }
        return stripes.allSatisfy { $0.kind.source.count > 0 && $0.kind.convolved.count > 0 } ? stripes : []
    }

    /// Whole images keep the rows at the bottom that no window reaches: leaving them out would tear the images
    /// apart in memory.
    private func whole(_ size: Size) -> Stripe {
        func rows(_ count: Int, _ window: Window) -> Rows {
            Rows(count: count, paddingBefore: window.paddingBefore[0], paddingAfter: window.paddingAfter[0])
        }
        return Stripe(
            kind: Kind(
                images: size.images, source: rows(convolution.source[2], convolution.window),
                convolved: rows(convolution.destination[2], pool), pooledRows: pooledRows),
            sourceRows: 0..<convolution.source[2], pooledRows: 0..<pooledRows)
    }

    /// The rows of an input of `height` that a window reads for rows of its output.
    private static func rows(read output: Range<Int>, by window: Window, of height: Int) -> (Range<Int>, Rows) {
        let first = output.lowerBound * window.stride[0] - window.paddingBefore[0]
        let end = (output.upperBound - 1) * window.stride[0] - window.paddingBefore[0] + window.extent(0)
        let range = min(max(first, 0), height)..<max(min(end, height), min(max(first, 0), height))
        return (
            range, Rows(count: range.count, paddingBefore: max(-first, 0), paddingAfter: max(end - height, 0))
        )
    }

    func convolution(of kind: Kind) -> ConvolutionGeometry {
        var geometry = convolution
        geometry.source = shape(convolution.source, kind.images, kind.source.count)
        geometry.destination = shape(convolution.destination, kind.images, kind.convolved.count)
        geometry.window.paddingBefore[0] = kind.source.paddingBefore
        geometry.window.paddingAfter[0] = kind.source.paddingAfter
        return geometry
    }

    func pool(of kind: Kind) -> Window {
        var window = pool
        window.paddingBefore[0] = kind.convolved.paddingBefore
        window.paddingAfter[0] = kind.convolved.paddingAfter
        return window
    }

    func pooled(of kind: Kind) -> Shape { shape(pooled, kind.images, kind.pooledRows) }

    private func shape(_ whole: Shape, _ images: Int, _ rows: Int) -> Shape {
        [images, whole[1], rows, whole[3]]
    }
}
