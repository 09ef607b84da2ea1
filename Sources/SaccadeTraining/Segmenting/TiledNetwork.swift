import Foundation
import SaccadeImages
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors

/// A network for segmentation with the size of its tiles: what answers for every pixel of images of any size.
struct TiledNetwork: Sendable {
    let preprocessing: Preprocessing
    /// Height and width of a tile, which the network can take.
    let tile: Pair
    /// Height and width of what it answers for of a tile: the middle.
    let result: Pair
    let classes: Int
    private let input: ModelInput

    /// - Parameters:
    ///   - model: For one image, scores of each class at each place.
    ///   - tile: Height and width of a tile; nil for the usual ones.
    /// - Throws: ``RunError`` where the network cannot take such tiles.
    init(_ model: AnyModel, _ preprocessing: Preprocessing, tile: Pair? = nil) throws(RunError) {
        self.preprocessing = preprocessing
        input = model.inputs[0]
        let usual = input.shape(batch: 1)
        let size = tile ?? Pair(usual[2], usual[3])
        if let tile, let problem = Self.problem(with: tile, of: model, usual) {
            throw RunError(.tooLarge, "an image, or a tile, of \(tile) \(problem).")
        }
        let shape: Shape = [1, usual[1], size.height, size.width]
        let scores = try Self.scores(of: model, for: shape)
        guard scores.rank == 4, scores[2] <= size.height, scores[3] <= size.width else {
            throw RunError(
                .different,
                "for an image of shape \(shape) the network gives scores of shape \(scores), which is no map of it; give "
                    + "another size of tiles.")
        }
        (self.tile, result, classes) = (size, Pair(scores[2], scores[3]), scores[1])
        // Tiles could not begin where the poolings of all of them meet the same pixels.
        guard keepsSize || (result.height >= multiple(2) && result.width >= multiple(3)) else {
            throw RunError(
                .different,
                "of a tile of \(size) pixels this network answers for the middle \(result) alone, less than the "
                    + "\(multiple(2))×\(multiple(3)) by which its tiles may move; give larger tiles.")
        }
    }

    /// Why a tile is too large, as a clause with the remedy; nil where it is not.
    ///
    /// Every map of the network grows with the tile's area. The largest may have 2²⁸ numbers, and some of that size are
    /// in memory at a time: four, in a U-Net.
    private static func problem(with tile: Pair, of model: AnyModel, _ usual: Shape) -> String? {
        let longest = InputSize.maximumLength
        guard tile.height <= longest, tile.width <= longest else { return "is longer than \(longest) pixels" }
        let graph = Trace.of([usual]) { model($0) }
        let largest = graph.nodes.flatMap(\.results).map { graph.values[$0].shape.elementCount }.max() ?? 1
        let perPixel = Double(largest) / Double(usual[2] * usual[3])
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / Double(4 * MemoryLayout<Float>.stride)
        let most = min(Double(1 << 28), memory) / max(perPixel, 1)
        guard Double(tile.height) * Double(tile.width) > most else { return nil }
        return
            "is too large: a map of the network would have more than 2²⁸ numbers, or not fit into memory; give tiles of at "
            + "most \(Int(most.squareRoot()) / 32 * 32) pixels along a side"
    }

    /// The shape of what the model makes of an input, whose size comes from outside.
    private static func scores(of model: AnyModel, for shape: Shape) throws(RunError) -> Shape {
        do {
            if let problem = model.inputs[0].problem(with: shape) { throw ShapeError(problem) }
            let graph = try Trace.checked([shape]) { model($0) }
            return graph.values[graph.outputs[0]].shape
        } catch {
            throw RunError(
                .different,
                "an image, or a tile, of \(shape[2])×\(shape[3]) cannot go through this network: \(error); give another size "
                    + "of tiles.")
        }
    }

    /// Whether it answers for all of a tile.
    var keepsSize: Bool { result == tile }

    private func multiple(_ axis: Int) -> Int {
        if case .free(let rule) = input.lengths[axis] { rule.multipleOf } else { 1 }
    }

    /// Calls with part after part of an image, from top to bottom.
    ///
    /// - Parameters:
    ///   - image: Of the expected channels, in any size.
    ///   - run: Gives the scores of a tile, `[1, classes, H, W]`.
    ///   - body: Is given a part, and how much of all is done then, up to 1.
    func forEachPart(
        of image: Image, run: (Tensor) throws -> Tensor, _ body: (PixelPart, Double) throws -> Void
    ) throws {
        let tiles = OverlapTiles(
            image.size, size: PixelSize(width: tile.width, height: tile.height),
            result: PixelSize(width: result.width, height: result.height), multiple: Pair(multiple(2), multiple(3)))
        let around = Pair((tile.height - result.height) / 2, (tile.width - result.width) / 2)
        for (index, place) in tiles.tiles.enumerated() {
            let numbers = Tensor(shape: [1, preprocessing.channels, tile.height, tile.width]) { buffer in
                preprocessing.normalize(image, x: place.x, y: place.y, tiles.size, into: buffer)
            }
            let scores = try run(numbers)
            let kept = scores.cropped(
                to: Pair(place.rows.count, place.columns.count),
                top: place.rows.lowerBound - place.y - around.height,
                left: place.columns.lowerBound - place.x - around.width)
            let part = PixelPart(
                columns: place.columns, rows: place.rows, probabilities: softmax(kept, axis: 1).scalars)
            try body(part, Double(index + 1) / Double(tiles.tiles.count))
        }
    }
}
