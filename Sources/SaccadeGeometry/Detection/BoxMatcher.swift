import CSaccadeKernels
import SaccadePrelude

/// Tells of boxes which object each is to find, by their IoU.
///
/// As torchvision's `Matcher`. A box goes to the object with which its IoU is highest, the first of equals.
public struct BoxMatcher: Sendable, Hashable {
    /// What a box is to find.
    public enum Match: Sendable, Hashable {
        /// The object at this place.
        case object(Int)
        /// Nothing for certain: its highest IoU is between the thresholds.
        case between
        /// Nothing: its highest IoU is below both.
        case below
    }

    /// From this IoU on a box belongs to an object.
    public let high: Float
    /// Below this IoU a box belongs to none.
    public let low: Float
    /// Whether the boxes whose IoU with an object is the highest of all boxes, equals included, belong to an object also
    /// below the threshold: each to that with which its own IoU is highest.
    ///
    /// An object that no box overlaps has none; in torchvision every box that does not overlap it counts as its best.
    public let allowsLowQuality: Bool

    /// - Precondition: `low` is at most `high`.
    public init(high: Float, low: Float, allowsLowQuality: Bool = false) {
        require(low <= high, "BoxMatcher: the lower threshold, \(low), is above the other, \(high)")
        (self.high, self.low, self.allowsLowQuality) = (high, low, allowsLowQuality)
    }

    /// Anchors: objects from 0.7 on and each object's best, nothing below 0.3. Ren et al., "Faster R-CNN" (2015), section
    /// 3.1.2.
    public static let anchors = BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true)
    /// Proposals: objects from 0.5 on, nothing below.
    public static let proposals = BoxMatcher(high: 0.5, low: 0.5)
    /// Proposals as in "Fast R-CNN" (Girshick, 2015), section 2.3: objects from 0.5 on, and between 0.1 and 0.5 what is learnt
    /// as background.
    public static let fastRCNN = BoxMatcher(high: 0.5, low: 0.1)

    /// What each box is to find.
    ///
    /// Boxes without area, or with edges that are no numbers, overlap nothing; without objects every IoU is 0.
    ///
    /// - Parameters:
    ///   - boxes: N boxes.
    ///   - objects: The boxes around what there is; may be empty.
    /// - Returns: N matches.
    /// - Complexity: O(N × objects).
    public func match(_ boxes: Boxes, to objects: Boxes) -> [Match] {
        var best = [Float](repeating: 0, count: boxes.count)
        var bestObject = [Int32](repeating: 0, count: boxes.count)
        var highest = [Float](repeating: 0, count: objects.count)
        var ious = best
        for object in objects.indices {
            overlap(boxes, with: objects, object, into: &ious)
            for box in boxes.indices where ious[box] > best[box] {
                (best[box], bestObject[box]) = (ious[box], Int32(object))
            }
            highest[object] = ious.max() ?? 0
        }
        var matches = boxes.indices.map { box -> Match in
            best[box] < low ? .below : best[box] < high || objects.isEmpty ? .between : .object(Int(bestObject[box]))
        }
        guard allowsLowQuality else { return matches }
        for object in objects.indices where highest[object] > 0 {
            overlap(boxes, with: objects, object, into: &ious)
            for box in boxes.indices where ious[box] == highest[object] {
                matches[box] = .object(Int(bestObject[box]))
            }
        }
        return matches
    }

    private func overlap(_ boxes: Boxes, with objects: Boxes, _ object: Int, into ious: inout [Float]) {
        boxes.withEdges { edges in
            sk_box_iou(
                boxes.count, edges, objects.x1[object], objects.y1[object], objects.x2[object], objects.y2[object],
                &ious)
        }
    }
}
