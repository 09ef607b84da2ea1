import SaccadeOneDNN

/// A convolution that writes its result to where a concatenation along the channels would copy it.
///
/// oneDNN's fast convolutions write pictures that lie one behind the other. In a joined tensor only the parts of one picture
/// do, so that the convolution is done picture by picture; or for all at once and copied, where that is faster.
///
/// Inputs: those of the convolution, then the joined tensor as those before have left it, unless this is the first of them.
/// Result: the joined tensor.
struct ConvolutionIntoSlice: Operation {
    let convolution: Convolution
    /// Where its channels begin among those of the joined tensor.
    let start: Int
    /// How many channels that has.
    let total: Int
    let isFirst: Bool

    var name: String { "\(convolution.name) into a slice" }
    private var count: Int { convolution.operandCount }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try convolution.resultShapes(Array(inputs.prefix(count))).map { $0.replacing(1, with: total) }
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { convolution.multiplyAdds(inputs, results) }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        var own = request
        own.inputs = Array(request.inputs.prefix(count))
        own.results = [request.results[0].replacing(1, with: request.inputs[1].shape[0])]
        let kernels =
            convolution.kernelsByPicture(own, into: request.results[0], from: start)
            + convolution.kernels(own).compactMap { copied($0, own.results[0], to: request.results[0]) }
            + convolution.kernelsByTiles(own, into: request.results[0], from: start)
        return isFirst ? kernels : kernels.map { $0.writingOnItsResult() }
    }

    /// All pictures at once, and then to their places.
    private func copied(_ way: Kernel, _ shape: Shape, to whole: Shape) -> Kernel? {
        guard case .primitive(let primitive) = way.body else { return nil }
        let made = Arrangement.layout(of: way.results[0], shape)
        let type = made.elementType ?? .float32
        let madeSize = Storage.aligned(made.byteCount)
        let scratch = (index: count + 1, offset: madeSize)
        let result: Layout
        let copies: [Kernel.Part]
        let one = shape.replacing(0, with: 1).dimensions
        if let joined = made.joined(in: whole.dimensions, from: start), let picture = made.joined(in: one, from: 0) {
            result = joined
            let (read, written) = (made.byteCount / shape[0], joined.byteCount / shape[0])
            let copy = KernelCache.shared.reorder(from: picture, to: picture)
            copies = (0..<shape[0]).map {
                Kernel.Part(
                    copy, [(count + 1, $0 * read), (count, $0 * written + written / total * start)], scratch: scratch)
            }
        } else {
            // Between the channels of a pixel, or in rows, lie those of the others.
            let isLast = made === Layout.channelsLast(shape.dimensions, type)
            result = isLast ? .channelsLast(whole.dimensions, type) : .rowMajor(whole.dimensions, type)
            let (height, width) = (whole[2], whole[3])
            let strides =
                isLast
                ? [height * width * total, 1, width * total, total]
                : [total * height * width, height * width, width, 1]
            let copy = KernelCache.shared.reorder(from: made, to: .strided(shape.dimensions, strides, type))
            let offset = (isLast ? start : start * height * width) * Layout.rowMajor([1], type).byteCount
            copies = [Kernel.Part(copy, [(count + 1, 0), (count, offset)], scratch: scratch)]
        }
        let convolved = Kernel.Part(
            primitive, (0..<count).map { ($0, 0) } + [(count + 1, 0)], scratch: scratch)
        var kernel = way
        kernel.results = [Arrangement(result, rowMajor: .rowMajor(result.dimensions))]
        kernel.scratchByteCount =
            madeSize + max(way.scratchByteCount, copies.map(\.primitive.scratchByteCount).max() ?? 0)
        kernel.label += ", copied"
        kernel.body = .lanes([[convolved] + copies])
        return kernel
    }
}
