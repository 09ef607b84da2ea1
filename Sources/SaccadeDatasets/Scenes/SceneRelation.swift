import SaccadeGeometry

/// How one object of a scene is seen from another.
public enum SceneRelation: String, Sendable, CaseIterable {
    case leftOf, rightOf, above, below
    /// Partly hidden by the other.
    case behind
    /// Hiding a part of the other.
    case inFrontOf
}

extension Scene {
    /// What holds between two objects; nothing for an object and itself.
    ///
    /// One object is left of another when its middle lies left of the other's whole box, and the two are farther from
    /// each other along x than along y; the others likewise. It is behind when the other hides a twentieth of it.
    public func relations(of first: Int, to second: Int) -> Set<SceneRelation> {
        guard first != second else { return [] }
        var relations: Set<SceneRelation> = []
        let (a, b) = (objects[first], objects[second])
        let (dx, dy) = (b.box.center.x - a.box.center.x, b.box.center.y - a.box.center.y)
        if abs(dx) > abs(dy) {
            if a.box.center.x < b.box.left, a.box.right < b.box.center.x { relations.insert(.leftOf) }
            if a.box.center.x > b.box.right, a.box.left > b.box.center.x { relations.insert(.rightOf) }
        } else {
            if a.box.center.y < b.box.top, a.box.bottom < b.box.center.y { relations.insert(.above) }
            if a.box.center.y > b.box.bottom, a.box.top > b.box.center.y { relations.insert(.below) }
        }
        if a.hiddenBy.contains(second) { relations.insert(.behind) }
        if b.hiddenBy.contains(first) { relations.insert(.inFrontOf) }
        return relations
    }
}
