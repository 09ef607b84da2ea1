import SaccadeOneDNN

/// A convolution and the pooling behind it as one step of a plan.
///
/// The result of a first convolution is the largest tensor of many networks, and pooling reads it only once. Done
/// for one image at a time, or for one stripe of its rows, it never leaves the cache. Where there are images for
/// every thread, each thread does its own, and none waits for another before the end. Which way is the fastest
/// depends on sizes and caches: they are timed against each other and against both steps for all images at once.
///
/// Inputs: source, weights, then the bias if there is one. Result: the pooled images.
struct ConvolutionAndPooling: Operation {
    let convolution: Convolution
    let pooling: Pooling

    /// `nil` where there is nothing to compute, or the pooling is one of our own loops.
    init?(_ convolution: Convolution, _ pooling: Pooling, inputs: [Shape]) {
        guard !convolution.isTransposed, !convolution.addsResidual,
            let geometry = try? convolution.geometry(inputs), geometry.source.elementCount > 0,
            let window = try? pooling.window(over: geometry.destination),
            pooling.suitsOneDNN(window, over: geometry.destination),
            Pooling.resultShape(window, over: geometry.destination).elementCount > 0
        else { return nil }
        self.convolution = convolution
        self.pooling = pooling
    }

    var name: String { "\(convolution.name) + \(pooling.name)" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        try pooling.resultShapes(convolution.resultShapes(inputs))
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { convolution.multiplyAdds(inputs, results) }
    func additionalWeights(_ inputs: [Shape]) -> Int { convolution.additionalWeights(inputs) }

    /// Sizes of a stripe of the convolution's result worth timing, in bytes: what fits into the cores' own caches.
    private static let stripeSizes = [2 << 20, 1 << 20, 512 << 10]

    func kernels(_ request: KernelRequest) -> [Kernel] {
        guard let convolved = try? convolution.geometry(request.inputs.map(\.shape)),
            let window = try? pooling.window(over: convolved.destination)
        else { preconditionFailure("\(name) was asked for a kernel for shapes that do not fit") }
        let geometry = PooledStripes(convolution: convolved, pool: window)
        let (images, rows) = (geometry.images, geometry.pooledRows)
        var kernels = self.kernels(request, geometry, PooledStripes.Size(images: images, rows: rows, lanes: 1))
        // What fits into the cache as a whole gains nothing from being cut up.
        guard geometry.resultByteCount > 1 << 20 else { return kernels }
        let rowSize = max(geometry.resultByteCount / (images * rows), 1)
        let heights = Set(Self.stripeSizes.map { $0 / rowSize }.filter { (1..<rows).contains($0) })
        let lanes = images >= Threads.count ? Threads.count : 1
        for height in (images > 1 ? [rows] : []) + heights.sorted(by: >) {
            kernels += self.kernels(request, geometry, PooledStripes.Size(images: 1, rows: height, lanes: lanes))
        }
        return kernels
    }

    /// One kernel for each way to do the convolution, for stripes of one size.
    private func kernels(
        _ request: KernelRequest, _ geometry: PooledStripes, _ size: PooledStripes.Size
    ) -> [Kernel] {
        let stripes = geometry.cut(size)
        // Stripes at the edges see some padding, and the last may be lower: each kind has primitives of its own.
        var convolutions: [PooledStripes.Kind: [Kernel]] = [:]
        for kind in stripes.map(\.kind) where convolutions[kind] == nil {
            convolutions[kind] = convolution.kernels(request, geometry.convolution(of: kind))
        }
        guard let first = stripes.first, let ways = convolutions[first.kind] else { return [] }
        return ways.compactMap { way in
            var steps: [PooledStripes.Kind: Steps] = [:]
            for (kind, candidates) in convolutions {
                let same = candidates.first { $0.label == way.label && $0.inputs[1] == way.inputs[1] }
                guard let same, let made = Steps(same, pooling, geometry, kind) else { return nil }
                steps[kind] = made
            }
            return kernel(way, geometry, size, stripes, steps)
        }
    }

    /// All stripes of all images, one after another; `nil` where whole images do not lie as the stripes do.
    private func kernel(
        _ convolution: Kernel, _ geometry: PooledStripes, _ size: PooledStripes.Size, _ stripes: [PooledStripes.Stripe],
        _ steps: [PooledStripes.Kind: Steps]
    ) -> Kernel? {
        guard let any = steps.values.first else { return nil }
        let (source, pooled) = (geometry.convolution.source, geometry.pooled)
        let cutsRows = stripes.count > 1
        guard let sources = any.source.extended(to: source.dimensions, cuttingRows: cutsRows),
            let results = any.pooled.extended(to: pooled.dimensions, cuttingRows: cutsRows)
        else { return nil }
        let count = convolution.inputs.count
        let convolvedSize = steps.values.map(\.convolved.byteCount).max() ?? 0
        let scratchOffset = Storage.aligned(convolvedSize)
        let scratchSize =
            steps.values.map { max($0.convolution.scratchByteCount, $0.pooling.scratchByteCount) }.max() ?? 0
        let laneSize = scratchOffset + Storage.aligned(scratchSize)
        var lanes = [[Kernel.Part]](repeating: [], count: size.lanes)
        for image in stride(from: 0, to: geometry.images, by: size.images) {
            let lane = image * size.lanes / geometry.images
            for stripe in stripes {
                guard let step = steps[stripe.kind] else { return nil }
                let from = sources.offset(image: image, row: stripe.sourceRows.lowerBound)
                let to = results.offset(image: image, row: stripe.pooledRows.lowerBound)
                let convolved = (count + 1, lane * laneSize)
                let scratch = (index: count + 1, offset: lane * laneSize + scratchOffset)
                lanes[lane].append(
                    Kernel.Part(
                        step.convolution, [(0, from)] + (1..<count).map { ($0, 0) } + [convolved], scratch: scratch))
                lanes[lane].append(Kernel.Part(step.pooling, [convolved, (count, to)], scratch: scratch))
            }
        }
        var kernel = convolution
        kernel.inputs[0] = Arrangement(sources, rowMajor: .rowMajor(source.dimensions))
        kernel.results = [Arrangement(results, rowMajor: .rowMajor(pooled.dimensions))]
        kernel.scratchByteCount = size.lanes * laneSize
        kernel.label += ", \(size.images) × \(size.rows) rows" + (size.lanes > 1 ? " on each thread" : "")
        kernel.body = .lanes(lanes)
        return kernel
    }

    /// The primitives for one kind of stripe.
    private struct Steps {
        let convolution: Primitive
        let pooling: Primitive
        var source: Layout { convolution.arguments[0].layout }
        var convolved: Layout { pooling.arguments[0].layout }
        var pooled: Layout { pooling.arguments[1].layout }

        init?(_ kernel: Kernel, _ pooling: Pooling, _ geometry: PooledStripes, _ kind: PooledStripes.Kind) {
            guard case .primitive(let convolution) = kernel.body,
                let destination = convolution.arguments.first(where: { $0.role == .destination })?.layout,
                let descriptor = try? Pooling.descriptor(
                    .inference, pooling.kind, destination, geometry.pooled(of: kind), geometry.pool(of: kind)),
                let primitive = try? Primitive(descriptor, roles: [.source, .destination])
            else { return nil }
            self.convolution = convolution
            self.pooling = primitive
        }
    }
}

extension Kernel.Part {
    /// - Parameter scratch: Where the scratchpad is, if the primitive wants one.
    init(_ primitive: Primitive, _ operands: [(Int, Int)], scratch: (index: Int, offset: Int)) {
        self.primitive = primitive
        self.operands = operands.map { (index: $0.0, offset: $0.1) } + (primitive.scratchByteCount > 0 ? [scratch] : [])
    }
}

extension Layout {
    /// The layout of whole images, or of more of them, that hold images or stripes of this layout one behind
    /// another; `nil` where there is none.
    fileprivate func extended(to all: [Int], cuttingRows: Bool) -> Layout? {
        if dimensions == all { return self }
        guard let type = elementType else { return nil }
        if Layout.channelsLast(dimensions, type) === self { return .channelsLast(all, type) }
        // In every other order the rows of a stripe lie apart.
        return cuttingRows ? nil : joined(in: all)
    }

    /// Where a row of an image starts, in bytes; rows other than the first only where all channels of a pixel lie
    /// together.
    fileprivate func offset(image: Int, row: Int) -> Int {
        let size = byteCount / dimensions[0]
        return image * size + row * (size / dimensions[2])
    }
}
