import SaccadeImages

extension Augmentation {
    /// What fills the pixels that a moved image leaves bare. Of their class nothing is known, whatever fills them.
    public enum Fill: String, Sendable, Codable, CaseIterable {
        /// Black: torchvision's `RandomCrop` with padding.
        case black
        /// The nearest pixel of the image.
        case edge
        /// The image mirrored at its edges.
        case mirrored

        func paddingMode(channels: Int) -> PaddingMode {
            switch self {
            case .black: .color([UInt8](repeating: 0, count: channels))
            case .edge: .edge
            case .mirrored: .mirrored
            }
        }
    }
}
