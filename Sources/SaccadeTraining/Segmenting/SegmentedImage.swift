public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// An image with a class for each pixel.
public struct SegmentedImage: Sendable {
    public let size: PixelSize
    /// The number of the most probable class of each pixel, row by row.
    public private(set) var classes: [UInt8]
    /// Pixels of each class.
    public private(set) var counts: [Int]
    /// The sum over the pixels of each class of how probable it is there.
    private var certainty: [Double]

    private let threshold: (background: UInt8, least: Float)?

    /// - Parameters:
    ///   - classes: How many there are, 1 to 255.
    ///   - threshold: Which class is the background, and how probable all others together must be where it is not, 0 to 1;
    ///     nil compares every class with every other.
    public init(_ size: PixelSize, classes: Int, threshold: (background: UInt8, least: Float)? = nil) {
        require((1...255).contains(classes), "SegmentedImage: \(classes) classes")
        (self.size, self.threshold) = (size, threshold)
        self.classes = Array(repeating: 0, count: size.width * size.height)
        counts = Array(repeating: 0, count: classes)
        certainty = Array(repeating: 0, count: classes)
    }

    /// Takes over what is known of a part that was not added before.
    public mutating func add(_ part: PixelPart) {
        let (best, columns, area) = (part.best(threshold: threshold), part.columns.count, part.area)
        for (index, row) in part.rows.enumerated() {
            let to = row * size.width + part.columns.lowerBound
            classes.replaceSubrange(to..<to + columns, with: best[index * columns..<(index + 1) * columns])
        }
        for (pixel, number) in best.enumerated() {
            counts[Int(number)] += 1
            certainty[Int(number)] += Double(part.probabilities[Int(number) * area + pixel])
        }
    }

    /// How probable a class is at its pixels, on average; nil where it has none.
    public func meanProbability(of number: Int) -> Double? {
        counts[number] == 0 ? nil : certainty[number] / Double(counts[number])
    }

    /// One of the things on an image: pixels of one class that hang together.
    public struct Object: Sendable, Hashable {
        /// In ``Objects/labels``, from 1.
        public let number: Int
        public let classNumber: UInt8
        /// Around its pixels.
        public let box: Box
        public let pixels: Int
    }

    public struct Objects: Sendable {
        /// The number of the object at each pixel, row by row; 0 where there is none.
        public let labels: [Int32]
        public let all: [Object]
    }

    /// What hangs together of one class: U-Net's way from classes to objects.
    ///
    /// - Parameters:
    ///   - background: A class that lies between objects, such as the membranes between cells.
    ///   - corners: Whether pixels hang together across corners too.
    ///   - leastPixels: Smaller ones are left out.
    public func objects(background: UInt8?, across corners: Bool = false, leastPixels: Int = 1) -> Objects {
        var labels = connectedComponents(of: classes, width: size.width, across: corners) { $0 != background }
        let count = Int(labels.max() ?? 0)
        var extents = [Extent](repeating: Extent(), count: count + 1)
        for (pixel, label) in labels.enumerated() where label > 0 {
            extents[Int(label)].add(x: pixel % size.width, y: pixel / size.width, classes[pixel])
        }
        var numbers = [Int32](repeating: 0, count: count + 1)
        var objects: [Object] = []
        for label in stride(from: 1, through: count, by: 1) where extents[label].pixels >= leastPixels {
            numbers[label] = Int32(objects.count + 1)
            objects.append(extents[label].object(objects.count + 1))
        }
        for pixel in labels.indices { labels[pixel] = numbers[Int(labels[pixel])] }
        return Objects(labels: labels, all: objects)
    }

    private struct Extent {
        var (left, top, right, bottom) = (Int.max, Int.max, 0, 0)
        var pixels = 0
        var classNumber: UInt8 = 0

        mutating func add(x: Int, y: Int, _ number: UInt8) {
            (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x + 1), max(bottom, y + 1))
            pixels += 1
            classNumber = number
        }

        func object(_ number: Int) -> Object {
            Object(
                number: number, classNumber: classNumber,
                box: Box(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom)),
                pixels: pixels)
        }
    }
}
