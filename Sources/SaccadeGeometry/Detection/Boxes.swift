import CSaccadeKernels
import SaccadePrelude

/// Many boxes in pixels, their edges in four arrays of `Float`, as loops over thousands of them want.
///
/// Coordinates are continuous, as those of ``Box``, and may be anything: boxes without area, and edges that are infinite
/// or no numbers, are allowed everywhere, and what each function makes of them is written there.
public struct Boxes: Sendable, Hashable {
    /// Left edges.
    public private(set) var x1: [Float]
    /// Upper edges.
    public private(set) var y1: [Float]
    /// Right edges, exclusive.
    public private(set) var x2: [Float]
    /// Lower edges, exclusive.
    public private(set) var y2: [Float]

    /// - Precondition: There are as many edges of each kind.
    public init(x1: [Float], y1: [Float], x2: [Float], y2: [Float]) {
        require(
            x1.count == y1.count && x1.count == x2.count && x1.count == y2.count,
            "Boxes: \(x1.count), \(y1.count), \(x2.count) and \(y2.count) edges")
        (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
    }

    /// No boxes.
    public init() { self.init(x1: [], y1: [], x2: [], y2: []) }

    /// Rounded to `Float`.
    public init(_ boxes: some Collection<Box>) {
        self.init(
            x1: boxes.map { Float($0.left) }, y1: boxes.map { Float($0.top) }, x2: boxes.map { Float($0.right) },
            y2: boxes.map { Float($0.bottom) })
    }

    /// Boxes as tensors hold them.
    ///
    /// - Parameter corners: `[N, 4]`: left, top, right and bottom edge of each box.
    /// - Precondition: There are four numbers for each.
    public init(corners: [Float]) {
        require(corners.count.isMultiple(of: 4), "Boxes: \(corners.count) numbers are not four for each box")
        func edges(_ kind: Int) -> [Float] { stride(from: kind, to: corners.count, by: 4).map { corners[$0] } }
        self.init(x1: edges(0), y1: edges(1), x2: edges(2), y2: edges(3))
    }

    /// `[N, 4]`: left, top, right and bottom edge of each box.
    public var corners: [Float] {
        var corners: [Float] = []
        corners.reserveCapacity(4 * count)
        for place in indices {
            corners.append(x1[place])
            corners.append(y1[place])
            corners.append(x2[place])
            corners.append(y2[place])
        }
        return corners
    }

    /// The boxes at some places, in that order; a place may come again.
    public func selecting(_ places: [Int]) -> Boxes {
        Boxes(
            x1: places.map { x1[$0] }, y1: places.map { y1[$0] }, x2: places.map { x2[$0] },
            y2: places.map { y2[$0] })
    }

    /// At most so many, from the beginning.
    public func first(_ limit: Int) -> Boxes { limit < count ? selecting(Array(indices.prefix(limit))) : self }

    /// Adds boxes behind the others.
    public mutating func append(contentsOf others: Boxes) {
        x1 += others.x1
        y1 += others.y1
        x2 += others.x2
        y2 += others.y2
    }

    /// Square pixels of each; 0 where the edges are not in order or are no numbers. Infinite beyond the range of `Float`.
    public var areas: [Float] {
        indices.map { place in
            let (width, height) = (x2[place] - x1[place], y2[place] - y1[place])
            return width > 0 && height > 0 ? width * height : 0
        }
    }

    /// The parts on an image of so many pixels. What lies outside becomes a box without area at the nearest edge; an edge
    /// that is no number stays as it is.
    public func clipped(toWidth width: Int, height: Int) -> Boxes {
        func clip(_ edges: [Float], _ length: Int) -> [Float] {
            let length = Float(length)
            return edges.map { $0 < 0 ? 0 : $0 > length ? length : $0 }
        }
        return Boxes(x1: clip(x1, width), y1: clip(y1, height), x2: clip(x2, width), y2: clip(y2, height))
    }

    /// The places of boxes that are at least so wide and so high, in pixels. Edges that are no numbers are not.
    public func places(withSidesOfAtLeast side: Float) -> [Int] {
        indices.filter { x2[$0] - x1[$0] >= side && y2[$0] - y1[$0] >= side }
    }

    /// The boxes on the same image resized by these factors.
    public func scaled(x: Float, y: Float) -> Boxes {
        Boxes(x1: x1.map { $0 * x }, y1: y1.map { $0 * y }, x2: x2.map { $0 * x }, y2: y2.map { $0 * y })
    }

    /// The boxes on the same image in another size, in pixels.
    ///
    /// - Precondition: The first size is not empty.
    public func resized(from old: (width: Int, height: Int), to new: (width: Int, height: Int)) -> Boxes {
        require(old.width > 0 && old.height > 0, "Boxes.resized: from an image of \(old.width)×\(old.height) pixels")
        return scaled(x: Float(new.width) / Float(old.width), y: Float(new.height) / Float(old.height))
    }

    /// Lends the edges to a loop in C.
    func withEdges<Result>(_ body: (sk_boxes) -> Result) -> Result {
        x1.withUnsafeBufferPointer { x1 in
            y1.withUnsafeBufferPointer { y1 in
                x2.withUnsafeBufferPointer { x2 in
                    y2.withUnsafeBufferPointer { y2 in
                        body(
                            sk_boxes(
                                x1: x1.baseAddress, y1: y1.baseAddress, x2: x2.baseAddress, y2: y2.baseAddress))
                    }
                }
            }
        }
    }
}

extension Boxes: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { x1.count }
    public subscript(place: Int) -> Box {
        Box(
            left: Double(x1[place]), top: Double(y1[place]), right: Double(x2[place]), bottom: Double(y2[place]))
    }
}
