import SaccadeOneDNN

/// What a convolution and its gradients know about each other: the forward pass.
///
/// Transposed convolutions are the gradients of convolutions, and oneDNN describes both in the same terms.
struct ConvolutionGeometry: Hashable, Sendable {
    var window: Window
    var groups: Int
    var isTransposed: Bool
    var source: Shape  // [N, C, H, W]
    var weights: Shape  // [O, C/G, KH, KW], transposed [C, O/G, KH, KW]
    var destination: Shape  // [N, O, H′, W′]

    var inputChannels: Int { source[1] }
    var outputChannels: Int { destination[1] }
    private var area: Int { weights[2] * weights[3] }

    /// A multiplication for each weight at each place that it meets.
    var multiplyAdds: Int {
        let places = isTransposed ? source : destination
        return weights.elementCount * places[0] * places[2] * places[3]
    }

    /// The weights as oneDNN names their axes: `[O, C, KH, KW]`, with groups `[G, O/G, C/G, KH, KW]`.
    private var weightDimensions: [Int] {
        let all = [outputChannels / groups, inputChannels / groups, weights[2], weights[3]]
        return groups == 1 ? all : [groups] + all
    }

    /// Where the elements of a row-major parameter are along those axes.
    var weightsRowMajor: Layout {
        guard isTransposed else { return .rowMajor(weightDimensions) }
        let (outputs, inputs) = (outputChannels / groups, inputChannels / groups)
        let strides = [area, outputs * area, weights[3], 1]
        return .strided(weightDimensions, groups == 1 ? strides : [inputs * outputs * area] + strides)
    }

    /// Makes the primitive of one direction, with every layout but the bias's left to oneDNN.
    ///
    /// - Parameters:
    ///   - type: Of the numbers that are multiplied.
    ///   - resultType: Of the sums.
    func descriptor(
        _ pass: Pass, _ algorithm: ConvolutionAlgorithm, hasBias: Bool, type: ElementType = .float32,
        resultType: ElementType = .float32, fused: Fused = Fused()
    ) throws(OneDNNError) -> Descriptor {
        let gradient: Layout? =
            switch pass {
            case .inference, .training: nil
            case .backwardData: .any(source.dimensions, resultType)
            case .backwardWeights: .any(weightDimensions, resultType)
            }
        return try .convolution(
            pass, algorithm, transposed: isTransposed, source: .any(source.dimensions, type),
            weights: .any(weightDimensions, type), bias: hasBias ? .rowMajor([outputChannels]) : nil,
            destination: .any(destination.dimensions, gradient == nil ? resultType : type), gradient: gradient,
            window: window.parameters, fused: fused)
    }

    /// Whether Winograd's algorithm is worth timing. Small problems are over before it pays off.
    var suitsWinograd: Bool {
        window.kernel == [3, 3] && window.stride == [1, 1] && window.dilation == [1, 1] && groups == 1
            && !isTransposed && multiplyAdds > 4_000_000
    }

    /// The kernels worth timing: every fast implementation of each algorithm, in the order that was asked for.
    func kernels(
        _ request: KernelRequest, roles: [Role], inputs: Int, rowMajor: [Layout?],
        _ descriptor: (ConvolutionAlgorithm, ElementType) throws(OneDNNError) -> Descriptor
    ) -> [Kernel] {
        var found: [(kernel: Kernel, images: [Layout], isOrdered: Bool)] = []
        for way in ways(for: request) {
            let before = found.count
            do {
                let descriptor = try descriptor(way.algorithm, way.type)
                repeat {
                    // Reference code and matrix products over unfolded images are only ever a last resort.
                    let isSlow = ["ref", "gemm"].contains { descriptor.name.contains($0) }
                    if isSlow && !found.isEmpty { break }
                    // oneDNN calls several of its implementations by one name.
                    let name = "\(way.isRounded ? "bf16 " : "")\(way.algorithm) \(descriptor.name)"
                    let same = found.count { $0.kernel.label.hasPrefix(name) }
                    let kernel = Kernel(
                        try Primitive(descriptor, roles: roles), inputs: inputs,
                        label: same == 0 ? name : "\(name) #\(same + 1)", rowMajor: rowMajor)
                    let images = imageLayouts(of: descriptor)
                    found.append((kernel, images, images.allSatisfy { isOrdered($0, request.order) }))
                } while found.count - before < 6 && descriptor.advance()
            } catch {
                // oneDNN 3 has no Winograd, and 2.6 not for every shape.
                guard way.algorithm == .direct, !way.isRounded else { continue }
                unavailable("a convolution of \(source) by \(weights)", error)
            }
        }
        // One width of blocks throughout: that of the best implementation.
        guard let best = found.first(where: \.isOrdered) ?? found.first else { return [] }
        return found.filter { $0.images == best.images }.map(\.kernel)
    }

