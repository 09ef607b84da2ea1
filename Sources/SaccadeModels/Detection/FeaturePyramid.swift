import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// Maps of a network at several scales, each with what the coarser ones know: Lin et al., "Feature Pyramid Networks for
/// Object Detection" (2017), with torchvision's names.
///
/// Every map becomes `channels` wide by a 1×1 convolution; from coarse to fine, the next coarser result is enlarged to the
/// nearest and added; a 3×3 convolution smooths each sum. One more map, every second element of the coarsest, is for the
/// largest objects.
struct FeaturePyramid: Module {
    private let lateral: [Conv2D]
    private let smoothing: [Conv2D]

    /// - Parameters:
    ///   - inputs: Channels of the maps, from fine to coarse.
    ///   - channels: Of every result.
    init(_ inputs: [Int], to channels: Int, using generator: inout some RandomNumberGenerator) {
        require(!inputs.isEmpty, "FeaturePyramid: there are no maps")
        func conv(_ inputs: Int, _ kernel: Int) -> Conv2D {
            var conv = Conv2D(
                in: inputs, out: channels, kernel: Pair(kernel), padding: .pixels(Pair(kernel / 2)),
                initializer: .kaimingUniform(gain: .leakyReLU(slope: 1)), using: &generator)
            conv.bias = Parameter(Tensor(filledWith: 0, shape: [channels]))
            return conv
        }
        lateral = inputs.map { conv($0, 1) }
        smoothing = inputs.map { _ in conv(channels, 3) }
    }

    /// As torchvision has them: each convolution in a list of one.
    var children: [(name: String, value: Any)] {
        [
            ("inner_blocks", lateral.map { [$0] }), ("layer_blocks", smoothing.map { [$0] }),
        ]
    }

    /// - Parameter maps: `[N, Cᵢ, Hᵢ, Wᵢ]`, from fine to coarse.
    /// - Returns: As many and one more, `[N, channels, Hᵢ, Wᵢ]`; the last one `[N, channels, ⌈H / 2⌉, ⌈W / 2⌉]`.
    func callAsFunction(_ maps: [Tensor]) -> [Tensor] {
        var sum: Tensor?
        var results: [Tensor] = []
        for (level, map) in maps.enumerated().reversed() {
            let own = lateral[level](map, as: "inner_blocks.\(level)")
            let whole = sum.map { own + $0.resized(to: Pair(map.shape[2], map.shape[3]), .nearest) } ?? own
            sum = whole
            results.append(smoothing[level](whole, as: "layer_blocks.\(level)"))
        }
        results.reverse()
        return results + [maxPool2D(results[results.count - 1], kernel: 1, stride: 2)]
    }
}
