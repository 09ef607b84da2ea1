import SaccadeDrawing
import SaccadeModels

extension Schematic {
    /// The network as a row of activations. Layers that keep the size, such as ReLU, belong to the arrow of the layer
    /// before them; what lies inside a block is not drawn on its own.
    init(_ description: ModelSummary, maximumWidth: Double = 1140) {
        var stages = [Stage(description.input, caption: "", role: .input)]
        for layer in description.layers where layer.depth == 0 && layer.isAuxiliary == nil {
            let word = layer.word
            if layer.isMinor, let last = stages.indices.last, stages.count > 1 {
                // Dropout does nothing when the network predicts, and flatten is what the shapes show anyway.
                guard layer.kind != .dropout, layer.kind != .flatten else { continue }
                stages[last].caption += ", \(word)"
            } else if layer.kind != .dropout, layer.kind != .flatten {
                let activation = layer.activation.map { ", \($0.title)" } ?? ""
                stages.append(Stage(layer.outputSize, caption: word + activation, role: layer.role))
            }
        }
        self.init(title: description.name, stages: stages, maximumWidth: maximumWidth)
    }
}

extension Schematic.Stage {
    fileprivate init(_ size: [Int], caption: String, role: Role) {
        self =
            size.count == 3
            ? .volume(height: size[0], width: size[1], channels: size[2], caption: caption, role: role)
            : .vector(count: size[0], caption: caption, role: role)
    }
}

extension ModelSummary.Layer {
    /// `7×7 conv`.
    fileprivate var word: String {
        guard let kernel else { return kind.title }
        let strides = stride.map {
            $0 == [1, 1] ? "" : ", stride \($0[0] == $0[1] ? "\($0[0])" : "\($0[0])×\($0[1])")"
        }
        return "\(kernel[0])×\(kernel[1]) \(kind.title)\(strides ?? "")"
    }

    /// Whether the layer is a note at another one.
    fileprivate var isMinor: Bool {
        switch role {
        case .normalization, .other: true
        default: false
        }
    }

    fileprivate var role: Schematic.Stage.Role { Schematic.Stage.Role(kind.role) }
}

extension Schematic.Stage.Role {
    fileprivate init(_ role: LayerKind.Role) {
        self =
            switch role {
            case .convolution: .convolution
            case .upsampling: .upsampling
            case .pooling: .pooling
            case .normalization: .normalization
            case .dense: .dense
            case .merging: .merging
            case .activation, .reshaping, .other: .other
            }
    }
}
