import SaccadeCommandSupport
import SaccadeGeometry
import SaccadeImages
import SaccadeModels

/// The anchors of an image, which of them find what, and what a network proposes: in words.
struct RPNLesson {
    /// What to call the image.
    let image: String
    let original: PixelSize
    /// The image as anchors see it: all boxes are in its pixels.
    let seen: Image
    let matching: AnchorMatchingExample
    /// What a model says; nil without one.
    let proposals: RegionCNN.ProposalExplanation?
    /// How many of everything are listed.
    let top: Int

    /// Whether anything is known to be on the image.
    var hasObjects: Bool { !matching.objects.isEmpty }

    /// The highest IoU of a box with any object, and the object.
    func bestObject(of box: Box) -> (place: Int, iou: Double)? {
        let ious = Boxes([box]).pairwiseIoU(with: Boxes(matching.objects.map(\.box)))
        guard let best = ious.indices.max(by: { (ious[$0], $1) < (ious[$1], $0) }), ious[best] > 0 else { return nil }
        return (best, Double(ious[best]))
    }

    // MARK: Text

    var text: String {
        let resized = original == seen.size ? "" : ", seen at \(seen.size)"
        var parts = ["\(image), \(original)\(resized): \(grouped(anchorCount)) anchors", levelText, middleText]
        parts.append(
            hasObjects
                ? matchingText
                : "Nothing is known to be on the image: give --data, or --box and --label, to see which anchors find what."
        )
        if let proposals { parts.append(text(of: proposals)) }
        return parts.joined(separator: "\n\n")
    }

    private var anchorCount: Int { matching.grids.reduce(0) { $0 + $1.anchors.count } }

    private var levelText: String {
        var table = TextTable([
            .init("map"), .init("places", .right), .init("pixels apart", .right), .init("sizes"),
            .init("height / width"), .init("anchors", .right),
        ])
        for (level, grid) in matching.grids.enumerated() {
            table.append([
                "\(level + 1)", "\(grid.height)×\(grid.width)", "\(grid.stride.x)",
                grid.shapes.sizes.map { Double($0).plain }.joined(separator: ", "),
                grid.shapes.aspectRatios.map { Double($0).plain }.joined(separator: ", "), grouped(grid.anchors.count),
            ])
        }
        let crossing = matching.crossing(width: seen.width, height: seen.height)
        return table.text
            + "\n\n\(grouped(crossing)) of them reach beyond the image. The paper does not learn from those; torchvision and "
            + "Saccade do."
    }

    private var middleText: String {
        var table = TextTable([
            .init("map"), .init("row, column"), .init("size", .right), .init("height / width", .right), .init("box"),
        ])
        for (level, grid) in matching.grids.enumerated() {
            for index in grid.indices(row: grid.middle.row, column: grid.middle.column) {
                let form = grid.form(grid.position(of: index).shape)
                table.append([
                    "\(level + 1)", "\(grid.middle.row), \(grid.middle.column)", Double(form.size).plain,
                    Double(form.ratio).plain, grid.anchors[index].text,
                ])
            }
        }
        return "Anchors of the place in the middle (edges left, top, right, bottom, in whole pixels):\n\(table.text)"
    }

