import SaccadeGeometry
import SaccadeImages

/// All windows of some shapes on an image: at every size that a shape is for, a cell apart.
///
/// Gradients and histograms are computed once for each size of the image and read by all shapes. The image goes on beyond its
/// edges, by as much as the context around objects, with its outermost pixels: objects at an edge have a window too.
public struct WindowSearch: Sendable, Hashable {
    /// What the margin may be, in pixels.
    public static let margins = 0...256
    /// What the sides of windows may be, in pixels.
    public static let windowSides = 1...4096
    /// Images are magnified at most so many times: what is smaller has nothing more to show.
    public static let mostMagnification = 2.0

    /// What windows are described by.
    public let hog: HOG
    /// Between an object and each edge of its window, in pixels of the window.
    public let margin: Int
    /// How many times smaller each size of the image is than the one before, in ``ImagePyramid/steps``.
    public let step: Double
    /// One for each class.
    public let shapes: [WindowShape]

    /// - Throws: ``FeaturesError``: windows without a block or an object, sizes and steps that make no sense.
    public init(hog: HOG, margin: Int, step: Double, shapes: [WindowShape]) throws(FeaturesError) {
        guard Self.margins.contains(margin), ImagePyramid.steps.contains(step) else {
            throw FeaturesError(
                .setting,
                "a margin of \(margin) pixels and a step of \(step): they must be in \(Self.margins) and "
                    + "\(ImagePyramid.steps)")
        }
        for shape in shapes {
            let size = shape.windowSize
            guard Self.windowSides.contains(size.width), Self.windowSides.contains(size.height),
                hog.length(for: size) > 0, min(size.width, size.height) >= max(3 * margin, 1)
            else {
                throw FeaturesError(
                    .window,
                    "a window of \(size) pixels with a margin of \(margin): its sides must be three times the margin, hold a "
                        + "block of \(hog.blockSidePixels) pixels, and be \(Self.windowSides.upperBound) at most")
            }
            guard shape.sides.lowerBound > 0, shape.sides.upperBound.isFinite else {
                throw FeaturesError(.window, "objects of \(shape.sides) pixels: sizes must be above 0, and finite")
            }
        }
        (self.hog, self.margin, self.step, self.shapes) = (hog, margin, step, shapes)
    }

    /// How many numbers describe a window of a shape.
    public func featureCount(of shape: Int) -> Int { hog.length(for: shapes[shape].windowSize) }

    /// The object's size in a window of a shape, in pixels of the window.
    func objectSize(of shape: Int) -> (width: Double, height: Double) {
        let size = shapes[shape].windowSize
        return (Double(size.width - 2 * margin), Double(size.height - 2 * margin))
    }

    /// The side of a square as large as the object in a window of a shape, in pixels of the window.
    func objectSide(of shape: Int) -> Double {
        let (width, height) = objectSize(of: shape)
        return (width * height).squareRoot()
    }

    /// One size of an image, with all windows on it.
    struct Level {
        let search: WindowSearch
        let grid: HOGGrid
        let imageSize: PixelSize
        let size: ImagePyramid.Level
        /// The shapes that are looked for at this size.
        let shapes: [Int]

        /// How many windows of a shape there are, down and across.
        func windowCounts(of shape: Int) -> (rows: Int, columns: Int) {
            grid.windowCounts(of: search.shapes[shape].windowSize)
        }

        /// The object in a window, in pixels of the image and inside it.
        func box(row: Int, column: Int, shape: Int) -> Box {
            let (width, height) = search.objectSize(of: shape)
            // The margin of the window and that around the image are the same.
            let (x, y) = (Double(column * search.hog.cellSide), Double(row * search.hog.cellSide))
            return size.box(Box(x: x, y: y, width: width, height: height))
                .clipped(toWidth: imageSize.width, height: imageSize.height)
        }
    }

    /// Hands on each size of an image, from the finest to the coarsest, at which some shape is looked for.
    func forEachLevel(of image: Image, _ body: (Level) throws -> Void) rethrows {
        let all = Array(shapes.indices)
        let finest = all.map { objectSide(of: $0) / shapes[$0].sides.lowerBound }.max() ?? 1
        let sizes = all.map { objectSize(of: $0) }
        guard let width = sizes.map(\.width).min(), let height = sizes.map(\.height).min() else { return }
        let pyramid = ImagePyramid(
            image, downTo: PixelSize(width: Int(width), height: Int(height)), step: step,
            magnification: min(max(finest, 1.0 / 64), Self.mostMagnification))
        func sought(at size: ImagePyramid.Level) -> [Int] {
            let scale = (size.horizontalScale * size.verticalScale).squareRoot()
            // Half a step more on either side, so that every size has the level next to it.
            return all.filter { shape in
                let (side, slack) = (objectSide(of: shape) * scale, step.squareRoot())
                return side * slack >= shapes[shape].sides.lowerBound && side <= shapes[shape].sides.upperBound * slack
            }
        }
        try pyramid.forEachImage(at: pyramid.levels.filter { !sought(at: $0).isEmpty }) { size, resized in
            let padded = resized.padded(left: margin, top: margin, right: margin, bottom: margin, paddingMode: .edge)
            try body(
                Level(
                    search: self, grid: hog.grid(of: padded), imageSize: image.size, size: size,
                    shapes: sought(at: size)))
        }
    }

    /// What describes an object of a given box, in a window of a shape around its middle: as it would on a grid.
    ///
    /// - Returns: Nil where the window's object, as large as the box, has less than half in common with it: no window of
    ///   this shape is to find it.
    func descriptors(of box: Box, on image: Image, shape: Int) -> [[Float]]? {
        let box = box.clipped(toWidth: image.width, height: image.height)
        if !box.isValid { return nil }
        let (width, height) = objectSize(of: shape)
        let scale = box.area.squareRoot() / objectSide(of: shape)
        let found = Box(
            x: box.center.x - width * scale / 2, y: box.center.y - height * scale / 2, width: width * scale,
            height: height * scale
        ).clipped(toWidth: image.width, height: image.height)
        if found.iou(with: box) < 0.5 { return nil }

        // A cell more on each side: the window's own edges see what is beyond them.
        let (window, cell) = (shapes[shape].windowSize, hog.cellSide)
        let whole = PixelSize(width: window.width + 2 * cell, height: window.height + 2 * cell)
        let cut = PixelSize(
            width: max(Int((Double(whole.width) * scale).rounded()), 1),
            height: max(Int((Double(whole.height) * scale).rounded()), 1))
        let part = image.part(
            x: Int((box.center.x - Double(cut.width) / 2).rounded()),
            y: Int((box.center.y - Double(cut.height) / 2).rounded()), cut, paddingMode: .edge
        ).resized(width: whole.width, height: whole.height)
        return [part, part.flippedHorizontally()].map { hog.grid(of: $0).window(row: 1, column: 1, size: window) }
    }
}
