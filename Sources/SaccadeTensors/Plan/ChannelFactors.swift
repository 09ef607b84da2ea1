/// A number for each output channel of a convolution, by which its weights are still to be multiplied.
///
/// The weights of a convolution are `[O, C/G, kH, kW]`: a row of them for each output channel. Those of a transposed one are
/// `[C, O/G, kH, kW]`: the rows `[kH, kW]` of a group's output channels follow each other once for each of its input channels.
struct ChannelFactors: Hashable, Sendable {
    private var values: [Float]
    private let groups: Int
    /// How often the output channels of a group follow each other.
    private let repeats: Int

    /// - Parameters:
    ///   - values: By output channel.
    ///   - groups: Parts that the channels are cut into.
    ///   - repeats: How often the weights name a group's output channels, one after the other.
    init(_ values: [Float], groups: Int = 1, repeats: Int = 1) {
        self.values = values
        self.groups = groups
        self.repeats = repeats
    }

    /// How many rows the weights have that each belong to one output channel.
    var rowCount: Int { values.count * repeats }

    subscript(row row: Int) -> Float {
        let count = values.count / groups
        return values[row / (count * repeats) * count + row % count]
    }

    /// - Precondition: Both are for the same weights.
    func multiplied(by other: ChannelFactors) -> ChannelFactors {
        ChannelFactors(zip(values, other.values).map(*), groups: groups, repeats: repeats)
    }
}

extension Convolution {
    /// The factors that multiply its output channels, for weights of a shape.
    func channelFactors(_ values: [Float], weights: Shape) -> ChannelFactors {
        isTransposed
            ? ChannelFactors(values, groups: groups, repeats: weights[0] / groups) : ChannelFactors(values)
    }
}
