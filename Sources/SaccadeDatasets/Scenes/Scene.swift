public import SaccadeImages

/// An image with all that is true about it.
public struct Scene: Sendable, Equatable {
    /// RGB.
    public let image: Image
    public let place: ScenePlace
    /// From back to front; at least one.
    public let objects: [SceneObject]
    /// The place among the objects of the one that the scene is about: it is the largest.
    public let mainObject: Int
    /// For each pixel, row by row, 0 for the backdrop or 1 + the place of the object that is seen there.
    public let instances: [UInt8]
    /// Five sentences that say true things about the image; none for the frames of a sequence.
    public internal(set) var captions: [String] = []

    init(image: Image, place: ScenePlace, objects: [SceneObject], mainObject: Int, instances: [UInt8]) {
        (self.image, self.place, self.objects) = (image, place, objects)
        (self.mainObject, self.instances) = (mainObject, instances)
    }

    /// What the scene is about.
    public var mainClass: SceneClass { objects[mainObject].kind }

    /// For each pixel, row by row, 0 for the backdrop or 1 + the number of the class that is seen there.
    public var classMap: [UInt8] {
        let numbers = [0] + objects.map { UInt8($0.kind.number + 1) }
        return instances.map { numbers[Int($0)] }
    }
}
