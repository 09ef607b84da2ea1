import Foundation
import SaccadeGeometry
import SaccadePrelude
import SaccadeTensors

/// How regions of an image become features of one size, whatever the regions' own: from which map, and by which reading.
struct RegionPooling: Sendable, Hashable {
    /// How a region's bins read the map.
    enum Method: Sendable, Hashable {
        /// Bilinear samples in every bin, averaged: He et al., "Mask R-CNN" (2017), section 3.
        case align
        /// The largest of every bin, whose edges are whole elements: Girshick, "Fast R-CNN" (2015), section 2.1.
        case pool
        /// Bilinear samples of the image itself, with some of what is around the region, and zeros, the mean colour, beyond
        /// the image: Girshick et al. (2014), appendix A.
        ///
        /// - `context`: How much of the result's side there is at either edge, in 0..<0.5: 16 of 227 pixels in the paper.
        case warp(context: Double)
    }

    var method = Method.align
    /// Height and width of the features.
    var size = 7

    /// - Parameters:
    ///   - maps: `[N, C, Hᵢ, Wᵢ]`, from fine to coarse; each half as high and wide as the one before.
    ///   - regions: Of each of the N images, in pixels of it.
    ///   - strides: Rows of the image for each row of every map.
    /// - Returns: `[R, C, size, size]`, image by image, in the regions' order.
    func callAsFunction(_ maps: [Tensor], _ regions: [Boxes], strides: [Int]) -> Tensor {
        let rows = Self.rows(of: regions.map(withContext))
        let levels = Self.levels(of: rows, strides)
        let parts = maps.indices.compactMap { level -> (places: [Int], features: Tensor)? in
            let places = levels.indices.filter { levels[$0] == level }
            guard !places.isEmpty || maps.count == 1 else { return nil }
            let own = Tensor(places.flatMap { rows[$0] }, shape: [places.count, 5])
            return (places, features(maps[level], own, scale: 1 / Float(strides[level])))
        }
        guard parts.count > 1 else {
            return parts.first?.features ?? Tensor([], shape: [0, maps[0].shape[1], size, size])
        }
        let order = parts.flatMap(\.places)
        var place = [Float](repeating: 0, count: order.count)
        for (position, row) in order.enumerated() { place[row] = Float(position) }
        return concatenated(parts.map(\.features), axis: 0)
            .indexSelected(axis: 0, Tensor(place, shape: [place.count]))
    }

    private func features(_ map: Tensor, _ regions: Tensor, scale: Float) -> Tensor {
        switch method {
        case .align:
            roiAlign(map, boxes: regions, outputSize: Pair(size), spatialScale: scale, samplingRatio: 2, aligned: false)
        case .pool: roiPool(map, boxes: regions, outputSize: Pair(size), spatialScale: scale)
        case .warp: roiAlign(map, boxes: regions, outputSize: Pair(size), samplingRatio: 2, aligned: true)
        }
    }

    /// The regions with what is seen around them.
    private func withContext(_ boxes: Boxes) -> Boxes {
        guard case .warp(let context) = method else { return boxes }
        let share = Float(context / (1 - 2 * context))
        func edge(_ edge: [Float], _ low: [Float], _ high: [Float], _ share: Float) -> [Float] {
            edge.indices.map { edge[$0] + (high[$0] - low[$0]) * share }
        }
        return Boxes(
            x1: edge(boxes.x1, boxes.x1, boxes.x2, -share), y1: edge(boxes.y1, boxes.y1, boxes.y2, -share),
            x2: edge(boxes.x2, boxes.x1, boxes.x2, share), y2: edge(boxes.y2, boxes.y1, boxes.y2, share))
    }

    /// The number of the image in front of each region.
    private static func rows(of regions: [Boxes]) -> [[Float]] {
        regions.enumerated().flatMap { image, boxes in
            boxes.indices.map { [Float(image), boxes.x1[$0], boxes.y1[$0], boxes.x2[$0], boxes.y2[$0]] }
        }
    }

    /// Which map each region is read from: that in which it is as large as objects of ImageNet are in the map of stride 16.
    /// Lin et al., "Feature Pyramid Networks" (2017), equation 1.
    static func levels(of rows: [[Float]], _ strides: [Int]) -> [Int] {
        guard strides.count > 1 else { return rows.map { _ in 0 } }
        let finest = log2(Float(strides[0]))
        return rows.map { row in
            let side = ((row[3] - row[1]) * (row[4] - row[2])).squareRoot()
            // An inverted region has no area, and one without area is as small as any.
            guard side > 0, side.isFinite else { return 0 }
            let level = (4 + log2(side / 224) + 1e-6).rounded(.down) - finest
            return Int(min(max(level, 0), Float(strides.count - 1)))
        }
    }
}
