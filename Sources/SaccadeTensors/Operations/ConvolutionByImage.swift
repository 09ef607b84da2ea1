import SaccadeOneDNN

extension Convolution {
    /// Kernels that do one image after another, each with all threads, or each thread its own ones.
    ///
    /// An image's result may lie among the channels of others.
    ///
    /// - Parameters:
    ///   - request: For the convolution alone, which adds to nothing.
    ///   - slice: Its place among the channels of what is written into.
    func kernelsByImage(_ request: KernelRequest, into slice: ChannelSlice) -> [Kernel] {
        let images = request.results[0][0]
        let lanes = images >= Threads.count && Threads.count > 1 ? [1, Threads.count] : [1]
        let single = request.ofOneImage
        let ways = kernels(single)
        return lanes.flatMap { lanes in ways.compactMap { byImage($0, request, single, slice, lanes: lanes) } }
    }

    private func byImage(
        _ way: Kernel, _ request: KernelRequest, _ single: KernelRequest, _ slice: ChannelSlice, lanes: Int
    ) -> Kernel? {
        let made = Arrangement.layout(of: way.results[0], single.results[0])
        let whole = slice.whole(of: request.results[0])
        guard case .primitive(let primitive) = way.body,
            let source = primitive.arguments[0].layout.joined(in: request.inputs[0].shape.dimensions),
            slice.isOnePiece(made),
            let result = slice.whole(for: made).joined(in: whole.dimensions)
        else { return nil }
        let (images, count) = (whole[0], operandCount)
        let scratchSize = Storage.aligned(way.scratchByteCount)
        let (read, written) = (source.byteCount / images, result.byteCount / images)
        let offset = slice.start * whole[2] * whole[3] * Layout.rowMajor([1], made.elementType ?? .float32).byteCount
        var parts = [[Kernel.Part]](repeating: [], count: lanes)
        for image in 0..<images {
            let lane = image * lanes / images
            parts[lane].append(
                Kernel.Part(
                    primitive,
                    [(0, image * read)] + (1..<count).map { ($0, 0) } + [(count, image * written + offset)],
                    scratch: (index: count + 1, offset: lane * scratchSize)))
        }
        var kernel = way
        kernel.inputs[0] = Arrangement(source, rowMajor: .rowMajor(source.dimensions))
        kernel.results = [Arrangement(result, rowMajor: .rowMajor(result.dimensions))]
        kernel.scratchByteCount = lanes * scratchSize
        kernel.label += lanes > 1 ? ", by image on each thread" : ", by image"
        kernel.body = .lanes(parts)
        return kernel
    }
}

extension KernelRequest {
    /// The same for one image of each batch.
    fileprivate var ofOneImage: KernelRequest {
        var request = self
        request.inputs[0] = Operand(inputs[0].shape.replacing(0, with: 1))
        request.results = results.map { $0.replacing(0, with: 1) }
        return request
    }
}

extension Layout {
    /// The layout of images of which some, or every single one, lie as this layout says; `nil` where there is none.
    func joined(in all: [Int]) -> Layout? {
        if let blocks = ChannelBlocks(self) { return blocks.layout(Shape(all)) }
        guard let type = elementType, self === Layout.rowMajor(dimensions, type) else { return nil }
        return .rowMajor(all, type)
    }
}
