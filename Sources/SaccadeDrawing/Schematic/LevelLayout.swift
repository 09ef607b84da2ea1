import Foundation
import SaccadeGeometry

/// Where everything of a network in levels stands.
struct LevelLayout: Sendable {
    /// A map with its labels.
    struct Box: Sendable {
        var level: Int
        /// The map: copied channels on the left, its own on the right.
        var frame: Rectangle
        /// Width of the copied channels.
        var copied: Double
        var channels: FittedText
        var size: FittedText
        var caption: FittedText

        /// Middle of its own channels, where arrows from other levels begin and end.
        var middle: Double { (frame.x + copied + frame.right) / 2 }
        /// Width of the map with its labels.
        var cell: Double { max(frame.width, channels.width, size.width, caption.width) }
        var top: Double {
            frame.y - LevelLayout.channelsHeight - (caption.text.isEmpty ? 0 : LevelLayout.captionHeight)
        }
        var bottom: Double { frame.bottom + (size.text.isEmpty ? 0 : LevelLayout.sizeHeight) }
    }

    /// An arrow.
    struct Line: Sendable {
        var points: [Point]
        var color: Color
    }

    static let margin = 18.0
    static let channelsHeight = 12.0
    static let captionHeight = 12.0
    static let sizeHeight = 10.0
    /// Between rows, for their arrows.
    private static let rowGap = 30.0
    /// Height of an arrow that leads over other maps.
    private static let laneHeight = 9.0
    static let channelsStyle = TextStyle(size: 8, isBold: true)
    static let sizeStyle = TextStyle(size: 6.5, color: .faint)
    static let captionStyle = TextStyle(size: 8.5, color: .faint)
    static let legendStyle = TextStyle(size: 9)

    private(set) var boxes: [Box] = []
    private(set) var lines: [Line] = []
    /// Arrows with what they stand for; each frame is that of the whole entry.
    private(set) var legend: [(text: FittedText, color: Color, frame: Rectangle)] = []
    private(set) var width = 300.0
    private(set) var height = 0.0

    init(title: String, _ maps: [Schematic.FeatureMap], _ flows: [Schematic.Flow], maximumWidth: Double) {
        let ruler = TextRuler()
        let levels = Self.levels(maps, flows)
        boxes = Self.boxes(maps, levels, ruler)
        let main = Self.mainFlows(maps.count, flows)
        // Shorter arrows where the drawing would be too wide.
        for gap in [34.0, 28, 22, 17] {
            placeColumns(main, gap: gap)
            width = (boxes.map { $0.frame.center.x + $0.cell / 2 }.max() ?? 0) + Self.margin
            if width <= maximumWidth { break }
        }
        let colors = Self.colors(flows)
        let detours = detours(flows)
        let titleHeight = title.isEmpty ? 0 : Schematic.titleStyle.lineHeight + 8
        placeRows(from: Self.margin + titleHeight, flows, detours)
        lines = flows.indices.map { Line(points: points(flows[$0], lane: detours[$0]), color: colors[$0]) }
        let titleWidth = ruler.width(of: title.oneLine, Schematic.titleStyle) + 2 * Self.margin
        width = max(width, 300, min(maximumWidth, titleWidth))
        height = (boxes.map(\.bottom).max() ?? Self.margin + titleHeight) + Self.margin
        placeLegend(flows, colors, ruler)
    }

    /// The flow that decides where a map stands: the last that is no skip.
    private static func mainFlows(_ count: Int, _ flows: [Schematic.Flow]) -> [Schematic.Flow?] {
        var main = [Schematic.Flow?](repeating: nil, count: count)
        for flow in flows where flow.kind != .skip && flow.from >= main[flow.to]?.from ?? 0 { main[flow.to] = flow }
        return main
    }

    /// How often the resolution was halved on the way to each map, without levels that hold none.
    ///
    /// Convolutions without padding make maps a little smaller on their level.
    private static func levels(_ maps: [Schematic.FeatureMap], _ flows: [Schematic.Flow]) -> [Int] {
        var levels = [Int](repeating: 0, count: maps.count)
        for (index, flow) in mainFlows(maps.count, flows).enumerated() {
            guard let flow else { continue }
            func side(_ map: Schematic.FeatureMap) -> Double { sqrt(Double(map.height) * Double(map.width)) }
            let halvings = log2(side(maps[flow.from]) / side(maps[index]))
            let changes = flow.kind == .pooling || flow.kind == .upsampling || abs(halvings) > 0.9
            levels[index] = levels[flow.from] + (changes ? Int(halvings.rounded(.toNearestOrAwayFromZero)) : 0)
        }
        let held = Set(levels).sorted()
        return levels.map { held.firstIndex(of: $0) ?? 0 }
    }

