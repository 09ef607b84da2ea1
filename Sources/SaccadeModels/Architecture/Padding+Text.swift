public import SaccadeTensors

extension Padding {
    /// Reads `valid`, `same` or a number of elements from 0 to 1024.
    public init?(_ text: String) {
        switch text {
        case "valid": self = .valid
        case "same": self = .same
        default:
            guard let count = Int(text), (0...LayerReader.maximumExtent).contains(count) else { return nil }
            self = .pixels(Pair(count))
        }
    }
}