    /// What may be tried, the plainest first.
    private func ways(
        for request: KernelRequest
    ) -> [(algorithm: ConvolutionAlgorithm, type: ElementType, isRounded: Bool)] {
        let type = request.precision.elementType
        let usesWinograd = request.allowsWinograd && type == .float32 && suitsWinograd
        return [(.direct, type, false)] + (usesWinograd ? [(.winograd, type, false)] : [])
            + (request.allowsBFloat16 && type == .float32 ? [(.direct, .bfloat16, true)] : [])
    }

    /// How the images lie that a convolution hands on. Those that it reads are brought into any order.
    private func imageLayouts(of descriptor: borrowing Descriptor) -> [Layout] {
        let isForward = descriptor.layout(of: .destination) != nil
        return [isForward ? descriptor.layout(of: .destination) : descriptor.layout(of: .dSource)].compactMap { $0 }
    }

    private func isOrdered(_ layout: Layout, _ order: ElementOrder) -> Bool {
        guard let type = layout.elementType else { return true }
        return (layout === Layout.channelsLast(layout.dimensions, type)) == (order == .channelsLast)
    }
}

/// `input ✳︎ weights + bias`, an activation and, in plans, the sum with an earlier value.
///
/// Inputs: source, weights, then the bias if there is one, then the addend if there is one.
struct Convolution: Operation {
    var kernel: Pair
    var stride: Pair
    var padding: Padding
    var dilation: Pair
    var groups: Int
    var hasBias: Bool
    var activation: Activation?
    /// Elements added to one side of the output; `nil` for convolutions that are not transposed.
    var transposedOutputPadding: Pair?
    var addsResidual = false

    var isTransposed: Bool { transposedOutputPadding != nil }
    /// How many inputs there are before the addend.
    var operandCount: Int { hasBias ? 3 : 2 }
    var name: String { isTransposed ? "convTranspose2D" : "conv2D" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        let shape = try geometry(inputs).destination
        if hasBias && inputs[2] != [shape[1]] {
            throw ShapeError("\(name): a bias of shape \(inputs[2]) does not fit \(shape[1]) output channels")
        }
        return [shape]
    }

    func geometry(_ inputs: [Shape]) throws(ShapeError) -> ConvolutionGeometry {
        let (source, weights) = (inputs[0], inputs[1])
        try requireImages(source, for: name)
        guard weights.rank == 4 else { throw ShapeError("\(name): weights must have 4 axes, got \(weights)") }
        guard groups >= 1 else { throw ShapeError("\(name): groups must be at least 1, got \(groups)") }
        return isTransposed ? try transposed(source, weights) : try direct(source, weights)
    }

    private func direct(_ source: Shape, _ weights: Shape) throws(ShapeError) -> ConvolutionGeometry {
        guard source[1] == weights[1] * groups, weights[0] % groups == 0 else {
            throw ShapeError(
                "\(name): an input \(source) has \(source[1]) channels, but weights \(weights) in \(groups) "
                    + "group(s) are for \(weights[1] * groups)")
        }
        let window = try Window(
            kernel: Pair(weights[2], weights[3]), stride: stride, padding: padding, dilation: dilation,
            over: (source[2], source[3]), for: name)
        return ConvolutionGeometry(
            window: window, groups: groups, isTransposed: false, source: source, weights: weights,
            destination: [
                source[0], weights[0], window.outputLength(0, source[2]), window.outputLength(1, source[3]),
            ])
    }

