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
    private var count: Int { convolution.hasBias ? 3 : 2 }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try convolution.resultShapes(Array(inputs.prefix(count))).map { $0.replacing(1, with: total) }
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { convolution.multiplyAdds(inputs, results) }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        var own = request
        own.inputs = Array(request.inputs.prefix(count))
        own.results = [request.results[0].replacing(1, with: request.inputs[1].shape[0])]
        let pictures = request.results[0][0]
        let lanes = pictures >= Threads.count && Threads.count > 1 ? [1, Threads.count] : [1]
        let single = convolution.kernels(own.ofOnePicture)
        let kernels =
            lanes.flatMap { lanes in single.compactMap { byPicture($0, own, request.results[0], lanes: lanes) } }
            + convolution.kernels(own).compactMap { copied($0, own.results[0], to: request.results[0]) }
        return isFirst ? kernels : kernels.map { $0.writingOnItsResult() }
    }

    /// One picture after another, or each thread its own ones.
    private func byPicture(_ way: Kernel, _ request: KernelRequest, _ whole: Shape, lanes count: Int) -> Kernel? {
        guard case .primitive(let primitive) = way.body,
            let source = primitive.arguments[0].layout.joined(in: request.inputs[0].shape.dimensions, from: 0),
            let result = Arrangement.layout(of: way.results[0], request.ofOnePicture.results[0])
                .joined(in: whole.dimensions, from: start)
        else { return nil }
        let pictures = whole[0]
        let scratchSize = (way.scratchByteCount + 63) / 64 * 64
        let (read, written) = (source.byteCount / pictures, result.byteCount / pictures)
        let offset = written / total * start
        var parts = [[Kernel.Part]](repeating: [], count: count)
        for picture in 0..<pictures {
            let lane = picture * count / pictures
            parts[lane].append(
                Kernel.Part(
                    primitive,
                    [(0, picture * read)] + (1..<self.count).map { ($0, 0) } + [
                        (self.count, picture * written + offset)
                    ],
                    scratch: (index: self.count + 1, offset: lane * scratchSize)))
        }
        var kernel = way
        kernel.inputs[0] = Arrangement(source, rowMajor: .rowMajor(source.dimensions))
        kernel.results = [Arrangement(result, rowMajor: .rowMajor(result.dimensions))]
        kernel.scratchByteCount = count * scratchSize
        kernel.label += count > 1 ? ", by picture on each thread" : ", by picture"
        kernel.body = .lanes(parts)
        return kernel
    }

    /// All pictures at once, and then to their places.
    private func copied(_ way: Kernel, _ shape: Shape, to whole: Shape) -> Kernel? {
        guard case .primitive(let primitive) = way.body else { return nil }
        let made = Arrangement.layout(of: way.results[0], shape)
        let type = made.elementType ?? .float32
        let madeSize = (made.byteCount + 63) / 64 * 64
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

extension KernelRequest {
    /// The same for one picture of each batch.
    fileprivate var ofOnePicture: KernelRequest {
        var request = self
        request.inputs[0] = Operand(inputs[0].shape.replacing(0, with: 1))
        request.results = results.map { $0.replacing(0, with: 1) }
        return request
    }
}

extension Layout {
    /// The layout of pictures of which every single one of this layout is a part in one piece, from a channel on; `nil` where
    /// there is none.
    fileprivate func joined(in all: [Int], from start: Int) -> Layout? {
        guard let type = elementType, dimensions.count == 4 else { return nil }
        for width in [16, 8] where self === Layout.blocked(by: width, dimensions, type) {
            let isWhole = [start, dimensions[1], all[1]].allSatisfy { $0 % width == 0 }
            return isWhole || dimensions[1] == all[1] ? .blocked(by: width, all, type) : nil
        }
        if self === Layout.rowMajor(dimensions, type) { return .rowMajor(all, type) }
        return self === Layout.channelsLast(dimensions, type) && dimensions[1] == all[1]
            ? .channelsLast(all, type) : nil
    }
}
