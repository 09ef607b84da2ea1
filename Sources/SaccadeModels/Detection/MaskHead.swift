import SaccadeLayers
import SaccadeTensors

/// A small fully convolutional network over a region's features: for each class, which pixels are the object's. He et al.,
/// "Mask R-CNN" (2017), figure 4, right, with torchvision's names.
struct MaskHead: Module {
    /// `mask_predictor` of torchvision's checkpoints.
    struct Predictor: Module {
        let conv5Mask: ConvTranspose2D
        let maskFcnLogits: Conv2D

        /// The numbers in the names are words of their own.
        var children: [(name: String, value: Any)] {
            [("conv5_mask", conv5Mask), ("mask_fcn_logits", maskFcnLogits)]
        }
    }

    private let convs: [Conv2D]
    let predictor: Predictor

    /// - Parameters:
    ///   - channels: Of the features, and of every layer.
    ///   - classes: With the background, which is class 0.
    init(_ channels: Int, classes: Int, using generator: inout some RandomNumberGenerator) {
        let initializer = Initializer.kaimingNormal(fan: .output)
        convs = (0..<4).map { _ in
            var conv = Conv2D(
                in: channels, out: channels, kernel: 3, padding: 1, activation: .relu, initializer: initializer,
                using: &generator)
            conv.bias = Parameter(Tensor(filledWith: 0, shape: [channels]))
            return conv
        }
        var up = ConvTranspose2D(
            in: channels, out: channels, kernel: 2, stride: 2, initializer: initializer, using: &generator)
        up.bias = Parameter(Tensor(filledWith: 0, shape: [channels]))
        var logits = Conv2D(in: channels, out: classes, kernel: 1, initializer: initializer, using: &generator)
        logits.bias = Parameter(Tensor(filledWith: 0, shape: [classes]))
        predictor = Predictor(conv5Mask: up, maskFcnLogits: logits)
    }

    /// `mask_head` of torchvision's checkpoints: each convolution in a list of one.
    var children: [(name: String, value: Any)] { convs.enumerated().map { ("\($0)", [$1]) } }

    /// - Parameter regions: `[R, C, H, W]`.
    /// - Returns: `[R, classes, 2H, 2W]`: the logit of each pixel of each class's mask.
    func callAsFunction(_ regions: Tensor) -> Tensor {
        let x = convs.enumerated().reduce(regions) { x, layer in layer.element(x, as: "mask_head.\(layer.offset)") }
        return predictor.maskFcnLogits(relu(predictor.conv5Mask(x, as: "conv5_mask")), as: "mask_fcn_logits")
    }
}
