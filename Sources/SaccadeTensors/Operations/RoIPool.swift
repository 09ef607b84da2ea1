import CSaccadeKernels
import SaccadeOneDNN

/// Features of regions of interest, the same number for each: a region is rounded to pixels and divided into bins, and
/// each bin is the largest element of its pixels. Girshick, "Fast R-CNN" (2015), section 2.1; the numbers are those of
/// torchvision's `roi_pool`.
///
/// A region is at least one pixel wide and high, its right and bottom pixels included; neighbouring bins may have a row
/// or a column in common. A bin outside the map is zero. NaN never is the largest. Boxes are not believed, for a
/// network may have computed them: with an edge that is NaN or infinite, or with an image that is not there, a region
/// is all zeros.
///
/// The gradient goes to the largest element, of equals to the first; there is none for boxes.
///
/// - Parameters:
///   - features: `[N, C, H, W]`.
///   - boxes: `[R, 5]`: the number of an image in `0..<N`, whose fraction is cut off, then left, top, right and bottom
///     in pixels, of which the last ones belong to the region.
///   - outputSize: Rows and columns of bins; from 1 to 4096.
///   - spatialScale: From coordinates of boxes to those of the features.
/// - Returns: `[R, C, outputSize.height, outputSize.width]`.
/// - Precondition: While gradients are recorded, a plane has at most 2²⁴ elements.
public func roiPool(_ features: Tensor, boxes: Tensor, outputSize: Pair, spatialScale: Float = 1) -> Tensor {
    var operation = RoIPool(regions: Regions(outputSize: outputSize, spatialScale: spatialScale))
    guard Tape.current != nil else { return operation(features, boxes) }
    operation.keepsPlaces = true
    let results = operation.results(of: [features, boxes])
    let places = results[1]
    let gradient = RoIPoolGradient(regions: operation.regions, features: features.shape)
    return results[0].recorded(pullbacks: [features: { dy in gradient(boxes, places, dy) }])
}

/// Inputs: `[N, C, H, W]`, `[R, 5]`. Results: the bins; for training also where in its plane each largest element was,
/// or -1.
struct RoIPool: Operation {
    let regions: Regions
    var keepsPlaces = false

    var name: String { "roiPool" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let shape = try regions.resultShape(of: inputs[0], boxes: inputs[1], for: name)
        guard keepsPlaces else { return [shape] }
        guard inputs[0][2] * inputs[0][3] <= 1 << 24 else {
            throw ShapeError("\(name): places in planes of \(inputs[0]) are too many for a float to count (2²⁴)")
        }
        return [shape, shape]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (features, result) = (request.inputs[0].shape, request.results[0])
        guard features.elementCount > 0, result.elementCount > 0 else { return [.zeros(request)] }
        // Places are found for sixteen channels at a time: that is worth a reorder.
        let blocks = request.inputs[0].blocks ?? (keepsPlaces ? ChannelBlocks(.blocked16(features.dimensions)) : nil)
        let bridged = regions.bridged(features, count: result[0], in: blocks)
        let made = blocks?.arrangement(result)
        let (keepsPlaces, scratch) = (keepsPlaces, request.results.count + 2)
        var kernel = Kernel(
            inputs: [blocks?.arrangement(features), nil], results: request.results.map { _ in made }
        ) { at in
            withUnsafePointer(to: bridged) {
                sk_roi_pool_forward($0, at[0], at[1], at[2], keepsPlaces ? at[3] : nil, at[scratch])
            }
        }
        kernel.scratchByteCount = withUnsafePointer(to: bridged) { sk_roi_pool_scratch($0) }
        return [kernel]
    }
}

/// Inputs: `[R, 5]`, where the largest elements were, the output gradient.
struct RoIPoolGradient: Operation {
    let regions: Regions
    let features: Shape

    var name: String { "roiPool gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [features] }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let incoming = request.inputs[2]
        guard features.elementCount > 0, incoming.shape.elementCount > 0 else { return [.zeros(request)] }
        let blocks = incoming.blocks ?? request.inputs[1].blocks
        let bridged = regions.bridged(features, count: incoming.shape[0], in: blocks)
        let source = blocks?.arrangement(incoming.shape)
        return [
            Kernel(inputs: [nil, source, source], results: [blocks?.arrangement(features)]) { at in
                withUnsafePointer(to: bridged) { sk_roi_pool_gradient($0, at[0], at[1], at[2], at[3]) }
            }
        ]
    }
}
