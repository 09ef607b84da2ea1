import CSaccadeKernels
import SaccadeOneDNN

/// Convolution, max pooling and ReLU as one step: `relu(maxPool2D(conv2D(x, weight, bias)))`.
///
/// ReLU and max pooling may change places, so this is also `maxPool2D(relu(conv2D(…)))`, values and gradients
/// alike. Where gradients are recorded it is computed in a way of its own: only the maximum of each window gets
/// a gradient, so the gradients of the convolution visit the maxima and leave the rest out, three quarters
/// behind a 2 × 2 pooling. The convolution's own result, the largest tensor of such a network, is never kept.
/// Elsewhere, and for what the loops do not cover, this is the three operations.
///
/// A NaN in a window is its result, as in PyTorch; oneDNN's pooling passes it over. Infinities in the images meet only the maxima's gradients, where the
/// three operations also multiply them with the zeros of the others.
///
/// - Parameters:
///   - x: `[N, C, H, W]`.
///   - weight: `[O, C, KH, KW]`.
///   - bias: `[O]`.
///   - stride: The convolution's.
///   - padding: The convolution's. The pooling has none.
///   - kernel: The pooling's window.
///   - poolStride: Elements between neighbouring windows; `nil` puts them side by side.
///   - rectifies: Whether the ReLU is there.
/// - Returns: `[N, O, P, Q]` with `P = (H′ − kernel) / poolStride + 1`, rounded down, where H′ is the height that
///   ``conv2D(_:_:bias:stride:padding:dilation:groups:activation:)`` gives.
package func pooledConv2D(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Pair = 1, padding: Padding = .valid,
    pool kernel: Pair, poolStride: Pair? = nil, rectifies: Bool = true
) -> Tensor {
    let poolStride = poolStride ?? kernel
    if Tape.current != nil, Trace.current == nil,
        let geometry = PooledConvolutionGeometry(
            x.shape, weight.shape, stride: stride, padding: padding, pool: kernel, poolStride: poolStride,
            rectifies: rectifies),
        bias == nil || bias?.shape == [weight.shape[0]], geometry.isWorthwhile
    {
        return PooledConvolution(geometry: geometry, hasBias: bias != nil).applied(x, weight, bias)
    }
    let pooled = maxPool2D(
        conv2D(x, weight, bias: bias, stride: stride, padding: padding), kernel: kernel, stride: poolStride)
    return rectifies ? relu(pooled) : pooled
}

