public import SaccadeGeometry

/// One object of a scene: what it is, and where it is seen.
public struct SceneObject: Sendable, Equatable {
    /// The side of the image that an object's front is turned to.
    public enum Facing: String, Sendable {
        case left, right
    }

    /// What it is.
    public let kind: SceneClass
    /// The colour of most of it, or of what gives it its name.
    public let color: SceneColor
    /// Which letter a ``SceneClass/letter`` is.
    public let letter: Character?
    /// Around the pixels that are seen, in pixels.
    public let box: Box
    /// Around the whole object, hidden or beyond the edge of the image as it may be, in pixels.
    public let fullBox: Box
    /// The pixels that are seen. Those of different objects of a scene have none in common.
    public let mask: RunLengthMask
    /// The fraction of the whole object that is seen: at most 1, and 0 only in frames of a sequence.
    public let visibleFraction: Double
    /// The objects of the scene, by their places in it, that each hide at least a twentieth of this one.
    public let hiddenBy: [Int]
    /// Where its front is, for classes that have one.
    public let facing: Facing?
}
