import SaccadeGeometry

/// An outline as it waits in memory until somebody asks for it.
///
/// A large data set has tens of millions of corners, and all its outlines are in memory at once. Nothing is lost: what
/// goes in comes out.
enum PackedOutline: Sendable, Hashable {
    case polygons(PackedPolygons)
    indirect case mask(RunLengthMask)

    init(_ outline: AnnotatedObject.Outline) {
        switch outline {
        case .polygons(let polygons):
            self = .polygons(
                PackedPolygons(
                    counts: polygons.map { 2 * $0.corners.count },
                    coordinates: polygons.flatMap { $0.corners.flatMap { [$0.x, $0.y] } }))
        case .mask(let mask): self = .mask(mask)
        }
    }

    var outline: AnnotatedObject.Outline {
        switch self {
        case .polygons(let polygons): .polygons(polygons.polygons)
        case .mask(let mask): .mask(mask)
        }
    }

    /// The smallest box around all of it; nil where there is nothing.
    var bounds: Box? {
        switch self {
        case .polygons(let polygons):
            let bounds = polygons.polygons.compactMap(\.bounds)
            return bounds.dropFirst().reduce(bounds.first) { $0?.union($1) }
        case .mask(let mask): return mask.pixelCount > 0 ? mask.bounds : nil
        }
    }
}

/// The corners of polygons in as few bytes as hold them exactly.
///
/// Annotations are decimals: `12.34` is the number next to 1234 / 100, and dividing gives that number back, for a quotient
/// is rounded to the nearest number. So coordinates with two places take two bytes, such with four places four.
struct PackedPolygons: Sendable, Hashable {
    /// How many polygons, how many numbers each of them has, and then the numbers of all, each times a scale.
    private enum Numbers: Hashable {
        /// 0 to 655.35.
        case hundredths([UInt16])
        /// ±214748.3647.
        case tenThousandths([Int32])
        case plain([Double])
    }

    private let numbers: Numbers

    /// - Parameters:
    ///   - counts: How many numbers each polygon has; even.
    ///   - coordinates: The x and y of all corners of all polygons, one after the other.
    init(counts: [Int], coordinates: [Double]) {
        numbers =
            if let list = Self.scaled(counts, coordinates, by: 100, to: UInt16.self) {
                .hundredths(list)
            } else if let list = Self.scaled(counts, coordinates, by: 10_000, to: Int32.self) {
                .tenThousandths(list)
            } else {
                .plain([Double(counts.count)] + counts.map(Double.init) + coordinates)
            }
    }

    /// Polygons as a file has them.
    ///
    /// - Throws: As ``Polygon/init(coordinates:)`` does for the first that is none.
    init(counts: [Int], checked coordinates: [Double]) throws(GeometryError) {
        var start = 0
        for count in counts {
            if count < 6 || !count.isMultiple(of: 2) {
                _ = try Polygon(coordinates: Array(coordinates[start..<start + count]))
            }
            start += count
        }
        self.init(counts: counts, coordinates: coordinates)
    }

    var polygons: [Polygon] {
        switch numbers {
        case .hundredths(let list):
            Self.polygons(list.count) {
                Double(list[$0])
            } coordinate: {
                Double(list[$0]) / 100
            }
        case .tenThousandths(let list):
            Self.polygons(list.count) {
                Double(list[$0])
            } coordinate: {
                Double(list[$0]) / 10_000
            }
        case .plain(let list):
            Self.polygons(list.count) {
                list[$0]
            } coordinate: {
                list[$0]
            }
        }
    }

    /// The list for a scale; nil where that would not give back every number.
    private static func scaled<Number: FixedWidthInteger>(
        _ counts: [Int], _ coordinates: [Double], by scale: Double, to _: Number.Type
    ) -> [Number]? {
        let head = [counts.count] + counts
        guard head.allSatisfy({ Number(exactly: $0) != nil }) else { return nil }
        var isExact = true
        let list = [Number](unsafeUninitializedCapacity: head.count + coordinates.count) { list, count in
            for (index, number) in head.enumerated() { list.initializeElement(at: index, to: Number(number)) }
            count = head.count
            for coordinate in coordinates {
                let scaled = coordinate * scale
                // Written so that it is false for NaN.
                guard abs(scaled) < 0x1p31,
                    let number = Number(exactly: Int64(scaled + (scaled < 0 ? -0.5 : 0.5))),
                    Double(number) / scale == coordinate
                else {
                    isExact = false
                    return
                }
                list.initializeElement(at: count, to: number)
                count += 1
            }
        }
        return isExact ? list : nil
    }

    private static func polygons(
        _ count: Int, _ number: (Int) -> Double, coordinate: (Int) -> Double
    ) -> [Polygon] {
        let polygonCount = Int(number(0))
        var start = 1 + polygonCount
        return (1..<1 + polygonCount).map { index in
            let end = start + Int(number(index))
            defer { start = end }
            return Polygon(stride(from: start, to: end, by: 2).map { Point(coordinate($0), coordinate($0 + 1)) })
        }
    }
}
