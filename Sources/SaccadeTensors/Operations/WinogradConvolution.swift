import CSaccadeKernels
import SaccadeOneDNN

extension Convolution {
    /// Winograd's algorithm for images with the channels last, which oneDNN does not have: tiles of 4×4 or 2×2 elements
    /// of the result. Only for weights that are transformed beforehand.
    ///
    /// - Parameters:
    ///   - request: For the convolution alone.
    ///   - whole: The shape of what is written into: `[N, channels, H, W]`.
    ///   - start: Where the convolution's own channels begin there.
    func kernelsByTiles(_ request: KernelRequest, into whole: Shape, from start: Int) -> [Kernel] {
        guard request.order == .channelsLast, request.allowsWinograd, request.constantInputs.contains(1),
            request.precision == .float32, activation == nil || activation == .relu,
            let geometry = try? geometry(request.inputs.map(\.shape)), geometry.suitsWinograd
        else { return [] }
        return [4, 2].compactMap { kernel(tile: $0, geometry, whole, start) }
    }

    private func kernel(tile: Int, _ g: ConvolutionGeometry, _ whole: Shape, _ start: Int) -> Kernel? {
        let problem = sk_winograd(
            images: g.source[0], height: g.source[2], width: g.source[3], channels_in: g.source[1],
            height_out: g.destination[2], width_out: g.destination[3], channels_out: g.destination[1],
            pixel_step: whole[1], padding_top: g.window.paddingBefore[0], padding_left: g.window.paddingBefore[1],
            tile: tile, adds: addsResidual ? 1 : 0, rectifies: activation == nil ? 0 : 1)
        guard withUnsafePointer(to: problem, sk_winograd_is_available) != 0 else { return nil }
        let scratch = withUnsafePointer(to: problem, sk_winograd_scratch_count)
        let places = (tile + 2) * (tile + 2)
        let weights = Layout.rowMajor([places, g.source[1], g.destination[1]])
        func channelsLast(_ shape: Shape) -> Arrangement? {
            Arrangement(.channelsLast(shape.dimensions), rowMajor: .rowMajor(shape.dimensions))
        }
        let hasBias = hasBias
        let result = hasBias ? 3 : 2
        var kernel = Kernel(
            inputs: [
                channelsLast(g.source), Arrangement(weights, rowMajor: .rowMajor(g.weights.dimensions)),
            ] + (hasBias ? [nil] : []), results: [channelsLast(whole)]
        ) { at in
            withUnsafePointer(to: problem) {
                sk_winograd_convolve($0, at[0], at[1], hasBias ? at[2] : nil, at[result] + start, at[result + 1])
            }
        }
        kernel.transforms[1] = ConstantTransform("winograd \(tile)×\(tile)") { from, to in
            withUnsafePointer(to: problem) { sk_winograd_weights($0, from, to) }
        }
        kernel.scratchByteCount = scratch * MemoryLayout<Float>.stride
        kernel.label = "winograd \(tile)×\(tile), channels last"
        return addsResidual ? kernel.writingOnItsResult() : kernel
    }
}
