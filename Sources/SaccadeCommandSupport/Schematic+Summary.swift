package import SaccadeDrawing
package import SaccadeModels

extension Schematic {
    /// The network as papers draw it: one with connections that skip levels of resolution in levels, any other as a row
    /// of activations.
    package init(_ summary: ModelSummary, maximumWidth: Double = 1140) {
        let flows = SummaryFlows(summary)
        if flows.hasLevels {
            self.init(title: summary.name, maps: flows.maps, flows: flows.flows, maximumWidth: maximumWidth)
        } else {
            self.init(row: summary, maximumWidth: maximumWidth)
        }
    }

    /// Layers that keep the size, such as ReLU, belong to the arrow of the layer before them; what lies inside a block
    /// is not drawn on its own.
    private init(row summary: ModelSummary, maximumWidth: Double) {
        var stages = [Stage(summary.input, caption: "", role: .input)]
        for layer in summary.layers where layer.depth == 0 && layer.isAuxiliary == nil {
            // Dropout does nothing when the network predicts, and flatten is what the shapes show anyway.
            guard layer.kind != .dropout, layer.kind != .flatten else { continue }
            if layer.isMinor, stages.count > 1 {
                stages[stages.count - 1].caption += ", \(layer.caption)"
            } else {
                stages.append(Stage(layer.outputSize, caption: layer.caption, role: Stage.Role(layer.kind.role)))
            }
        }
        self.init(title: summary.name, stages: stages, maximumWidth: maximumWidth)
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
    package var word: String {
        guard let kernel else { return kind.title }
        let strides = stride.map {
            $0 == [1, 1] ? "" : ", stride \($0[0] == $0[1] ? "\($0[0])" : "\($0[0])×\($0[1])")"
        }
        return "\(kernel[0])×\(kernel[1]) \(kind.title)\(strides ?? "")"
    }

    /// `7×7 conv, ReLU`.
    package var caption: String { word + (activation.map { ", \($0.title)" } ?? "") }

    /// Whether the layer is a note at another one.
    package var isMinor: Bool {
        switch kind.role {
        case .normalization, .activation, .reshaping, .other: true
        case .convolution, .upsampling, .pooling, .dense, .merging: false
        }
    }
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