    private static func boxes(
        _ maps: [Schematic.FeatureMap], _ levels: [Int], _ ruler: borrowing TextRuler
    ) -> [Box] {
        let sides = PowerScale(maps.map(\.height), steepest: 0.75, flattest: 0.09)
        let depths = PowerScale(maps.map(\.channels), steepest: 0.6, flattest: 0.1)
        return zip(maps, levels).map { map, level in
            let thickness = 3 + 40 * depths(map.channels)
            let isPoint = map.height == 1 && map.width == 1
            let size = isPoint ? "" : "\(map.height)×\(map.width)"
            return Box(
                level: level,
                frame: Rectangle(x: 0, y: 0, width: thickness, height: max(12, 132 * sides(map.height))),
                copied: thickness * Double(map.copied) / Double(map.channels),
                channels: ruler.fit("\(map.channels)", channelsStyle, width: 60),
                size: ruler.fit(size, sizeStyle, width: 60),
                caption: ruler.fit(map.caption, captionStyle, width: 90))
        }
    }

    /// From left to right on a level; what comes from another level stands above or below where it comes from.
    private mutating func placeColumns(_ main: [Schematic.Flow?], gap: Double) {
        var last: [Int: Int] = [:]
        for index in boxes.indices {
            let box = boxes[index]
            let labels = (box.cell - box.frame.width) / 2
            var x = Self.margin + labels
            if let flow = main[index], boxes[flow.from].level != box.level {
                x = max(x, boxes[flow.from].middle - (box.frame.width + box.copied) / 2)
            }
            if let before = last[box.level].map({ boxes[$0] }) {
                let beforeLabels = before.frame.center.x + before.cell / 2
                x = max(x, before.frame.right + gap, beforeLabels + labels + 5)
            }
            boxes[index].frame.x = x
            last[box.level] = index
        }
    }

    /// The flows whose arrows would run through other maps of their level; each has a lane above these, counted from
    /// below.
    private func detours(_ flows: [Schematic.Flow]) -> [Int: Int] {
        var lanes: [Int: Int] = [:]
        var counts: [Int: Int] = [:]
        for (index, flow) in flows.enumerated() {
            let (from, to) = (boxes[flow.from], boxes[flow.to])
            let isBetween = boxes.contains {
                $0.level == from.level && $0.frame.x > from.frame.x && $0.frame.x < to.frame.x
            }
            guard from.level == to.level, isBetween else { continue }
            lanes[index] = counts[from.level, default: 0]
            counts[from.level, default: 0] += 1
        }
        return lanes
    }

    /// One row for each level, with lanes above it for the arrows that lead over maps.
    private mutating func placeRows(from top: Double, _ flows: [Schematic.Flow], _ detours: [Int: Int]) {
        var y = top
        for level in 0...(boxes.map(\.level).max() ?? 0) {
            let row = boxes.indices.filter { boxes[$0].level == level }
            let tallest = row.map { boxes[$0].frame.height }.max() ?? 0
            let isCaptioned = row.contains { !boxes[$0].caption.text.isEmpty }
            let lanes = detours.keys.count { boxes[flows[$0].from].level == level }
            y +=
                (lanes > 0 ? Self.laneHeight * Double(lanes) + 4 : 0) + Self.channelsHeight
                + (isCaptioned ? Self.captionHeight : 0)
            for index in row { boxes[index].frame.y = y + (tallest - boxes[index].frame.height) / 2 }
            y += tallest + Self.sizeHeight + Self.rowGap
        }
    }

