import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// A data set without end that is drawn when it is asked for: objects of 24 classes on textured backgrounds, in light
/// and shadow, with noise and blur, and with everything known about them.
///
/// A scene depends on the seed, the size and its index alone: it is the same, byte for byte, on every machine. Scenes
/// of different indices have nothing to do with each other, so that any range of indices is a data set.
public struct Scenes: Sendable {
    /// The names of all classes, in the order of their numbers.
    public static var classNames: [String] { SceneClass.allCases.map(\.rawValue) }
    /// The sides, in pixels, that scenes may have.
    public static let sides = 32...1024

    /// How many objects a scene may have at most.
    public static let crowds = 1...8

    public let seed: UInt64
    public let size: PixelSize
    /// Objects of a scene, at most.
    public let crowd: Int

    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - size: Of the images, both sides in ``sides``.
    ///   - crowd: Objects of a scene at most, in ``crowds``; each number that remains is as likely, beside the others,
    ///     as without a bound. Films keep to it as well.
    public init(
        seed: UInt64, size: PixelSize = PixelSize(width: 128, height: 128), crowd: Int = Scenes.crowds.upperBound
    ) {
        precondition(
            Self.sides.contains(size.width) && Self.sides.contains(size.height),
            "Scenes: \(size) is not within \(Self.sides.lowerBound)...\(Self.sides.upperBound) both ways")
        precondition(Self.crowds.contains(crowd), "Scenes: at most \(crowd) objects; expected 1 to 8")
        (self.seed, self.size, self.crowd) = (seed, size, crowd)
    }

    /// What scene `index` is about: all classes take turns, in an order that the seed decides.
    public func mainClass(at index: Int) -> SceneClass {
        let (round, turn) = index.quotientAndRemainder(dividingBy: SceneClass.allCases.count)
        var order = SceneClass.allCases
        var dice = Dice(SplitMix64(seed: seed, stream: 1, round))
        dice.shuffle(&order)
        return order[turn]
    }

    /// Draws a scene.
    ///
    /// - Parameter index: At least 0.
    public func scene(at index: Int) -> Scene {
        var (stage, dice) = stage(at: index)
        let writer = dice.split()
        return stage.scene(captionedBy: writer, using: &dice)
    }

    /// The image of a scene and what it is about, without the rest that ``scene(at:)`` finds out.
    ///
    /// - Parameter index: At least 0.
    func image(at index: Int) -> (image: Image, label: SceneClass) {
        var (stage, dice) = stage(at: index)
        _ = dice.split()
        return (Photograph.image(of: stage, using: &dice), stage.sprites[stage.main].actor.kind)
    }

    /// - Returns: What is decided before the image is taken, and the dice that decide the rest.
    private func stage(at index: Int) -> (Stage, Dice) {
        var dice = Dice(SplitMix64(seed: seed, stream: 2, index))
        let stage = Stage(
            about: mainClass(at: index), width: size.width, height: size.height, isFilmed: false, crowd: crowd,
            using: &dice)
        return (stage, dice)
    }

    /// Draws a film of scene `index`'s main class; it has nothing else in common with that scene.
    ///
    /// - Parameters:
    ///   - index: At least 0.
    ///   - frames: At least 2.
    public func sequence(at index: Int, frames: Int) -> SceneSequence {
        precondition(frames >= 2, "Scenes: \(frames) frames do not move")
        var dice = Dice(SplitMix64(seed: seed, stream: 3, index))
        var stage = Stage(
            about: mainClass(at: index), width: size.width, height: size.height, isFilmed: true, crowd: crowd,
            using: &dice)
        let motion = Motion(
            of: stage.sprites[stage.main].actor, frames: frames, width: size.width, height: size.height, using: &dice)
        let frames = motion.actors.map { actor in
            stage.replaceMain(with: actor)
            return stage.scene(captionedBy: nil, using: &dice)
        }
        return SceneSequence(frames: frames, actions: motion.actions)
    }
}

extension Stage {
    /// Takes the image, and writes down what is on it.
    ///
    /// - Parameter writer: Decides what the captions say; without one there are none.
    func scene(captionedBy writer: Dice?, using dice: inout Dice) -> Scene {
        let image = Photograph.image(of: self, using: &dice)
        let seen = Visibility(sprites, width: width, height: height)
        let objects = sprites.indices.map { object($0, seen) }
        var scene = Scene(
            image: image, place: backdrop.place, objects: objects, mainObject: main, instances: seen.owners)
        if let writer {
            var writer = CaptionWriter(scene, dice: writer)
            scene.captions = writer.captions()
        }
        return scene
    }

    private func object(_ number: Int, _ seen: Visibility) -> SceneObject {
        let (sprite, actor) = (sprites[number], sprites[number].actor)
        let pixels = seen.owners.map { $0 == UInt8(number + 1) ? UInt8(1) : 0 }
        guard let mask = try? RunLengthMask(width: width, height: height, pixels: pixels) else {
            preconditionFailure("Scene: a mask of the image's own size")  // sides are bounded, so that it always fits
        }
        return SceneObject(
            kind: actor.kind, color: actor.color, letter: actor.glyph?.letter, box: mask.bounds,
            fullBox: Box(
                left: Double(sprite.columns.lowerBound), top: Double(sprite.rows.lowerBound),
                right: Double(sprite.columns.upperBound), bottom: Double(sprite.rows.upperBound)),
            mask: mask, visibleFraction: Double(seen.seen[number]) / Double(max(sprite.pixelCount, 1)),
            hiddenBy: sprites.indices.filter { $0 != number && seen.hidden[number][$0] * 20 >= sprite.pixelCount },
            facing: actor.kind.hasFront ? (actor.isMirrored ? .left : .right) : nil)
    }
}
