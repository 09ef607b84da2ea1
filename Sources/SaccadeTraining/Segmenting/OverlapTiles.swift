import SaccadeImages
import SaccadePrelude
import SaccadeTensors

/// How an image is cut into tiles that a network answers for one after another: the overlap-tile strategy of U-Net
/// (Ronneberger et al., 2015, figure 2).
///
/// A network whose convolutions are valid answers for the middle of a tile; tiles overlap by what it needs around, and
/// beyond the image's edges it sees the mirror image. One whose maps keep their size answers for all of a tile, badly
/// where it saw only one side: such tiles overlap by a quarter, and of each overlap both keep the half that lies deeper in
/// them.
struct OverlapTiles {
    struct Tile {
        /// Where the tile begins; it may be outside the image.
        let x, y: Int
        /// The part of the image that is answered for by this tile.
        let columns, rows: Range<Int>
    }

    let tiles: [Tile]
    /// Of every tile.
    let size: PixelSize

    /// - Parameters:
    ///   - image: The size of the image.
    ///   - size: Of a tile.
    ///   - result: What the network answers for of a tile: its middle.
    ///   - multiple: Tiles begin at multiples of so many pixels, so that a pooling network halves them as it would the
    ///     whole image.
    init(_ image: PixelSize, size: PixelSize, result: PixelSize, multiple: Pair) {
        self.size = size
        let columns = Self.spans(image.width, size.width, result.width, multiple.width)
        let rows = Self.spans(image.height, size.height, result.height, multiple.height)
        tiles = rows.flatMap { row in
            columns.map { column in Tile(x: column.start, y: row.start, columns: column.kept, rows: row.kept) }
        }
    }

    private typealias Span = (start: Int, kept: Range<Int>)

    private static func spans(_ length: Int, _ tile: Int, _ result: Int, _ multiple: Int) -> [Span] {
        require(tile >= result && result >= 1, "OverlapTiles: an answer of \(result) pixels for a tile of \(tile)")
        guard result < tile else { return overlapping(length, tile, multiple) }
        let around = (tile - result) / 2
        let step = result >= multiple ? result / multiple * multiple : result
        var spans: [Span] = []
        var start = 0
        while start < length {
            let end = length - start <= result ? length : start + step
            spans.append((start - around, start..<end))
            start = end
        }
        return spans
    }

    /// Of a network that answers for all of a tile.
    private static func overlapping(_ length: Int, _ tile: Int, _ multiple: Int) -> [Span] {
        let step = max(multiple, tile * 3 / 4 / multiple * multiple)
        var starts = [0]
        while let last = starts.last, last + tile < length {
            // The last one ends with the image, or as near behind it as it may begin.
            let latest = (length - tile + multiple - 1) / multiple * multiple
            starts.append(min(last + step, latest))
        }
        var spans: [Span] = []
        for (index, start) in starts.enumerated() {
            let from = index == 0 ? 0 : spans[index - 1].kept.upperBound
            let to = index + 1 == starts.count ? length : (starts[index + 1] + start + tile) / 2
            spans.append((start, from..<to))
        }
        return spans
    }
}
