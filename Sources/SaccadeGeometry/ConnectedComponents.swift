import SaccadePrelude

/// Numbers the parts of an image that hang together along edges, not across corners.
///
/// - Parameters:
///   - isInside: Whether each pixel belongs to a part, row by row, `[height, width]`.
///   - width: Pixels from left to right.
/// - Returns: 0 outside, and 1, 2, … inside, numbered in the order of their first pixel down the columns.
/// - Precondition: `isInside` has whole rows.
public func connectedComponents(_ isInside: [Bool], width: Int) -> [Int32] {
    connectedComponents(of: isInside, width: width, across: false) { $0 }
}

/// Numbers the parts of an image that hang together and have one value.
///
/// - Parameters:
///   - values: Of each pixel, row by row, `[height, width]`.
///   - width: Pixels from left to right.
///   - corners: Whether pixels hang together across corners too, as scikit-image's `label` has it; SciPy's does not.
///   - belongs: Whether pixels of a value belong to a part.
/// - Returns: 0 where none does, and 1, 2, … elsewhere, numbered in the order of their first pixel down the columns.
/// - Precondition: `values` has whole rows.
public func connectedComponents<Value: Equatable>(
    of values: [Value], width: Int, across corners: Bool, where belongs: (Value) -> Bool
) -> [Int32] {
    require(width > 0 ? values.count % width == 0 : values.isEmpty, "connectedComponents: not whole rows")
    var labels = [Int32](repeating: 0, count: values.count)
    guard width > 0 else { return labels }
    let height = values.count / width
    var count: Int32 = 0
    var waiting: [Int] = []
    for x in 0..<width {
        for y in 0..<height where labels[y * width + x] == 0 && belongs(values[y * width + x]) {
            count += 1
            let value = values[y * width + x]
            labels[y * width + x] = count
            waiting.append(y * width + x)
            func visit(_ neighbor: Int) {
                guard labels[neighbor] == 0, values[neighbor] == value else { return }
                labels[neighbor] = count
                waiting.append(neighbor)
            }
            while let pixel = waiting.popLast() {
                forEachNeighbor(of: pixel, width: width, height: height, visit)
                guard corners else { continue }
                let (x, y) = (pixel % width, pixel / width)
                for (dx, dy) in [(-1, -1), (1, -1), (-1, 1), (1, 1)]
                where (0..<width).contains(x + dx) && (0..<height).contains(y + dy) {
                    visit(pixel + dy * width + dx)
                }
            }
        }
    }
    return labels
}

/// Calls with the pixels to the left, above, to the right and below, as far as they exist, in this order.
@inline(__always)
private func forEachNeighbor(of pixel: Int, width: Int, height: Int, _ body: (Int) -> Void) {
    let (x, y) = (pixel % width, pixel / width)
    if x > 0 { body(pixel - 1) }
    if y > 0 { body(pixel - width) }
    if x + 1 < width { body(pixel + 1) }
    if y + 1 < height { body(pixel + width) }
}

/// Numbers the cells of an image after their borders were thinned: cells grow into the border until they meet.
///
/// The watershed of Vincent and Soille, "Watersheds in Digital Spaces" (1991), section IV, of an image of two heights,
/// cells low and borders high, with four neighbours. What is left of the border, usually one pixel wide, is 0. As in the
/// program that judged the ISBI 2012 challenge, pixels wait in a queue that begins with the border's pixels next to
/// cells, column by column; an image without cells is one cell.
///
/// - Parameters:
///   - isCell: Whether each pixel is a cell's, row by row, `[height, width]`.
///   - width: Pixels from left to right.
/// - Returns: 0 on borders, and 1, 2, … in cells.
/// - Precondition: `isCell` has whole rows.
public func thinnedCells(_ isCell: [Bool], width: Int) -> [Int32] {
    guard isCell.contains(true) else { return Array(repeating: 1, count: isCell.count) }
    var labels = connectedComponents(isCell, width: width)
    let height = isCell.count / width
    let (border, queued, unseen): (Int32, Int32, Int32) = (0, -1, -2)
    for pixel in labels.indices where !isCell[pixel] { labels[pixel] = unseen }
    var queue: [Int] = []
    for x in 0..<width {
        for y in 0..<height where !isCell[y * width + x] {
            let pixel = y * width + x
            var touches = false
            forEachNeighbor(of: pixel, width: width, height: height) { touches = touches || labels[$0] > 0 }
            guard touches else { continue }
            labels[pixel] = queued
            queue.append(pixel)
        }
    }
    // A pixel that became border only because a neighbour is one may still be won by a cell. That this is remembered
    // from pixel to pixel is part of the published algorithm.
    var mayStillBeWon = false
    var next = 0
    while next < queue.count {
        let pixel = queue[next]
        next += 1
        forEachNeighbor(of: pixel, width: width, height: height) { neighbor in
            if labels[neighbor] > 0 {
                if labels[pixel] == queued || (labels[pixel] == border && mayStillBeWon) {
                    labels[pixel] = labels[neighbor]
                } else if labels[pixel] > 0, labels[pixel] != labels[neighbor] {
                    labels[pixel] = border
                    mayStillBeWon = false
                }
            } else if labels[neighbor] == border {
                if labels[pixel] == queued {
                    labels[pixel] = border
                    mayStillBeWon = true
                }
            } else if labels[neighbor] == unseen {
                labels[neighbor] = queued
                queue.append(neighbor)
            }
        }
    }
    return labels
}
