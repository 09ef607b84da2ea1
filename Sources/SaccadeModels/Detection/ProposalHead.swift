import SaccadeLayers
import SaccadeTensors

/// The sliding window of a region proposal network: at each place of a map, for each of its anchors, whether there is an
/// object and how the anchor would have to move. Ren et al., "Faster R-CNN" (2015), section 3.1, with torchvision's names.
struct ProposalHead: Module {
    private let conv: Conv2D
    private let clsLogits: Conv2D
    private let bboxPred: Conv2D

    /// - Parameters:
    ///   - channels: Of the map, and of the window's own layer.
    ///   - anchors: At each place.
    init(_ channels: Int, anchors: Int, using generator: inout some RandomNumberGenerator) {
        func conv(_ outputs: Int, _ kernel: Int, _ activation: Activation? = nil) -> Conv2D {
            var conv = Conv2D(
                in: channels, out: outputs, kernel: Pair(kernel), padding: .pixels(Pair(kernel / 2)),
                activation: activation, initializer: .normal(deviation: 0.01), using: &generator)
            conv.bias = Parameter(Tensor(filledWith: 0, shape: [outputs]))
            return conv
        }
        self.conv = conv(channels, 3, .relu)
        clsLogits = conv(anchors, 1)
        bboxPred = conv(4 * anchors, 1)
    }

    var children: [(name: String, value: Any)] {
        [("conv", [[conv]]), ("cls_logits", clsLogits), ("bbox_pred", bboxPred)]
    }

    /// - Parameter map: `[N, channels, H, W]`.
    /// - Returns: For every place, row by row, and every anchor there: the logit of an object, `[N, H · W · A]`, and the
    ///   offsets dx, dy, dw, dh, `[N, H · W · A, 4]`.
    func callAsFunction(_ map: Tensor) -> (objectness: Tensor, offsets: Tensor) {
        let x = conv(map, as: "conv")
        let (n, places) = (map.shape[0], map.shape[2] * map.shape[3])
        let objectness = clsLogits(x, as: "cls_logits")
        let offsets = bboxPred(x, as: "bbox_pred")
        let anchors = objectness.shape[1]
        return (
            objectness.transposed([0, 2, 3, 1]).reshaped(to: [n, places * anchors]),
            // Channels are the anchors with four numbers each.
            offsets.transposed([0, 2, 3, 1]).reshaped(to: [n, places * anchors, 4])
        )
    }
}