    private func points(_ flow: Schematic.Flow, lane: Int?) -> [Point] {
        let (from, to) = (boxes[flow.from], boxes[flow.to])
        if let lane {
            let row = boxes.filter { $0.level == from.level }
            let y = (row.map(\.top).min() ?? 0) - Self.laneHeight * Double(lane + 1)
            return [
                Point(from.middle, from.top - 1), Point(from.middle, y), Point(to.middle, y),
                Point(to.middle, to.top - 1),
            ]
        }
        if from.level == to.level {
            return [
                Point(from.frame.right + 3, from.frame.center.y), Point(to.frame.x - 3, from.frame.center.y),
            ]
        }
        let isDown = from.level < to.level
        let start = Point(from.middle, isDown ? from.bottom + 2 : from.top - 2)
        let end = Point(to.middle, isDown ? to.top - 2 : to.bottom + 2)
        // Beside the maps on the way before it turns between two rows.
        guard abs(start.x - end.x) >= 0.5 else { return [start, end] }
        let turn = isDown ? end.y - 10 : end.y + 10
        return [start, Point(start.x, turn), Point(end.x, turn), end]
    }
}

// MARK: Colours and what they mean

extension LevelLayout {
    /// A colour for each meaning: those of a kind of flow with different captions differ.
    private static func colors(_ flows: [Schematic.Flow]) -> [Color] {
        var captions: [Schematic.Flow.Kind: [String]] = [:]
        return flows.map { flow in
            let known = captions[flow.kind, default: []]
            let index = known.firstIndex(of: flow.caption) ?? known.count
            if index == known.count { captions[flow.kind, default: []].append(flow.caption) }
            let palette = palette(flow.kind)
            let color = palette[index % palette.count]
            return index < palette.count ? color : color.mixed(with: .black, 0.45)
        }
    }

    private static func palette(_ kind: Schematic.Flow.Kind) -> [Color] {
        switch kind {
        case .convolution: [.blue, .bluishGreen, .skyBlue, .orange]
        case .pooling: [.vermillion, .orange]
        case .upsampling: [.reddishPurple, Color.reddishPurple.mixed(with: .black, 0.4)]
        case .skip: [Color(0.6, 0.6, 0.6), Color(0.4, 0.4, 0.4)]
        case .other: [.ink, .faint]
        }
    }

    /// In a corner that the way down and up leaves free, or else below the drawing.
    private mutating func placeLegend(
        _ flows: [Schematic.Flow], _ colors: [Color], _ ruler: borrowing TextRuler
    ) {
        var seen: Set<String> = []
        let entries = zip(flows, colors).filter { seen.insert("\($0.0.kind) \($0.0.caption)").inserted }
        let texts = entries.map {
            ruler.fit($0.0.caption.isEmpty ? $0.0.kind.rawValue : $0.0.caption, Self.legendStyle, width: 220)
        }
        guard !texts.isEmpty else { return }
        let lineHeight = 14.0
        let size = (width: 30 + (texts.map(\.width).max() ?? 0), height: lineHeight * Double(texts.count))
        let (right, bottom) = (width - Self.margin - size.width, height - Self.margin - size.height)
        let corners = [(right, bottom), (Self.margin, bottom), (right, boxes.map(\.top).min() ?? 0)]
        let free = corners.lazy.map { Rectangle(x: $0.0, y: $0.1, width: size.width, height: size.height) }
            .first { isFree($0.grown(by: 8)) }
        let place =
            free
            ?? Rectangle(
                x: max(Self.margin, (width - size.width) / 2), y: height, width: size.width, height: size.height)
        if free == nil {
            height += size.height + Self.margin
            width = max(width, size.width + 2 * Self.margin)
        }
        legend = texts.indices.map { index in
            (
                texts[index], entries[index].1,
                Rectangle(x: place.x, y: place.y + lineHeight * Double(index), width: size.width, height: lineHeight)
            )
        }
    }

    /// Whether no map and no arrow is there.
    private func isFree(_ place: Rectangle) -> Bool {
        let arrows = lines.lazy.flatMap { zip($0.points, $0.points.dropFirst()) }.map { a, b in
            Rectangle(
                x: min(a.x, b.x), y: min(a.y, b.y), width: max(abs(a.x - b.x), 0.1), height: max(abs(a.y - b.y), 0.1))
        }
        return !boxes.contains { $0.cellFrame.overlaps(place) } && !arrows.contains { $0.overlaps(place) }
    }
}

extension LevelLayout.Box {
    /// The map with its labels.
    fileprivate var cellFrame: Rectangle {
        Rectangle(x: frame.center.x - cell / 2, y: top, width: cell, height: bottom - top)
    }
}

extension Rectangle {
    fileprivate func grown(by margin: Double) -> Rectangle {
        Rectangle(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }
}
