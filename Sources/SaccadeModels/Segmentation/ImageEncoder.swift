import SaccadeLayers
import SaccadeTensors

/// A network of the zoo as an encoder: its layers up to the last map, and the maps that a decoder reads.
struct ImageEncoder: Sendable {
    /// What the network makes of the image before it makes it smaller.
    struct Level: Sendable {
        /// The layers up to its end.
        let end: Int
        let channels: Int
        /// Rows of the image for each row here.
        let stride: Int
    }

    /// Without what only classifies: pooling over the whole map, linear layers, auxiliary heads.
    let network: Network
    /// From fine to coarse.
    let levels: [Level]

    /// - Parameter classifier: On images.
    init(_ classifier: ResolvedNetwork) {
        let layers = classifier.layers.filter { !$0.isAuxiliary }.prefix { !$0.isGlobal && $0.output.rank == 3 }
        let height = classifier.input[1]
        levels = layers.indices.compactMap { index in
            let output = layers[index].output
            let isLast = index + 1 == layers.endIndex
            // An image that is only prepared, or padded, has no features yet.
            guard layers[...index].contains(where: { $0.isConvolution }) else { return nil }
            guard isLast || layers[index + 1].output[1] < output[1] else { return nil }
            return Level(
                end: index + 1, channels: output[0],
                stride: Int((Double(height) / Double(output[1])).rounded()))
        }
        network = Network(classifier.with(Array(layers)))
    }
}

extension ResolvedLayer {
    /// Whether it looks at the whole map at once.
    fileprivate var isGlobal: Bool {
        switch body {
        case .layer(is GlobalAveragePool2D), .layer(is AdaptiveAveragePool2D), .layer(is Flatten), .layer(is Linear):
            true
        default: false
        }
    }

    fileprivate var isConvolution: Bool {
        switch body {
        case .layer(is Conv2D): true
        case .residual(let body, let shortcut): (body + shortcut).contains(where: \.isConvolution)
        case .parallel(let branches): branches.joined().contains(where: \.isConvolution)
        default: false
        }
    }
}
