import CSaccadeKernels

/// Regions of interest as rows of bins: what ``roiAlign(_:boxes:outputSize:spatialScale:samplingRatio:aligned:)`` and
/// ``roiPool(_:boxes:outputSize:spatialScale:)`` share.
struct Regions: Hashable, Sendable {
    /// Rows and columns of bins.
    let outputSize: Pair
    let spatialScale: Float

    /// `[R, C, rows, columns]`, of features `[N, C, H, W]` and boxes `[R, 5]`.
    func resultShape(of features: Shape, boxes: Shape, for name: String) throws(ShapeError) -> Shape {
        try requireImages(features, for: name)
        guard boxes.rank == 2, boxes[1] == 5 else {
            throw ShapeError("\(name): boxes must be [R, 5], image, left, top, right, bottom; got \(boxes)")
        }
        guard outputSize.both.allSatisfy((1...Self.most).contains) else {
            throw ShapeError("\(name): \(outputSize) bins are not 1 to \(Self.most) rows and columns")
        }
        guard spatialScale.isFinite, spatialScale > 0 else {
            throw ShapeError("\(name): a scale of \(spatialScale) is not positive")
        }
        guard max(features[2], features[3]) < Int(Int32.max) else {
            throw ShapeError("\(name): planes of \(features[2])×\(features[3]) are too large")
        }
        let (count, overflows) = boxes[0].multipliedReportingOverflow(by: features[1])
        guard !overflows, count <= Self.mostElements / outputSize.product else {
            throw ShapeError("\(name): \(outputSize) bins of \(boxes) boxes and \(features[1]) channels are too many")
        }
        return [boxes[0], features[1], outputSize.height, outputSize.width]
    }

    /// Elements of a result: as many as nobody has memory for, and their multiplications can still be counted.
    private static let mostElements = 1 << 36

    /// Bins, and samples of each, along an axis: more are a mistake, and their product shall not overflow.
    static let most = 4096

    /// As the loops in C take them.
    ///
    /// - Parameter blocks: The order of the features, and of the bins.
    func bridged(
        _ features: Shape, count: Int, in blocks: ChannelBlocks?, samples: Int = 0, isAligned: Bool = false
    ) -> sk_regions {
        sk_regions(
            images: features[0], channels: features[1], height: features[2], width: features[3],
            block: blocks.map { $0.width ?? features[1] } ?? 1, regions: count,
            bins: (outputSize.height, outputSize.width), scale: spatialScale, samples: samples,
            is_aligned: isAligned ? 1 : 0)
    }
}

extension Kernel {
    /// Zeros for every result: where there are no boxes, or no features.
    static func zeros(_ request: KernelRequest) -> Kernel {
        let (first, counts) = (request.inputs.count, request.results.map(\.elementCount))
        return Kernel(request) { at in
            for (index, count) in counts.enumerated() { at[first + index].update(repeating: 0, count: count) }
        }
    }
}
