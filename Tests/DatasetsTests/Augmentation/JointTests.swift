import Foundation
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeDatasets

@Suite struct JointTests {
    /// A bright rectangle on black, with its box, mask, classes, and its corners' pixels as keypoints.
    static func image(
        width: Int = 60, height: Int = 44, _ rectangle: (x: Int, y: Int, w: Int, h: Int) = (14, 10, 22, 15)
    )
        throws -> AnnotatedImage
    {
        var image = Image(width: width, height: height, filledWith: [0, 0, 0])
        image = image.painted(x: rectangle.x, y: rectangle.y, width: rectangle.w, height: rectangle.h, [250, 250, 250])
        let classes = (0..<width * height).map { image.pixels[3 * $0] > 0 ? UInt8(7) : 1 }
        let mask = try RunLengthMask(width: width, height: height, pixels: classes.map { $0 == 7 ? 1 : 0 })
        let box = Box(
            x: Double(rectangle.x), y: Double(rectangle.y), width: Double(rectangle.w), height: Double(rectangle.h))
        let keypoints = [
            Keypoint(x: box.left + 0.5, y: box.top + 0.5),
            Keypoint(x: box.right - 0.5, y: box.bottom - 0.5, visibility: .hidden),
        ]
        return try AnnotatedImage(
            image,
            Annotations(objects: [.init(category: 2, box: box, mask: mask, keypoints: keypoints)], classes: classes))
    }

    static let moving: [Augmentation] = everyAugmentation.filter {
        [
            "horizontalFlip", "verticalFlip", "randomCrop", "shift", "randomResizedCrop", "scaleJitter", "tile",
            "letterbox", "rotate", "affine", "perspective", "elastic", "elasticGrid",
        ].contains($0.name)
    }

    @Test("image, mask, classes, box and keypoints stay together", arguments: moving)
    func together(augmentation: Augmentation) throws {
        // What fills bare pixels would look like the object where it reaches the edge.
        let image = try Self.image()
        let target = Augmentation.Target(size: augmentation.resizes ? PixelSize(width: 50, height: 48) : nil)
        var generator = SplitMix64(seed: 21)
        var seen = 0
        for _ in 0..<60 {
            let result = try augmentation.apply(to: image, target: target, using: &generator)
            let classes = try #require(result.annotations.classes)
            guard let object = result.annotations.objects.first else { continue }
            seen += 1
            let mask = try #require(object.mask)
            // Pixels of the mask are bright and of the object's class; a pixel on its border may be half of each.
            #expect(zip(mask.pixels, classes).allSatisfy { ($0.0 == 1) == ($0.1 == 7) })
            let wrong = mask.pixels.indices.count {
                let value = result.image.pixels[3 * $0]
                return mask.pixels[$0] == 1 ? value < 60 : value > 190 && classes[$0] != 255
            }
            #expect(wrong <= 2, "\(wrong) pixels of another kind")
            // The box surrounds the mask, and not much else.
            let bounds = mask.bounds
            #expect(object.box.left <= bounds.left + 0.51 && object.box.right >= bounds.right - 0.51)
            #expect(object.box.top <= bounds.top + 0.51 && object.box.bottom >= bounds.bottom - 0.51)
            #expect(object.box.iou(with: bounds) > 0.7)
            #expect(object.box == object.box.clipped(toWidth: result.image.width, height: result.image.height))
            #expect((0.1...1).contains(object.visibleFraction))
            for (keypoint, before) in zip(object.keypoints, image.annotations.objects[0].keypoints)
            where keypoint.visibility != .unlabelled {
                #expect(keypoint.visibility == before.visibility)
                // A corner's pixel that is drawn out thin may fall between the centres that masks are taken at.
                let margin = augmentation.name.hasPrefix("elastic") ? 3.0 : 1
                let grown = Box(
                    left: object.box.left - margin, top: object.box.top - margin, right: object.box.right + margin,
                    bottom: object.box.bottom + margin)
                #expect(grown.intersection(Box(x: keypoint.x, y: keypoint.y, width: 1e-9, height: 1e-9)) != nil)
            }
        }
        #expect(seen > 20)
    }

    @Test("what only changes colours moves nothing")
    func colours() throws {
        let image = try Self.image()
        var generator = SplitMix64(seed: 3)
        for augmentation in everyAugmentation where !Self.moving.contains(augmentation) {
            let result = try augmentation.apply(to: image, using: &generator)
            #expect(result.annotations == image.annotations, "\(augmentation.name)")
            #expect(result.image == (augmentation.isBatchLevel ? image.image : result.image))
        }
    }

