import SaccadeGeometry
import SaccadeImages

/// What every format asks of boxes and numbers.
enum RecordRules {
    /// So far beyond the image, in pixels, may rounding carry an edge.
    static let roundingSlack = 0.5

    /// A plain decimal number of a size that images have; nil for anything else, `nan`, `inf` and `0x10` included.
    static func number(_ text: some StringProtocol) -> Double? {
        guard text.utf8.count <= 64,
            text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
            let value = Double(text), value.isFinite, abs(value) <= 1e9
        else { return nil }
        return value
    }

    /// A number of a class or of anything that is counted.
    static func integer(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count <= 18, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    /// The problem of a box, and whether the object can be used all the same.
    ///
    /// - Parameters:
    ///   - box: Any box.
    ///   - size: The image's, if known.
    ///   - numbers: What the format writes for a box.
    static func check(
        _ box: Box, on size: PixelSize?, at place: Problem.Place, numbers: (Box) -> [Double]
    ) -> (problem: Problem, isUsable: Bool)? {
        // Nearly always nobody reads it.
        func words() -> String { "the box \(text(box))" }
        guard box.isValid else {
            return (
                Problem(
                    .boxDegenerate, at: place, "\(words()) has no area",
                    remedy: "delete the record or draw the box again",
                    fix: .remove), false
            )
        }
        guard let size else { return nil }
        let frame = Box(left: 0, top: 0, right: Double(size.width), bottom: Double(size.height))
        let slack = roundingSlack
        guard
            box.left < -slack || box.top < -slack || box.right > frame.right + slack
                || box.bottom > frame.bottom + slack
        else { return nil }
        guard let inside = box.intersection(frame) else {
            return (
                Problem(
                    .boxOutside, at: place, "\(words()) lies beside the image of \(size) pixels",
                    remedy: "delete the record or draw the box again", fix: .remove), false
            )
        }
        return (
            Problem(
                .boxOutside, at: place, "\(words()) reaches beyond the image of \(size) pixels",
                remedy: "clip it to the image",
                fix: .rewrite(numbers(inside))), true
        )
    }

    /// Leaves only the first of objects that say the same, and lists the others.
    static func withoutDuplicates(_ objects: [AnnotatedObject], _ problems: inout [Problem]) -> [AnnotatedObject] {
        // What says the same has the same box; nearly always there are no two.
        guard objects.count > 1, Set(objects.map(\.box)).count < objects.count else { return objects }
        var kept: [AnnotatedObject] = []
        var first: [Statement: Problem.Place] = [:]
        for object in objects {
            guard let place = first[Statement(object: object)] else {
                first[Statement(object: object)] = object.place
                kept.append(object)
                continue
            }
            problems.append(
                Problem(
                    .duplicateRecord, at: object.place, "says the same as \(place.record ?? "an earlier record")",
                    remedy: "delete one of them", fix: .remove))
        }
        return kept
    }

    /// What an object says, wherever it stands.
    private struct Statement: Hashable {
        var object: AnnotatedObject

        init(object: AnnotatedObject) {
            self.object = object
            self.object.place = Problem.Place(file: "")
        }
    }

    /// Edges as people read them: left, top, right, bottom.
    static func text(_ box: Box) -> String {
        "(\(Decimals.text(box.left)), \(Decimals.text(box.top)), \(Decimals.text(box.right)), "
            + "\(Decimals.text(box.bottom)))"
    }
}
