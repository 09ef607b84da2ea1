public import SaccadeGeometry

extension PixelSize {
    /// Scaled so that the shorter side becomes `side`, the longer one rounded down.
    func scaled(toShortSide side: Int) -> PixelSize {
        width <= height
            ? PixelSize(width: side, height: side * height / width)
            : PixelSize(width: side * width / height, height: side)
    }

    /// Where ``Image/resized(shortSide:centerCrop:_:filter:)`` finds its pixels: the size that the image is scaled to, and
    /// the crop's first column and row in it.
    package func centerCrop(
        ofShortSide side: Int, _ cropWidth: Int, _ cropHeight: Int
    ) -> (scaled: PixelSize, x: Int, y: Int) {
        let size = scaled(toShortSide: side)
        return (size, Self.centerStart(size.width, cropWidth), Self.centerStart(size.height, cropHeight))
    }

    /// Where the middle `new` of `old` pixels begin. Python, whose results are matched, rounds halves to the even number.
    static func centerStart(_ old: Int, _ new: Int) -> Int { Int((Double(old - new) / 2).rounded(.toNearestOrEven)) }
}

extension Preprocessing {
    /// What of an image of some size becomes the fitted image, in its pixels: all of it, but for what a crop leaves out.
    public func visiblePart(of size: PixelSize) -> Box {
        guard case .centerCrop(let side) = resizing else {
            return Box(x: 0, y: 0, width: Double(size.width), height: Double(size.height))
        }
        let crop = size.centerCrop(ofShortSide: side, width, height)
        let (x, y) = (
            Double(size.width) / Double(crop.scaled.width), Double(size.height) / Double(crop.scaled.height)
        )
        return Box(x: Double(crop.x), y: Double(crop.y), width: Double(width), height: Double(height)).scaled(
            x: x, y: y)
    }
}
