import SaccadePrelude

/// A network drawn as papers draw it: every activation a box in perspective, an arrow with its layer between two boxes.
///
/// A box is as high as the activation, as deep as it is wide and as thick as it has channels (LeCun et al., 1998,
/// figure 2; Krizhevsky et al., 2012, figure 2). The three are shown on power scales, the same ones all over a figure, so
/// that a 7×7 map is still to be seen beside a 224×224 one. Fully connected layers are columns of neurons. Long networks
/// continue on the next row. A network whose results skip layers is drawn in levels of resolution instead, by
/// ``init(title:maps:flows:maximumWidth:)``.
public struct Schematic: Figure {
    /// One activation and the layer that makes it.
    public struct Stage: Sendable, Hashable {
        /// The activation's size.
        public enum Shape: Sendable, Hashable {
            /// A feature map.
            case volume(height: Int, width: Int, channels: Int)
            /// The outputs of a fully connected layer.
            case vector(count: Int)
        }

        /// What kind of layer made the activation; it decides the colour.
        public enum Role: String, Sendable, Hashable, CaseIterable {
            case input
            case convolution
            case pooling
            case normalization
            case upsampling
            case merging
            case dense = "fully connected"
            case other
        }

        public var shape: Shape
        /// The layer that makes the activation, like `7×7 conv, ReLU`; lines break at commas. Empty for the input.
        public var caption: String
        public var role: Role

        /// A feature map of so many rows, columns and channels; each at least 1.
        public static func volume(
            height: Int, width: Int, channels: Int, caption: String, role: Role = .convolution
        ) -> Stage {
            Stage(shape: .volume(height: height, width: width, channels: channels), caption: caption, role: role)
        }

        /// So many neurons, at least 1.
        public static func vector(count: Int, caption: String, role: Role = .dense) -> Stage {
            Stage(shape: .vector(count: count), caption: caption, role: role)
        }

        /// `234×234×64`, or the number of neurons.
        public var label: String {
            switch shape {
            case .volume(let height, let width, let channels): "\(height)×\(width)×\(channels)"
            case .vector(let count): "\(count)"
            }
        }
    }

    /// How the network is drawn.
    enum Content: Sendable {
        case row(SchematicLayout)
        case levels(LevelLayout)
    }

    public let title: String
    /// Of a network in a row, from input to output; none of one in levels.
    public let stages: [Stage]
    let content: Content

    init(title: String, stages: [Stage], content: Content) {
        (self.title, self.stages, self.content) = (title, stages, content)
    }

    /// - Parameters:
    ///   - title: Above the drawing; may be empty.
    ///   - stages: From input to output.
    ///   - maximumWidth: Points, at least 300; longer networks are broken into rows no wider than this.
    /// - Precondition: All sizes are at least 1.
    public init(title: String, stages: [Stage], maximumWidth: Double = 1140) {
        require(maximumWidth >= 300, "Schematic: a width of \(maximumWidth) points; at least 300")
        for stage in stages {
            switch stage.shape {
            case .volume(let height, let width, let channels):
                require(height > 0 && width > 0 && channels > 0, "Schematic: a volume of \(stage.label)")
            case .vector(let count):
                require(count > 0, "Schematic: a vector of \(count)")
            }
        }
        self.init(
            title: title, stages: stages,
            content: .row(SchematicLayout(title: title, stages: stages, maximumWidth: maximumWidth)))
    }

    public var size: (width: Double, height: Double) {
        switch content {
        case .row(let layout): (layout.width, layout.height)
        case .levels(let layout): (layout.width, layout.height)
        }
    }
}