/// The sizes of a convolution and the pooling behind it.
package struct PooledConvolutionGeometry: Hashable, Sendable {
    let source: Shape  // [N, C, H, W]
    let weights: Shape  // [O, C, KH, KW]
    let unpooled: Shape  // [N, O, H′, W′]
    let pooled: Shape  // [N, O, P, Q]
    let window: Window
    let pool: Pair
    let poolStride: Pair
    let rectifies: Bool

    /// `nil` where the shapes do not fit: the operations one by one say why.
    package init?(
        _ source: Shape, _ weights: Shape, stride: Pair, padding: Padding, pool: Pair, poolStride: Pair,
        rectifies: Bool
    ) {
        guard source.rank == 4, weights.rank == 4, source[1] == weights[1],
            let window = try? Window(
                kernel: Pair(weights[2], weights[3]), stride: stride, padding: padding, dilation: 1,
                over: (source[2], source[3]), for: "pooledConv2D")
        else { return nil }
        let (height, width) = (window.outputLength(0, source[2]), window.outputLength(1, source[3]))
        guard
            let pooling = try? Window(
                kernel: pool, stride: poolStride, padding: .valid, dilation: 1, over: (height, width),
                for: "pooledConv2D")
        else { return nil }
        self.source = source
        self.weights = weights
        self.window = window
        self.pool = pool
        self.poolStride = poolStride
        self.rectifies = rectifies
        unpooled = [source[0], weights[0], height, width]
        pooled = [source[0], weights[0], pooling.outputLength(0, height), pooling.outputLength(1, width)]
    }

    /// Whether there are loops for it that beat the operations one by one.
    package var isWorthwhile: Bool {
        guard PooledConvolutionGeometry.machineSuits, source.elementCount > 0, pooled.elementCount > 0 else {
            return false
        }
        // Strides of 2 leave a quarter of the gradients; with fewer zeros the dense loops are as fast. Threads
        // share out images and blocks of channels.
        guard poolStride.product >= 4, source[0] * inputBlocks >= Threads.count else { return false }
        return withUnsafePointer(to: bridged) { sk_pooled_convolution_fits($0) != 0 }
    }

    /// Whether the processor has AVX-512, and oneDNN's convolutions use it.
    package static let machineSuits: Bool = {
        guard sk_pooled_convolution_is_fast() != 0 else { return false }
        let window = Window(
            kernel: [3, 3], stride: [1, 1], dilation: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
        let descriptor = try? Descriptor.convolution(
            .training, .direct, source: .blocked16([1, 16, 8, 8]), weights: .any([16, 16, 3, 3]), bias: nil,
            destination: .blocked16([1, 16, 6, 6]), window: window.parameters)
        return descriptor?.name.contains("avx512") ?? false
    }()

    private var isBlocked: Bool { source[1] % 16 == 0 }
    private var inputBlocks: Int { isBlocked ? source[1] / 16 : 1 }

    /// The argmax of each window, its place within the window, is a byte, in the order of the result's elements, four to a float.
    var argmax: Shape { [pooled[0], (pooled[1] + 15) / 16, pooled[2], pooled[3], 4] }

    var multiplyAdds: Int { weights.elementCount * unpooled[0] * unpooled[2] * unpooled[3] }

    func sourceLayout(images: Int) -> Layout {
        let dimensions = source.replacing(0, with: images).dimensions
        return isBlocked ? .blocked16(dimensions) : .rowMajor(dimensions)
    }

    var sourceArrangement: Arrangement? {
        Arrangement(sourceLayout(images: source[0]), rowMajor: .rowMajor(source.dimensions))
    }

    var pooledArrangement: Arrangement? {
        Arrangement(.blocked16(pooled.dimensions), rowMajor: .rowMajor(pooled.dimensions))
    }

    var bridged: sk_pooled_convolution {
        func pair(_ values: [Int]) -> (Int, Int) { (values[0], values[1]) }
        return sk_pooled_convolution(
            images: source[0], channels: source[1], outputs: weights[0], size: (source[2], source[3]),
            unpooled: (unpooled[2], unpooled[3]), pooled: (pooled[2], pooled[3]), kernel: pair(window.kernel),
            stride: pair(window.stride), padding: pair(window.paddingBefore), pool: pair(pool.both),
            pool_stride: pair(poolStride.both), rectifies: rectifies ? 1 : 0)
    }
}

/// Inputs: source, weights, then the bias if there is one. Results: the pooled maxima and their argmax.
package struct PooledConvolution: Operation {
    let geometry: PooledConvolutionGeometry
    let hasBias: Bool

    package init(geometry: PooledConvolutionGeometry, hasBias: Bool) {
        self.geometry = geometry
        self.hasBias = hasBias
    }

    package var name: String { "pooledConv2D" }
    package func resultShapes(_ inputs: [Shape]) -> [Shape] { [geometry.pooled, geometry.argmax] }
    package func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.multiplyAdds }

    /// The convolution of one image at a time, whose result stays in the cache until it is pooled, or of all
    /// at once, which suits small images and Winograd's algorithm.
    package func kernels(_ request: KernelRequest) -> [Kernel] {
        var kernels: [Kernel] = []
        for algorithm in ConvolutionAlgorithm.allCases where algorithm == .direct || suitsWinograd(request) {
            for images in Set([1, geometry.source[0]]).sorted() {
                // Here oneDNN may have nothing fast: 3.x has no Winograd, and 2.6 not for every shape.
                if let kernel = try? kernel(algorithm, imagesAtOnce: images) { kernels.append(kernel) }
            }
        }
        guard kernels.isEmpty else { return kernels }
        do {
            guard let kernel = try kernel(.direct, imagesAtOnce: geometry.source[0], inAnyOrder: true) else {
                return []
            }
            return [kernel]
        } catch {
            unavailable("a convolution of \(geometry.source)", error)
        }
    }

    private func suitsWinograd(_ request: KernelRequest) -> Bool {
        request.allowsWinograd
            && ConvolutionGeometry(
                window: geometry.window, groups: 1, isTransposed: false, source: geometry.source,
                weights: geometry.weights, destination: geometry.unpooled
            ).suitsWinograd
    }

    /// - Parameter inAnyOrder: Whether oneDNN chooses how its images lie. Otherwise there may be no kernel.
    private func kernel(
        _ algorithm: ConvolutionAlgorithm, imagesAtOnce images: Int, inAnyOrder: Bool = false
    ) throws(OneDNNError) -> Kernel? {
        let unpooled = geometry.unpooled.replacing(0, with: images).dimensions
        let source = geometry.sourceLayout(images: images)
        // With one channel several layouts are the same order, and oneDNN's loops insist on their own.
        let chooses = inAnyOrder || geometry.source[1] == 1
        let descriptor = try Descriptor.convolution(
            .training, algorithm, source: chooses ? .any(source.dimensions) : source,
            weights: .any(geometry.weights.dimensions), bias: hasBias ? .rowMajor([geometry.weights[0]]) : nil,
            destination: inAnyOrder ? .any(unpooled) : .blocked16(unpooled), window: geometry.window.parameters)
        while !inAnyOrder && (descriptor.name.contains("ref") || descriptor.layout(of: .source) !== source) {
            guard descriptor.advance() else { return nil }
        }
        let roles: [Role] = [.source, .weights] + (hasBias ? [.bias] : []) + [.destination]
        let (primitive, inputs) = (try Primitive(descriptor, roles: roles), roles.count - 1)
        let layouts = primitive.arguments.map(\.layout)
        let blocked = Layout.blocked16(unpooled)
        let reorder =
            layouts[inputs] === blocked
            ? nil : try Primitive(.reorder(from: layouts[inputs], to: blocked), roles: [.source, .destination])

        let whole = [
            inAnyOrder
                ? Arrangement(layouts[0], rowMajor: .rowMajor(geometry.source.dimensions)) : geometry.sourceArrangement,
            Arrangement(layouts[1], rowMajor: .rowMajor(geometry.weights.dimensions)),
        ]
        let (bridged, all) = (geometry.bridged, geometry.source[0])
        let sourceStep = layouts[0].byteCount
        // Results are blocked, or bytes: whole images of both.
        let resultStep = geometry.argmax.elementCount / all * 16
        let argmaxStep = geometry.argmax.elementCount / all * 4
        // Scratch memory: the convolution's result, the same in blocks, and what the primitives need.
        let blockedOffset = reorder == nil ? 0 : Storage.aligned(layouts[inputs].byteCount)
        let scratchOffset = blockedOffset + Storage.aligned(blocked.byteCount)
        var kernel = Kernel(
            inputs: whole + (hasBias ? [nil] : []), results: [geometry.pooledArrangement, nil]
        ) { at in
            let scratch = UnsafeMutableRawPointer(at[inputs + 2])
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: inputs + 2) { addresses in
                for index in 0..<inputs { addresses.initializeElement(at: index, to: at.base[index]) }
                addresses.initializeElement(at: inputs, to: scratch)
                addresses.initializeElement(at: inputs + 1, to: scratch + scratchOffset)
                for first in stride(from: 0, to: all, by: images) {
                    addresses[0] = UnsafeMutableRawPointer(at[0]) + first / images * sourceStep
                    primitive.run(at: UnsafePointer(addresses.baseAddress.unsafelyUnwrapped))
                    if let reorder {
                        withUnsafePointer(to: (scratch, scratch + blockedOffset, scratch + scratchOffset)) {
                            $0.withMemoryRebound(to: UnsafeMutableRawPointer?.self, capacity: 3) { reorder.run(at: $0) }
                        }
                    }
                    let result = UnsafeMutableRawPointer(at[inputs]) + first * resultStep
                    let argmax = UnsafeMutableRawPointer(at[inputs + 1]) + first * argmaxStep
                    withUnsafePointer(to: bridged) {
                        sk_pool_with_winners(
                            $0, images, (scratch + blockedOffset).assumingMemoryBound(to: Float.self),
                            result.assumingMemoryBound(to: Float.self), argmax.assumingMemoryBound(to: UInt8.self))
                    }
                }
            }
        }
        kernel.scratchByteCount = scratchOffset + max(primitive.scratchByteCount, reorder?.scratchByteCount ?? 0)
        kernel.label = "\(algorithm) \(primitive.name), \(images) at once"
        return kernel
    }

    /// Applies the step and records its gradients.
    package func applied(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let inputs = [x, weight] + (bias.map { [$0] } ?? [])
        let results = results(of: inputs)
        let (geometry, argmax) = (geometry, results[1])
        return results[0].recorded(from: inputs) { dy, wanted in
            let dx = wanted[0] ? PooledSourceGradient(geometry: geometry)(weight, argmax, dy) : nil
            guard wanted.dropFirst().contains(true) else { return [dx] + wanted.dropFirst().map { _ in nil } }
            let gradient = PooledWeightGradient(geometry: geometry, hasBias: wanted.count > 2)
            return [dx] + gradient.results(of: [x, argmax, dy])
        }
    }
}
