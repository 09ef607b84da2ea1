public import SaccadeTensors

/// Rows of numbers, few enough to be read.
public struct NumberGrid: Sendable, Hashable {
    /// The most rows, and columns.
    public static let maximumLength = 64

    /// At least one, all of the same length.
    public let rows: [[Double]]

    public var height: Int { rows.count }
    public var width: Int { rows[0].count }
    public var size: Pair { Pair(height, width) }

    /// - Throws: What a grid cannot be.
    public init(_ rows: [[Double]]) throws(BuildingBlockError) {
        guard let width = rows.first?.count, width > 0 else { throw BuildingBlockError("there are no numbers") }
        if let row = rows.firstIndex(where: { $0.count != width }) {
            throw BuildingBlockError("row \(row + 1) has \(rows[row].count) numbers, and the first \(width)")
        }
        guard rows.count <= Self.maximumLength, width <= Self.maximumLength else {
            throw BuildingBlockError(
                "\(rows.count)×\(width) numbers are more than anybody reads; give at most \(Self.maximumLength) rows and "
                    + "columns"
            )
        }
        guard rows.joined().allSatisfy({ abs($0) <= 1e9 }) else {
            throw BuildingBlockError("every number must be from -1e9 to 1e9")
        }
        self.rows = rows
    }

    /// Zeros but for some numbers, which are summed where they meet.
    init(height: Int, width: Int, _ numbers: [(place: Place, value: Double)]) {
        var rows = [[Double]](repeating: [Double](repeating: 0, count: width), count: height)
        for (place, value) in numbers { rows[place.row][place.column] += value }
        self.rows = rows
    }

    /// The image in a tensor of one image with one channel.
    init(_ tensor: Tensor) {
        let (scalars, width) = (tensor.scalars, tensor.shape[3])
        rows = (0..<tensor.shape[2]).map { row in scalars[row * width..<(row + 1) * width].map(Double.init) }
    }

    /// A row and a column, from 0.
    public struct Place: Sendable, Hashable, Codable {
        public let row: Int
        public let column: Int
    }

    public subscript(_ place: Place) -> Double { rows[place.row][place.column] }

    /// Row by row.
    public var places: [Place] {
        (0..<height).flatMap { row in (0..<width).map { Place(row: row, column: $0) } }
    }

    /// `[1, 1, height, width]`.
    var tensor: Tensor { Tensor(rows.joined().map { Float($0) }, shape: [1, 1, height, width]) }

    /// The largest difference of two grids of one size.
    func difference(to other: NumberGrid) -> Double {
        zip(rows.joined(), other.rows.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}

extension NumberGrid: Encodable {
    public func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }
}

/// Why an example cannot be worked out, as a clause.
public struct BuildingBlockError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