    @Test("the image is the same with annotations and without", arguments: everyAugmentation)
    func alone(augmentation: Augmentation) throws {
        let image = try Self.image()
        var (one, other) = (SplitMix64(seed: 8), SplitMix64(seed: 8))
        for _ in 0..<10 {
            #expect(
                try augmentation.apply(to: image, using: &one).image
                    == augmentation.apply(to: image.image, using: &other))
        }
    }

    @Test("a flip is exact, twice it is nothing, and left and right change places")
    func flips() throws {
        let image = try Self.image()
        let rules = Annotations.Rules(mirroredKeypoints: [.init(0, 1)])
        var generator = SplitMix64(seed: 1)
        for flip in [Augmentation.horizontalFlip(probability: 1), .verticalFlip(probability: 1)] {
            let once = try flip.apply(to: image, rules: rules, using: &generator)
            let object = once.annotations.objects[0]
            #expect(
                object.box
                    == (flip.name == "horizontalFlip"
                        ? Box(left: 24, top: 10, right: 46, bottom: 25) : Box(left: 14, top: 19, right: 36, bottom: 34))
            )
            #expect(object.mask?.bounds == object.box && object.visibleFraction == 1)
            #expect(object.keypoints.map(\.visibility) == [.hidden, .visible])
            #expect(try flip.apply(to: once, rules: rules, using: &generator) == image)
        }
        // Pairs beyond the keypoints are passed over.
        let wide = Annotations.Rules(mirroredKeypoints: Annotations.Rules.cocoPerson)
        let result = try Augmentation.horizontalFlip(probability: 1).apply(to: image, rules: wide, using: &generator)
        #expect(result.annotations.objects[0].keypoints.map(\.visibility) == [.visible, .hidden])
        #expect(Annotations.Rules.cocoPerson.count == 8 && Annotations.Rules.cocoPerson[7] == .init(15, 16))
    }

    /// An object without a mask, moved by any map.
    private func moved(
        _ box: Box, _ map: Homography, from: PixelSize = PixelSize(width: 100, height: 80), to: PixelSize? = nil,
        least: Double = 0
    ) throws -> Annotations.Object? {
        try Annotations(objects: [.init(category: 0, box: box)]).moved(
            by: GeometricTransform(map, from: from, to: to ?? from), .init(leastVisible: least)
        ).objects.first
    }

    @Test("a turned box is the hull of its corners, and its share that of the turned box itself")
    func turned() throws {
        let turn = Homography.rotation(degrees: 45).around(Point(50, 40))
        let inside = try #require(try moved(Box(left: 45, top: 35, right: 55, bottom: 45), turn))
        let half = 5 * 2.0.squareRoot()
        #expect(abs(inside.box.left - (50 - half)) < 1e-9 && abs(inside.box.bottom - (40 + half)) < 1e-9)
        #expect(inside.visibleFraction == 1)
        // Turned, this square stands on a corner at the middle of the upper edge: exactly half of it is left, while of
        // the hull around it half is left too; shifted by a quarter of its diagonal the two differ.
        let up = turn.then(.translation(0, -40))
        let cut = try #require(try moved(Box(left: 45, top: 35, right: 55, bottom: 45), up))
        #expect(abs(cut.visibleFraction - 0.5) < 1e-9)
        let more = turn.then(.translation(0, -40 - half / 2))
        let little = try #require(try moved(Box(left: 45, top: 35, right: 55, bottom: 45), more))
        // The corner below: a triangle of half the diagonal's height, an eighth of the square; of the hull it is a quarter.
        #expect(abs(little.visibleFraction - 0.125) < 1e-9)
        #expect(abs(little.box.height / (2 * half) - 0.25) < 1e-9)
        #expect(try moved(Box(left: 45, top: 35, right: 55, bottom: 45), more, least: 0.126) == nil)
        #expect(try moved(Box(left: 45, top: 35, right: 55, bottom: 45), turn.then(.translation(0, -60))) == nil)
    }

    @Test("a map and its inverse bring boxes that stay upright back", arguments: 0..<20)
    func inverse(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let box = Box(
            left: .random(in: 20...40, using: &generator), top: .random(in: 20...35, using: &generator),
            right: .random(in: 50...80, using: &generator), bottom: .random(in: 45...60, using: &generator))
        let map = Homography.scaling(.random(in: 0.3...1, using: &generator), -.random(in: 0.3...1, using: &generator))
            .then(.translation(3, 75))
        let there = try #require(try moved(box, map))
        let inverse = try #require(map.inverse)
        let back = try #require(try moved(there.box, inverse))
        for (a, b) in [
            (back.box.left, box.left), (back.box.top, box.top), (back.box.right, box.right),
            (back.box.bottom, box.bottom),
        ] {
            #expect(abs(a - b) < 1e-9)
        }
        // Area goes with the determinant.
        #expect(abs(there.box.area - box.area * abs(map.elements[0] * map.elements[4])) < 1e-6)
    }

    @Test("a box without a mask is moved by its edges, point by point, under an elastic deformation")
    func elasticBoxes() throws {
        let image = try Self.image()
        var bare = image.annotations
        bare.objects[0].mask = nil
        for seed in 0..<20 {
            var generator = SplitMix64(seed: UInt64(seed))
            let field = DisplacementField.random(
                width: 60, height: 44, alpha: 60, sigma: 6, using: &generator)
            let move = GeometricTransform(field)
            let box = try #require(try bare.moved(by: move, .init()).objects.first).box
            let bounds = try #require(try image.annotations.moved(by: move, .init()).objects.first).box
            // Pixels are whole, and what is drawn out thin falls between their centres.
            for (edge, other) in [
                (box.left, bounds.left), (box.top, bounds.top), (box.right, bounds.right), (box.bottom, bounds.bottom),
            ] {
                #expect(abs(edge - other) <= 1.5, "seed \(seed): \(box) \(bounds)")
            }
        }
    }

    @Test("shares multiply: cut in two steps is cut in one")
    func twice() throws {
        let all = Annotations(objects: [.init(category: 0, box: Box(left: 10, top: 10, right: 50, bottom: 50))])
        let once = try all.cropped(x: 30, y: 30, width: 60, height: 50, from: (100, 80), leastVisible: 0)
        let first = try all.cropped(x: 30, y: 0, width: 60, height: 80, from: (100, 80), leastVisible: 0)
        #expect(first.objects[0].visibleFraction == 0.5)
        let second = try first.cropped(x: 0, y: 30, width: 60, height: 50, from: (60, 80), leastVisible: 0)
        #expect(second == once && once.objects[0].visibleFraction == 0.25)
        #expect(
            try first.cropped(x: 0, y: 30, width: 60, height: 50, from: (60, 80), leastVisible: 0.3).objects.isEmpty)
    }

    @Test("an object with a mask is judged by its pixels: what is cut off of an L is not what is cut off of its box")
    func masks() throws {
        // An upright bar at the left and a level one below: 10 × 10 and 2 wide.
        let pixels = (0..<400).map { position -> UInt8 in
            let (x, y) = (position % 20 - 5, position / 20 - 5)
            return (0..<10).contains(x) && (0..<10).contains(y) && (x < 2 || y >= 8) ? 1 : 0
        }
        let mask = try RunLengthMask(width: 20, height: 20, pixels: pixels)
        let all = Annotations(objects: [
            .init(category: 0, box: Box(left: 4.75, top: 5, right: 15.25, bottom: 15), mask: mask)
        ])
        // The upper right quarter of the box holds none of it.
        let empty = try all.cropped(x: 8, y: 0, width: 12, height: 12, from: (20, 20), leastVisible: 0)
        #expect(empty.objects.isEmpty)
        // The left half holds the whole upright bar and half of the other.
        let left = try all.cropped(x: 0, y: 0, width: 10, height: 20, from: (20, 20), leastVisible: 0)
        #expect(left.objects[0].visibleFraction == 26.0 / 36)
        #expect(left.objects[0].box == Box(left: 5, top: 5, right: 10, bottom: 15))
        // Nothing is cut off: the box stays the annotator's.
        let moved = try all.cropped(x: 4, y: 4, width: 16, height: 16, from: (20, 20), leastVisible: 1)
        #expect(moved.objects[0].box == Box(left: 0.75, top: 1, right: 11.25, bottom: 11))
    }

    @Test("what is bare has no class, and a box reaching beyond the image ends at its edge")
    func bare() throws {
        let image = try Self.image()
        let move = GeometricTransform(.translation(10, 0), from: image.image.size, to: image.image.size)
        let moved = try image.annotations.moved(by: move, .init(unknownClass: 99))
        let classes = try #require(moved.classes)
        #expect((0..<44).allSatisfy { y in (0..<10).allSatisfy { classes[y * 60 + $0] == 99 } })
        #expect(classes.count { $0 == 99 } == 440)
        let beyond = try #require(try self.moved(Box(left: -20, top: 10, right: 20, bottom: 30), .translation(5, 0)))
        #expect(beyond.box == Box(left: 5, top: 10, right: 25, bottom: 30) && beyond.visibleFraction == 1)
        #expect(try self.moved(Box(left: 200, top: 10, right: 220, bottom: 30), .identity) == nil)
    }

    @Test("a letterbox keeps proportions, and its map leads back")
    func letterbox() throws {
        let image = try Self.image()
        let boxed = try image.letterboxed(to: PixelSize(width: 30, height: 40))
        #expect(boxed.image.size == PixelSize(width: 30, height: 40))
        // 60 × 44 becomes 30 × 22, with nine rows above and below.
        let object = boxed.annotations.objects[0]
        #expect(object.box == Box(left: 7, top: 14, right: 18, bottom: 21.5))
        #expect(boxed.image[15, 8] == 0 && boxed.image[10, 17] == 250)
        let letterbox = Letterbox(image.image.size, in: boxed.image.size)
        let back = try #require(letterbox.map.inverse)
        #expect(back(Point(object.box.left, object.box.top)) == Point(14, 10))
        let stretched = try image.resized(to: PixelSize(width: 120, height: 22))
        #expect(stretched.annotations.objects[0].box == Box(left: 28, top: 5, right: 72, bottom: 12.5))
        #expect(stretched.annotations.objects[0].mask?.width == 120)
    }

    @Test("annotations of another image are refused")
    func mismatch() throws {
        let image = try Self.image()
        let other = Image(width: 5, height: 5, filledWith: [0])
        #expect(throws: GeometryError.self) { try AnnotatedImage(other, image.annotations) }
        #expect(throws: GeometryError.self) { try AnnotatedImage(other, Annotations(classes: [1, 2])) }
    }
}
