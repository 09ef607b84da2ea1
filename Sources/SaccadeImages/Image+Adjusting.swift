import SaccadePrelude

// Changes of light and colour that leave everything in its place. Brightness, contrast and saturation move every pixel
// on the line from a duller image through this one, as `ImageEnhance` of Pillow does.
extension Image {
    /// Brighter or darker: 0 is black, 1 leaves the image as it is, 2 doubles every value.
    ///
    /// - Precondition: The factor is finite and not negative; so for the other ones.
    public func withBrightness(_ factor: Double) -> Image { adjusted(factor) { _ in 0 } }

    /// With more or less contrast: 0 is the image's mean grey, 1 leaves the image as it is.
    public func withContrast(_ factor: Double) -> Image {
        let grey = grey().pixels
        let mean = Double(grey.reduce(0) { $0 + Int($1) }) / Double(grey.count)
        let level = UInt8(mean + 0.5)
        return adjusted(factor) { _ in level }
    }

    /// With more or less colour: 0 is the grey image in three channels, 1 leaves the image as it is.
    ///
    /// An image of one channel has no colour to change.
    public func withSaturation(_ factor: Double) -> Image {
        if channels == 1 { return self }
        let grey = grey().pixels
        return adjusted(factor) { grey[$0] }
    }

    /// With every hue moved around the circle of colours, by a share of it: 1/3 takes red to green, -1/3 to blue.
    ///
    /// The greatest and the least of a pixel's samples stay what they are (Smith, "Color Gamut Transform Pairs", 1978).
    /// An image of one channel has no hue.
    public func withHue(shiftedBy share: Double) -> Image {
        require(share.isFinite, "withHue: a shift of \(share)")
        if channels == 1 { return self }
        let sectors = (share - share.rounded(.down)) * 6
        var result = pixels
        for i in stride(from: 0, to: result.count, by: 3) {
            let (r, g, b) = (Double(result[i]), Double(result[i + 1]), Double(result[i + 2]))
            let (most, least) = (max(r, g, b), min(r, g, b))
            let range = most - least
            if range == 0 { continue }
            // The hue in sixths of the circle.
            var hue =
                most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range
            hue = (hue + sectors + 6).truncatingRemainder(dividingBy: 6)
            /// The sample whose own hue is `own`: full within a sixth of it, and none beyond two.
            func sample(_ own: Double) -> UInt8 {
                let direct = abs(hue - own)
                let share = min(max(2 - min(direct, 6 - direct), 0), 1)
                return UInt8((least + share * range).rounded())
            }
            result[i] = sample(0)
            result[i + 1] = sample(2)
            result[i + 2] = sample(4)
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    /// The image out of focus: each pixel a mean of its surroundings, by a bell curve of this width.
    ///
    /// The curve is cut at three standard deviations; beyond the edges nothing counts.
    ///
    /// - Parameter sigma: The curve's standard deviation in pixels, above 0 and at most 1000.
    public func blurred(sigma: Double) -> Image {
        require(sigma > 0 && sigma <= 1000, "blurred: a standard deviation of \(sigma) pixels")
        return resampled(width, height, 0..<width, 0..<height, .gaussian(sigma: sigma))
    }

    /// `duller + factor * (value - duller)`, cut off at 0 and 255, and rounded down as in Pillow.
    private func adjusted(_ factor: Double, _ duller: (_ pixel: Int) -> UInt8) -> Image {
        require(factor >= 0 && factor.isFinite, "Image: a factor of \(factor)")
        let factor = Float(factor)
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                for pixel in 0..<(width * height) {
                    let dull = Float(duller(pixel))
                    for i in (pixel * channels)..<((pixel + 1) * channels) {
                        target[i] = UInt8(min(max(dull + factor * (Float(source[i]) - dull), 0), 255))
                    }
                }
                count = source.count
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}
