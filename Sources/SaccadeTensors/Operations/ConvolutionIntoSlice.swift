import SaccadeOneDNN

/// A convolution that writes its result to where a concatenation along the channels would copy it.
///
/// oneDNN's fast convolutions write images that lie one behind the other. In a joined tensor only the parts of one image
/// do, so that the convolution is done image by image; or for all at once and copied, where that is faster.
///
/// Inputs: those of the convolution, then the joined tensor as those before have left it, unless this is the first of them.
/// Result: the joined tensor.
struct ConvolutionIntoSlice: Operation {
    let convolution: Convolution
    let slice: ChannelSlice
    let isFirst: Bool

    var name: String { "\(convolution.name) into a slice" }
    private var count: Int { convolution.operandCount }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try convolution.resultShapes(Array(inputs.prefix(count))).map(slice.whole)
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { convolution.multiplyAdds(inputs, results) }
    func additionalWeights(_ inputs: [Shape]) -> Int { convolution.additionalWeights(inputs) }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        var own = request
        own.inputs = Array(request.inputs.prefix(count))
        own.results = [request.results[0].replacing(1, with: slice.end - slice.start)]
        let kernels =
            convolution.kernelsByImage(own, into: slice)
            + convolution.kernels(own).compactMap { copied($0, own.results[0]) }
            + convolution.kernelsByTiles(own, into: request.results[0], from: slice.start)
        guard !isFirst else { return kernels }
        // In the order in which the others lie, or all of it would have to be brought into another.
        let joined = request.inputs[count].arrangement
        let fitting = kernels.filter { $0.results[0] == joined }
        return (fitting.isEmpty ? kernels : fitting).map { $0.writingOnItsResult() }
    }

    /// All images at once, and then to their places.
    private func copied(_ way: Kernel, _ shape: Shape) -> Kernel? {
        guard case .primitive(let primitive) = way.body else { return nil }
        let made = Arrangement.layout(of: way.results[0], shape)
        let whole = slice.whole(for: made)
        guard let part = slice.part(of: whole) else { return nil }
        let copy = KernelCache.shared.reorder(from: made, to: part)
        let madeSize = Storage.aligned(made.byteCount)
        let scratch = (index: count + 1, offset: madeSize)
        let steps = [
            Kernel.Part(primitive, (0..<count).map { ($0, 0) } + [(count + 1, 0)], scratch: scratch),
            Kernel.Part(copy, [(count + 1, 0), (count, 0)], scratch: scratch),
        ]
        var kernel = way
        kernel.results = [Arrangement(whole, rowMajor: .rowMajor(whole.dimensions))]
        kernel.scratchByteCount = madeSize + max(way.scratchByteCount, copy.scratchByteCount)
        kernel.label += ", copied"
        kernel.body = .lanes([steps])
        return kernel
    }
}
