import SaccadePrelude

// Networks with levels of resolution and connections between them, drawn as Ronneberger et al., "U-Net" (2015), figure 1.
extension Schematic {
    /// The result of a layer on a grid.
    public struct FeatureMap: Sendable, Hashable {
        /// Rows; at least 1.
        public var height: Int
        /// Columns; at least 1.
        public var width: Int
        /// At least 1.
        public var channels: Int
        /// How many of the channels are copies of another map's.
        public var copied: Int
        /// A word beside it, such as `input`; may be empty.
        public var caption: String

        public init(height: Int, width: Int, channels: Int, copied: Int = 0, caption: String = "") {
            (self.height, self.width, self.channels) = (height, width, channels)
            (self.copied, self.caption) = (copied, caption)
        }
    }

    /// A layer, or a copy: an arrow from one map to another.
    public struct Flow: Sendable, Hashable {
        /// It decides the colour.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case convolution, pooling, upsampling
            /// A map that is handed on past others.
            case skip
            case other
        }

        /// Indices of maps.
        public var from: Int
        public var to: Int
        public var kind: Kind
        /// What the legend calls it, like `3×3 conv, ReLU`.
        public var caption: String

        public init(from: Int, to: Int, kind: Kind, caption: String) {
            (self.from, self.to, self.kind, self.caption) = (from, to, kind, caption)
        }
    }

    /// A network in levels: each map stands on the row of its resolution, the encoder's going down, the decoder's coming
    /// up again. Maps are as high as their rows and as wide as their channels, both on power scales.
    ///
    /// - Parameters:
    ///   - title: Above the drawing; may be empty.
    ///   - maps: In the order in which they are made; the first is the input.
    ///   - flows: Each from an earlier map to a later one.
    ///   - maximumWidth: Points, at least 300; arrows are shortened to keep to it where they can.
    /// - Precondition: Sizes are at least 1, and flows lead from one map to a later one.
    public init(title: String, maps: [FeatureMap], flows: [Flow], maximumWidth: Double = 1140) {
        for map in maps {
            require(
                map.height > 0 && map.width > 0 && map.channels > 0 && (0...map.channels).contains(map.copied),
                "Schematic: a map of \(map.height)×\(map.width)×\(map.channels), \(map.copied) of them copied")
        }
        for flow in flows {
            require(
                0 <= flow.from && flow.from < flow.to && flow.to < maps.count,
                "Schematic: a flow from map \(flow.from) to map \(flow.to) of \(maps.count)")
        }
        require(maximumWidth >= 300, "Schematic: a width of \(maximumWidth) points; at least 300")
        self.init(
            title: title, stages: [],
            content: .levels(LevelLayout(title: title, maps, flows, maximumWidth: maximumWidth)))
    }
}
