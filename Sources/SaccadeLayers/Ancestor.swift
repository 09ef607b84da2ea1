/// Another network whose weights a network can begin with: the classifier that it was made from, or an earlier stage of
/// itself.
public struct Ancestor: Sendable {
    /// What to call it, such as `VGG-16`.
    public let name: String
    /// What its weights are called, by the names that they have here. They need as many elements, not the same shape: a
    /// linear layer over a map of 7×7 begins a 7×7 convolution (Long et al., "Fully Convolutional Networks for Semantic
    /// Segmentation", 2015, section 3.1).
    public let names: [String: String]

    /// - Parameter names: Own names with those of the ancestor.
    public init(_ name: String, names: [String: String]) { (self.name, self.names) = (name, names) }
}

extension Module {
    /// What of these weights a whole part of this module is: the names of the part with those that its own weights have
    /// without it, as in `encoder.conv1.weight` for `conv1.weight`.
    public func names(ofPart part: String) -> [String: String] {
        let names = storedShapes.map(\.name).filter { $0.hasPrefix("\(part).") }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, String($0.dropFirst(part.utf8.count + 1))) })
    }
}
