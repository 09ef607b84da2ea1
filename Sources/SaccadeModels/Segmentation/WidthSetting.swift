import SaccadeSettings

/// The settings of a network that leave only its width to choose.
protocol WidthConfiguration: SegmentationConfiguration {
    /// Channels of the first stage; all others grow and shrink with it.
    var width: Int { get set }
}

private enum WidthKeys: String, CodingKey { case width }

extension WidthConfiguration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? { Self.problem(withWidth: width) }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: [WidthKeys.width.rawValue])
        self.init()
        width = try decoder.container(keyedBy: WidthKeys.self).decodeIfPresent(Int.self, forKey: .width) ?? width
        try decoder.refuse(problem)
    }
}

extension SegmentationConfiguration {
    /// - Parameter width: Channels of the first stage of a VGG.
    static func problem(withWidth width: Int) -> String? {
        (1...256).contains(width) ? nil : "width must be 1 to 256 channels, not \(width)"
    }
}