    private func transposed(_ source: Shape, _ weights: Shape) throws(ShapeError) -> ConvolutionGeometry {
        guard source[1] == weights[0], weights[0] % groups == 0 else {
            throw ShapeError("\(name): an input \(source) and weights \(weights) differ in channels")
        }
        guard case .pixels(let padding) = padding, let extra = transposedOutputPadding else {
            throw ShapeError("\(name): the padding of a transposed convolution is a number of elements")
        }
        var lengths: [Int] = []
        for axis in 0..<2 {
            let (step, pad, more) = (stride.both[axis], padding.both[axis], extra.both[axis])
            guard step >= 1, pad >= 0, dilation.both[axis] >= 1 else {
                throw ShapeError("\(name): stride and dilation start at 1, padding at 0")
            }
            guard more >= 0, more < max(step, dilation.both[axis]) else {
                throw ShapeError(
                    "\(name): output padding \(more) must be smaller than the stride \(step) or the dilation "
                        + "\(dilation.both[axis])")
            }
            let extent = dilation.both[axis] * (weights[2 + axis] - 1) + 1
            let length = (source[2 + axis] - 1) * step - 2 * pad + extent + more
            guard length > 0 else {
                throw ShapeError(
                    "\(name): the output would have length (\(source[2 + axis]) − 1) · \(step) − 2 · \(pad) + "
                        + "\(extent) + \(more) = \(length)")
            }
            lengths.append(length)
        }
        let window = Window(
            kernel: [weights[2], weights[3]], stride: stride.both, dilation: dilation.both,
            paddingBefore: padding.both,
            paddingAfter: [padding.height - extra.height, padding.width - extra.width])
        return ConvolutionGeometry(
            window: window, groups: groups, isTransposed: true, source: source, weights: weights,
            destination: [source[0], weights[1] * groups, lengths[0], lengths[1]])
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int {
        (try? geometry(inputs))?.multiplyAdds ?? 0
    }

    func additionalWeights(_ inputs: [Shape]) -> Int {
        guard let geometry = try? geometry(inputs), geometry.suitsWinograd else { return 0 }
        // Tiles of 4×4 have 36 products where there were 9 weights.
        return 3 * geometry.weights.elementCount
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        guard let g = try? geometry(request.inputs.map(\.shape)) else {
            preconditionFailure("\(name) was asked for a kernel for shapes that do not fit")
        }
        return kernels(request, g) + kernelsByTiles(request, into: request.results[0], from: 0)
    }

    /// The kernels for a geometry that need not be this convolution's own, such as that of some rows of it.
    func kernels(_ request: KernelRequest, _ g: ConvolutionGeometry) -> [Kernel] {
        let resultType = request.precision.elementType
        let fused = Fused(addsToDestination: addsResidual, activation: activation?.unary.eltwise)
        let roles: [Role] = [.source, .weights] + (hasBias ? [.bias] : []) + [.destination]
        return g.kernels(
            request, roles: roles, inputs: roles.count - 1,
            rowMajor: [nil, g.weightsRowMajor] + (hasBias ? [nil] : []) + [nil]
        ) { algorithm, type throws(OneDNNError) in
            try g.descriptor(
                // At inference Winograd's weights are transformed beforehand, which takes longer than a step.
                request.isTraining ? .training : .inference, algorithm, hasBias: hasBias, type: type,
                resultType: resultType, fused: fused)
        }.map { addsResidual ? $0.writingOnItsResult() : $0 }
    }
}

extension Kernel {
    /// One input more, the last: what the result held before. It must lie the same way, and at the same place.
    func writingOnItsResult() -> Kernel {
        var kernel = self
        kernel.addend = inputs.count
        kernel.inputs.append(results[0])
        kernel.inPlace = kernel.addend
        return kernel
    }
}

/// The gradient of a convolution's source. Inputs: weights, output gradient.
struct ConvolutionSourceGradient: Operation {
    let geometry: ConvolutionGeometry

    var name: String { "conv2D source gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [geometry.source] }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.multiplyAdds }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        geometry.kernels(
            request, roles: [.weights, .dDestination, .dSource], inputs: 2,
            rowMajor: [geometry.weightsRowMajor, nil, nil]
        ) { algorithm, type throws(OneDNNError) in
            try geometry.descriptor(.backwardData, algorithm, hasBias: false, type: type)
        }
    }
}

/// The gradients of a convolution's weights and bias. Inputs: source, output gradient.
struct ConvolutionWeightGradient: Operation {
    let geometry: ConvolutionGeometry
    let hasBias: Bool

    var name: String { "conv2D weight gradient" }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.multiplyAdds }

    func resultShapes(_ inputs: [Shape]) -> [Shape] {
        [geometry.weights] + (hasBias ? [[geometry.outputChannels]] : [])
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        geometry.kernels(
            request, roles: [.source, .dDestination, .dWeights] + (hasBias ? [.dBias] : []), inputs: 2,
            rowMajor: [nil, nil, geometry.weightsRowMajor] + (hasBias ? [nil] : [])
        ) { algorithm, type throws(OneDNNError) in
            try geometry.descriptor(.backwardWeights, algorithm, hasBias: hasBias, type: type)
        }
    }
}

extension Convolution {
    /// Applies the convolution and records its gradients.
    func applied(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let inputs = [input, weight] + (bias.map { [$0] } ?? [])
        let output = results(of: inputs)[0]
        guard let geometry = try? geometry(inputs.map(\.shape)) else { return output }
        let activation = activation
        // The tape holds what a pullback holds: the result only where the activation's gradient reads it.
        let result = activation == nil ? nil : output
        let order = output.operand.blocks?.arrangement(output.shape)
        return output.recorded(from: inputs) { dy, wanted in
            var dy = result.flatMap { activation?.gradient(dy, result: $0) } ?? dy
            // Both gradients read it: from a loss it comes row by row, and is brought into blocks once.
            if dy.arrangement == nil { dy = dy.arranged(order) }
            let dx = wanted[0] ? ConvolutionSourceGradient(geometry: geometry)(weight, dy) : nil
            guard wanted[1] || (wanted.count > 2 && wanted[2]) else {
                return [dx] + inputs.dropFirst().map { _ in nil }
            }
            let dw = ConvolutionWeightGradient(geometry: geometry, hasBias: bias != nil).results(of: [input, dy])
            return [dx] + dw
        }
    }
}
