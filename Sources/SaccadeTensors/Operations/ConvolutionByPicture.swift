import SaccadeOneDNN

extension Convolution {
    /// Kernels that do one picture after another, each with all threads, or each thread its own ones.
    ///
    /// A picture's result may lie among the channels of others.
    ///
    /// - Parameters:
    ///   - request: For the convolution alone, which adds to nothing.
    ///   - whole: The shape of what is written into: `[N, channels, H, W]`.
    ///   - start: Where the convolution's own channels begin there.
    func kernelsByPicture(_ request: KernelRequest, into whole: Shape, from start: Int) -> [Kernel] {
        let lanes = whole[0] >= Threads.count && Threads.count > 1 ? [1, Threads.count] : [1]
        let single = request.ofOnePicture
        let ways = kernels(single)
        return lanes.flatMap { lanes in ways.compactMap { byPicture($0, request, single, whole, start, lanes: lanes) } }
    }

    private func byPicture(
        _ way: Kernel, _ request: KernelRequest, _ single: KernelRequest, _ whole: Shape, _ start: Int, lanes: Int
    ) -> Kernel? {
        guard case .primitive(let primitive) = way.body,
            let source = primitive.arguments[0].layout.joined(in: request.inputs[0].shape.dimensions, from: 0),
            let result = Arrangement.layout(of: way.results[0], single.results[0]).joined(
                in: whole.dimensions, from: start)
        else { return nil }
        let (pictures, count) = (whole[0], operandCount)
        let scratchSize = Storage.aligned(way.scratchByteCount)
        let (read, written) = (source.byteCount / pictures, result.byteCount / pictures)
        let offset = written / whole[1] * start
        var parts = [[Kernel.Part]](repeating: [], count: lanes)
        for picture in 0..<pictures {
            let lane = picture * lanes / pictures
            parts[lane].append(
                Kernel.Part(
                    primitive,
                    [(0, picture * read)] + (1..<count).map { ($0, 0) } + [(count, picture * written + offset)],
                    scratch: (index: count + 1, offset: lane * scratchSize)))
        }
        var kernel = way
        kernel.inputs[0] = Arrangement(source, rowMajor: .rowMajor(source.dimensions))
        kernel.results = [Arrangement(result, rowMajor: .rowMajor(result.dimensions))]
        kernel.scratchByteCount = lanes * scratchSize
        kernel.label += lanes > 1 ? ", by picture on each thread" : ", by picture"
        kernel.body = .lanes(parts)
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
    func joined(in all: [Int], from start: Int) -> Layout? {
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
