import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

// How what is known about an image follows the image.
//
// Box: the hull of its moved corners, cut off at the frame. Under an elastic deformation the hull of its moved edges,
// point by point. An object with a mask gets the box around those of its pixels that are still to be seen, for the hull
// of a turned box is larger than the turned object; only a change that mirrors, moves or scales and cuts nothing off
// moves its box exactly, as the annotator drew it.
//
// Share that is left: the area of the moved outline in the frame over that of the whole moved outline, whatever the hull
// around it is; of an object with a mask the number of its pixels that land in the frame over that of all of them.
extension Annotations {
    /// What is known after the move. Masks and classes take the pixel that each new pixel's centre lay in before.
    ///
    /// - Throws: ``GeometryError`` when a mask is not of the image's size, or becomes too large.
    func moved(by move: GeometricTransform, _ rules: Rules) throws(GeometryError) -> Annotations {
        require(
            classes.map { $0.count == move.old.width * move.old.height } ?? true, "moved: not one class for each pixel")
        var result: [Object] = []
        for object in objects {
            if let moved = try object.moved(by: move, rules) { result.append(moved) }
        }
        return Annotations(
            objects: result,
            classes: classes.map { classes in
                move.pixels(classes, in: move.new.frame, elsewhere: rules.unknownClass)
            }, proposals: proposals.map(move.regions))
    }
}

extension Annotations.Object {
    /// The moved object; nil where too little of it is left.
    fileprivate func moved(by move: GeometricTransform, _ rules: Annotations.Rules) throws(GeometryError) -> Self? {
        let whole = box.clipped(toWidth: move.old.width, height: move.old.height)
        guard whole.isValid else { return nil }
        let outline = move.outline(whole)
        guard let hull = outline.bounds, hull.isValid else { return nil }
        var moved = self
        moved.box = hull.clipped(to: move.new.frame)
        let isWhole = moved.box == hull
        var fraction = 1.0
        if !isWhole {
            // Of upright boxes the areas are products, which are exact where sums over corners are not.
            fraction =
                move.keepsBoxesUpright
                ? moved.box.area / hull.area : outline.clipped(to: move.new.frame).area / outline.area
        }
        if let mask {
            guard mask.width == move.old.width, mask.height == move.old.height else {
                throw GeometryError(
                    .mismatch,
                    "a mask of \(mask.width)×\(mask.height) pixels does not belong to an image of \(move.old); give "
                        + "masks of the image's size")
            }
            let visible = try move.mask(mask)
            moved.mask = visible
            if mask.pixelCount > 0 {
                if !isWhole { fraction = move.visibleFraction(of: mask) }
                if visible.pixelCount == 0 { return nil }
                if !isWhole || !move.keepsBoxesUpright { moved.box = visible.bounds }
            }
        }
        moved.visibleFraction = visibleFraction * min(fraction, 1)
        guard moved.box.isValid, fraction > 0, moved.visibleFraction >= rules.leastVisible else { return nil }
        moved.keypoints = keypoints.map(move.keypoint)
        if move.isMirroring {
            for pair in rules.mirroredKeypoints where max(pair.left, pair.right) < keypoints.count {
                moved.keypoints.swapAt(pair.left, pair.right)
            }
        }
        return moved
    }
}

extension PixelSize {
    /// The image's frame.
    var frame: Box { Box(left: 0, top: 0, right: Double(width), bottom: Double(height)) }
}

extension GeometricTransform {
    /// The hulls of moved regions, cut off at the frame; those that have left the image are dropped.
    fileprivate func regions(_ boxes: Boxes) -> Boxes {
        Boxes(
            boxes.indices.compactMap { index in
                let box = boxes[index]
                guard box.isValid, let hull = outline(box).bounds else { return nil }
                let moved = hull.clipped(to: new.frame)
                return moved.isValid ? moved : nil
            })
    }

    /// The moved keypoint; unlabelled, at the origin, when it has left the image.
    fileprivate func keypoint(_ keypoint: Keypoint) -> Keypoint {
        let place = self(Point(keypoint.x, keypoint.y))
        let isInside =
            place.x >= 0 && place.y >= 0 && place.x < Double(new.width) && place.y < Double(new.height)
        return isInside && keypoint.visibility != .unlabelled
            ? Keypoint(x: place.x, y: place.y, visibility: keypoint.visibility)
            : Keypoint(x: 0, y: 0, visibility: .unlabelled)
    }

    /// The pixels of a whole-numbered part of the moved image; `elsewhere` where the image does not reach.
    fileprivate func pixels(_ pixels: [UInt8], in part: Box, elsewhere: UInt8) -> [UInt8] {
        let (columns, rows) = (Int(part.left)..<Int(part.right), Int(part.top)..<Int(part.bottom))
        return [UInt8](unsafeUninitializedCapacity: columns.count * rows.count) { target, count in
            for y in rows {
                for x in columns {
                    let point = source(of: Point(Double(x) + 0.5, Double(y) + 0.5))
                    let isInside =
                        point.x >= 0 && point.y >= 0 && point.x < Double(old.width) && point.y < Double(old.height)
                    target[count] = isInside ? pixels[Int(point.y) * old.width + Int(point.x)] : elsewhere
                    count += 1
                }
            }
        }
    }

    /// The moved mask, of the new image's size.
    fileprivate func mask(_ mask: RunLengthMask) throws(GeometryError) -> RunLengthMask {
        // Only where it can be: masks are mostly far smaller than images.
        let hull = mask.pixelCount > 0 ? outline(mask.bounds).bounds : nil
        let frame = new.frame
        guard let hull,
            let part = Box(
                left: (hull.left - 1).rounded(.down), top: (hull.top - 1).rounded(.down),
                right: (hull.right + 1).rounded(.up), bottom: (hull.bottom + 1).rounded(.up)
            ).intersection(frame)
        else {
            return try RunLengthMask(width: new.width, height: new.height, runs: [new.width * new.height])
        }
        let pixels = pixels(mask.pixels, in: part, elsewhere: 0)
        return try RunLengthMask(
            width: new.width, height: new.height, part: pixels, x: Int(part.left), y: Int(part.top),
            partWidth: Int(part.width))
    }

    /// The fraction of a mask's pixels whose centres land in the new frame.
    fileprivate func visibleFraction(of mask: RunLengthMask) -> Double {
        var inside = 0
        let pixels = mask.pixels
        for y in 0..<mask.height {
            for x in 0..<mask.width where pixels[y * mask.width + x] != 0 {
                let place = self(Point(Double(x) + 0.5, Double(y) + 0.5))
                if place.x >= 0, place.y >= 0, place.x < Double(new.width), place.y < Double(new.height) { inside += 1 }
            }
        }
        return Double(inside) / Double(mask.pixelCount)
    }
}