    private var matchingText: String {
        let counts = matching.counts
        var kinds = TextTable([.init("anchors", .right), .init(""), .init("because")])
        kinds.append([grouped(counts.high), "find an object", "their IoU with it is 0.7 or more"])
        kinds.append([grouped(counts.best), "find an object", "below that, but no anchor overlaps it more"])
        kinds.append([grouped(counts.between), "do not learn", "their highest IoU is from 0.3 to below 0.7"])
        kinds.append([grouped(counts.negative), "learn that nothing is there", "their highest IoU is below 0.3"])
        var table = TextTable([
            .init("object"), .init("IoU", .right), .init("learns"), .init("map", .right), .init("row, column"),
            .init("size", .right), .init("h / w", .right), .init("anchor"), .init("dx", .right), .init("dy", .right),
            .init("dw", .right), .init("dh", .right), .init("objectness", .right),
        ])
        for (place, object) in matching.objects.enumerated() {
            let pairings = matching.best[place]
            if pairings.isEmpty { table.append([object.label, "0", "no anchor overlaps it"]) }
            for pairing in pairings {
                let grid = matching.grids[pairing.level]
                let position = grid.position(of: pairing.index)
                let form = grid.form(position.shape)
                let seen = proposals.map { Double($0.levels[pairing.level].objectness[pairing.index]).rounded(2) }
                table.append(
                    [
                        object.label, pairing.iou.rounded(3), word(pairing.match, beside: place),
                        matching.grids.count > 1 ? "\(pairing.level + 1)" : "", "\(position.row), \(position.column)",
                        Double(form.size).plain, Double(form.ratio).plain, grid.anchors[pairing.index].text,
                    ] + pairing.deltas.map { $0.rounded(3) } + [seen ?? ""])
            }
        }
        let objects = matching.objects.enumerated().map {
            "\($1.label) (\($1.box.text)): \(matching.positives[$0]) anchor\(matching.positives[$0] == 1 ? "" : "s")"
        }
        return """
            What anchors learn:
            \(kinds.text)

            \(objects.joined(separator: "\n"))

            The anchors that overlap each object most, and the deltas from them to it\
            \(proposals == nil ? "" : ", and how likely the model sees an object there"):
            \(table.text)
            """
    }

    /// What an anchor learns that stands beside an object.
    private func word(_ match: BoxMatcher.Match, beside object: Int) -> String {
        switch match {
        case .object(object): "it"
        case .object(let other): matching.objects[other].label
        case .between: "–"
        case .below: "nothing"
        }
    }

    private func text(of proposals: RegionCNN.ProposalExplanation) -> String {
        var levels = TextTable([
            .init("map"), .init("anchors", .right), .init("highest", .right), .init("above 0.5", .right),
            .init("candidates", .right), .init("proposals", .right),
        ])
        for (index, level) in proposals.levels.enumerated() {
            levels.append([
                "\(index + 1)", grouped(level.objectness.count), Double(level.objectness.max() ?? 0).rounded(3),
                grouped(level.objectness.count { $0 > 0.5 }),
                grouped(proposals.candidates.levels.count { $0 == index }),
                grouped(proposals.proposals.levels.count { $0 == index }),
            ])
        }
        var parts = [
            "What the model says:\n\(levels.text)",
            "The likeliest of \(grouped(proposals.candidates.boxes.count)) candidates, before suppression:\n"
                + list(proposals.candidates),
            "The likeliest of \(grouped(proposals.proposals.boxes.count)) proposals, after it:\n"
                + list(proposals.proposals),
        ]
        if hasObjects {
            var table = TextTable([.init("object"), .init("IoU of its best proposal", .right), .init("rank", .right)])
            for (object, best) in zip(matching.objects, bestProposals(proposals)) {
                table.append([
                    object.label, best.map { $0.iou.rounded(3) } ?? "0", best.map { "\($0.rank + 1)" } ?? "–",
                ])
            }
            parts.append("How well objects are proposed:\n\(table.text)")
        }
        return parts.joined(separator: "\n\n")
    }

    /// For each object the proposal that overlaps it most.
    func bestProposals(_ proposals: RegionCNN.ProposalExplanation) -> [(rank: Int, iou: Double)?] {
        matching.objects.map { object in
            let ious = Boxes([object.box]).pairwiseIoU(with: proposals.proposals.boxes)
            guard let best = ious.indices.max(by: { (ious[$0], $1) < (ious[$1], $0) }), ious[best] > 0 else {
                return nil
            }
            return (best, Double(ious[best]))
        }
    }

    private func list(_ choice: RegionCNN.ProposalExplanation.Choice) -> String {
        var table = TextTable([
            .init("", .right), .init("likely", .right), .init("map", .right), .init("box"), .init("IoU", .right),
            .init("with"),
        ])
        for index in choice.boxes.indices.prefix(top) {
            let box = choice.boxes[index]
            let object = bestObject(of: box)
            table.append([
                "\(index + 1)", Double(choice.scores[index]).rounded(3), "\(choice.levels[index] + 1)", box.text,
                object?.iou.rounded(3) ?? "", object.map { matching.objects[$0.place].label } ?? "",
            ])
        }
        return table.text
    }
}
