/// Where a scene is.
public enum ScenePlace: String, Sendable, CaseIterable {
    case beach, cloth, meadow, night, paper, sea, snow, street, table, wall

    /// Whether there is a sky, and ground or water below it.
    var isLandscape: Bool {
        switch self {
        case .beach, .meadow, .night, .sea, .snow, .street: true
        case .cloth, .paper, .table, .wall: false
        }
    }

    /// Whether a thing of that kind may be found here. On tables, paper and the like lies anything.
    func suits(_ kind: SceneClass) -> Bool {
        switch kind.habitat {
        case .air: true
        case .ground: self != .sea
        case .water: self == .sea || !isLandscape
        }
    }
}
