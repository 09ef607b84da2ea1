import CSaccadeKernels

/// Features of regions of interest, the same number for each: a region is divided into bins, and each bin is the mean
/// of samples, interpolated from the four pixels around. He et al., "Mask R-CNN" (2017), section 3; the numbers are
/// those of torchvision's `roi_align`.
///
/// Boxes are not believed, for a network may have computed them. With an edge that is NaN or infinite, or with an image
/// that is not there, a region is all zeros; so are samples farther than one pixel outside the map. There is no
/// gradient for boxes.
///
/// - Parameters:
///   - features: `[N, C, H, W]`.
///   - boxes: `[R, 5]`: the number of an image in `0..<N`, whose fraction is cut off, then left, top, right and bottom
///     in pixels, continuous.
///   - outputSize: Rows and columns of bins; from 1 to 4096.
///   - spatialScale: From coordinates of boxes to those of the features: 1 / 16 where a box is in pixels of an image
///     and the features are a sixteenth as large.
///   - samplingRatio: Samples of a bin along each axis, at most 4096; with 0 as many as a bin has pixels there, rounded
///     up. (Beyond 2²³, which is no region of an image, there are no more of them.)
///   - aligned: Whether pixels are squares, the first of which begins at 0; else their centres are at whole numbers,
///     half a pixel off, and a region is at least one pixel wide and high. That was so at first, and torchvision's
///     detectors stay with it.
/// - Returns: `[R, C, outputSize.height, outputSize.width]`.
public func roiAlign(
    _ features: Tensor, boxes: Tensor, outputSize: Pair, spatialScale: Float = 1, samplingRatio: Int = 0,
    aligned: Bool = false
) -> Tensor {
    let operation = RoIAlign(
        regions: Regions(outputSize: outputSize, spatialScale: spatialScale), samplingRatio: samplingRatio,
        isAligned: aligned)
    let gradient = RoIAlignGradient(forward: operation, features: features.shape)
    return operation(features, boxes).recorded(pullbacks: [features: { dy in gradient(boxes, dy) }])
}

/// Inputs: `[N, C, H, W]`, `[R, 5]`.
struct RoIAlign: Operation {
    let regions: Regions
    let samplingRatio: Int
    let isAligned: Bool

    var name: String { "roiAlign" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard (0...Regions.most).contains(samplingRatio) else {
            throw ShapeError("\(name): a sampling ratio of \(samplingRatio) is not 0 to \(Regions.most)")
        }
        return [try regions.resultShape(of: inputs[0], boxes: inputs[1], for: name)]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (features, result) = (request.inputs[0].shape, request.results[0])
        guard features.elementCount > 0, result.elementCount > 0 else { return [.zeros(request)] }
        let blocks = request.inputs[0].blocks
        let bridged = bridged(features, count: result[0], in: blocks)
        var kernel = Kernel(inputs: [blocks?.arrangement(features), nil], results: [blocks?.arrangement(result)]) {
            at in
            withUnsafePointer(to: bridged) { sk_roi_align_forward($0, at[0], at[1], at[2], at[3]) }
        }
        kernel.scratchByteCount = withUnsafePointer(to: bridged) { sk_roi_align_scratch($0) }
        return [kernel]
    }

    /// Along rows, then along columns of bins: four pixels for each sample. How many there are without a ratio depends
    /// on the boxes; one is the least.
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int {
        let samples = max(samplingRatio, 1)
        return results[0].elementCount * samples * samples * 4
    }

    fileprivate func bridged(_ features: Shape, count: Int, in blocks: ChannelBlocks?) -> sk_regions {
        regions.bridged(features, count: count, in: blocks, samples: samplingRatio, isAligned: isAligned)
    }
}

/// Inputs: `[R, 5]`, the output gradient.
struct RoIAlignGradient: Operation {
    let forward: RoIAlign
    let features: Shape

    var name: String { "roiAlign gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [features] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let incoming = request.inputs[1]
        guard features.elementCount > 0, incoming.shape.elementCount > 0 else { return [.zeros(request)] }
        let blocks = incoming.blocks
        let bridged = forward.bridged(features, count: incoming.shape[0], in: blocks)
        var kernel = Kernel(
            inputs: [nil, blocks?.arrangement(incoming.shape)], results: [blocks?.arrangement(features)]
        ) { at in
            withUnsafePointer(to: bridged) { sk_roi_align_gradient($0, at[0], at[1], at[2], at[3]) }
        }
        kernel.scratchByteCount = withUnsafePointer(to: bridged) { sk_roi_align_scratch($0) }
        return [kernel]
    }
}
