public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// An image with what is known or predicted about it: boxes, masks, outlines, keypoints, and a class for each pixel.
///
/// Coordinates are pixels of the image. What is not finite, has no area or lies outside the image is not drawn, and
/// a line below the image says so. Labels stay inside the image, stand beside each other, and are left out where
/// there is no room at all, which the line says as well.
public struct Overlay: Figure {
    /// One object: whatever is known of it is drawn.
    public struct Object: Sendable, Hashable {
        /// Its class, on a plate at the object; may be empty.
        public var label: String
        /// How sure a network is; shown in per cent where it is in `0...1`.
        public var score: Double?
        public var box: Box?
        /// Tinted and outlined. A mask of another size than the image is stretched over it.
        public var mask: RunLengthMask?
        /// Closed outlines.
        public var polygons: [Polygon]
        /// In the order that the skeleton's numbers refer to.
        public var keypoints: [Keypoint]
        /// What takes the place of the class where colours and the legend are decided: nil for the class.
        public var group: String?

        /// An object of which any part may be missing.
        public init(
            _ label: String, score: Double? = nil, box: Box? = nil, mask: RunLengthMask? = nil,
            polygons: [Polygon] = [], keypoints: [Keypoint] = [], group: String? = nil
        ) {
            (self.label, self.score, self.box, self.mask) = (label, score, box, mask)
            (self.polygons, self.keypoints, self.group) = (polygons, keypoints, group)
        }

        /// What its colour stands for.
        var category: String { group ?? label }
    }

    /// What decides an object's colour.
    public enum Coloring: Sendable, Hashable {
        /// Objects of one class have one colour, and a legend names the classes.
        case byClass
        /// Neighbours of one class are told apart; there is no legend.
        case byObject
    }

    /// A line between two keypoints of an object, by their numbers from 0; pairs beyond its keypoints are passed over.
    public struct Limb: Sendable, Hashable {
        public var from: Int
        public var to: Int

        public init(_ from: Int, _ to: Int) { (self.from, self.to) = (from, to) }
    }

    /// The skeleton of COCO's person, whose 17 keypoints go from the nose to the right ankle (Lin et al., 2014).
    public static let cocoPerson: [Limb] = [
        (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10),
        (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
    ].map { Limb($0.0, $0.1) }

    public let title: String
    public let image: Image
    public let objects: [Object]
    public let classMask: ClassMask?
    public let truth: ClassMask?
    public let skeleton: [Limb]
    public let size: (width: Double, height: Double)

    /// Where the image stands.
    let frame: Rectangle
    let legend: Legend
    /// What could not be drawn; empty when all was.
    let note: String
    /// For each object its colour, and the rectangle around all that is drawn of it; nil when that is nothing.
    let colors: [Color]
    let extents: [Rectangle?]
    let plates: [Plate?]

    static let margin = 10.0
    static let noteStyle = TextStyle(size: 8, color: .faint)

    /// - Parameters:
    ///   - image: The image.
    ///   - title: Above it; may be empty.
    ///   - objects: What is on it; the labels of the surest are placed first.
    ///   - classMask: A class for each pixel.
    ///   - truth: What is known to be right, whose edges are drawn in yellow.
    ///   - namesClasses: Whether a legend names the classes of the mask.
    ///   - skeleton: Which keypoints are joined by lines.
    ///   - coloring: What decides an object's colour.
    ///   - classes: All classes, or groups, in order, so that each has the same colour on each of many images; one that is
    ///     not among them comes after them.
    ///   - width: Of the image, in points, at least 48; a high image becomes narrower.
    public init(
        _ image: Image, title: String = "", objects: [Object] = [], classMask: ClassMask? = nil,
        truth: ClassMask? = nil, namesClasses: Bool = true, skeleton: [Limb] = [],
        coloring: Coloring = .byClass, classes: [String] = [], width: Double = 480
    ) {
        require(width >= 48, "Overlay: a width of \(width) points; at least 48")
        (self.title, self.image, self.objects) = (title, image, objects)
        (self.classMask, self.truth, self.skeleton) = (classMask, truth, skeleton)
        let scale = min(width / Double(image.width), width * 1.25 / Double(image.height))
        // Half points are whole pixels of a PNG, so that the image is not resampled once more.
        func side(_ pixels: Int) -> Double { max(24, (Double(pixels) * scale * 2).rounded() / 2) }
        let frame = Rectangle(
            x: Self.margin, y: Self.margin + (title.isEmpty ? 0 : 22), width: side(image.width),
            height: side(image.height))
        self.frame = frame

        let extents = objects.map { Self.extent(of: $0, image, frame) }
        self.extents = extents
        var numbers: [String: Int] = [:]
        for name in classes + objects.map(\.category) where numbers[name] == nil { numbers[name] = numbers.count }
        let colors = objects.indices.map {
            Color.category(coloring == .byObject ? $0 : numbers[objects[$0].category] ?? 0)
        }
        self.colors = colors

        let room = max(frame.width, 160)
        var entries = namesClasses ? classMask?.legend ?? [] : []
        if truth != nil { entries.append((.truth, "the edges of the truth")) }
        if coloring == .byClass { entries += Self.legend(objects, extents, colors) }
        legend = Legend(entries, width: room)

        let plates = Self.plates(objects, extents, frame)
        self.plates = plates
        var remarks: [String] = []
        let hidden = extents.count { $0 == nil }
        if hidden > 0 { remarks.append("\(hidden) of \(objects.count) objects have nothing to draw here") }
        let crowded = zip(zip(objects, extents), plates).count {
            $0.0.1 != nil && Self.caption($0.0.0) != nil && $0.1 == nil
        }
        if crowded > 0 { remarks.append("no room for \(crowded) labels") }
        note = remarks.joined(separator: "; ")
        size = (
            room + 2 * Self.margin,
            frame.bottom + (legend.height > 0 ? 8 + legend.height : 0) + (note.isEmpty ? 0 : 16) + Self.margin
        )
    }

    /// What an object's plate says; nil when nothing.
    static func caption(_ object: Object) -> String? {
        let score = object.score.flatMap { (0...1).contains($0) ? "\(Int(($0 * 100).rounded())) %" : nil }
        let parts = [object.label.isEmpty ? nil : object.label, score].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// One entry for each class, or group, that is drawn, with how often.
    private static func legend(
        _ objects: [Object], _ extents: [Rectangle?], _ colors: [Color]
    ) -> [(color: Color, name: String)] {
        var order: [String] = []
        var found: [String: (color: Color, count: Int)] = [:]
        for (i, category) in objects.map(\.category).enumerated() where extents[i] != nil && !category.isEmpty {
            if found[category] == nil { order.append(category) }
            found[category] = (colors[i], (found[category]?.count ?? 0) + 1)
        }
        return order.compactMap { category in
            found[category].map { ($0.color, $0.count == 1 ? category : "\(category) (\($0.count))") }
        }
    }
}
