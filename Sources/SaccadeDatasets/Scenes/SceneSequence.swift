/// What the main object of a frame does.
public enum SceneAction: String, Sendable, CaseIterable {
    case still
    case movingLeft = "moving left"
    case movingRight = "moving right"
    case movingUp = "moving up"
    case movingDown = "moving down"
    case growing, shrinking, turning

    /// Its place among all actions, counted from zero.
    public var number: Int { Self.allCases.firstIndex(of: self)! }  // every case is among all cases
}

/// A short film: one object moves in front of others, which rest.
public struct SceneSequence: Sendable, Equatable {
    /// The images in the order of time, without captions. An object has the same place among the objects of all
    /// frames; in some it may be hidden altogether.
    public let frames: [Scene]
    /// For each frame, what the main object has done since the frame before; for the first, what it is going to do.
    public let actions: [SceneAction]
}
