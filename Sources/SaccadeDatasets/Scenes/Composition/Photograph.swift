import SaccadeImages

/// Takes the image of a stage: shadows, sprites one over the other, the light, the lens, the sensor.
struct Photograph {
    private let width: Int
    private let height: Int
    private var pixels: [SIMD4<Float>]

    /// - Parameter dice: Decide the noise of the sensor.
    static func image(of stage: Stage, using dice: inout Dice) -> Image {
        var photograph = Photograph(stage.backdrop)
        for sprite in stage.sprites {
            photograph.castShadow(of: sprite, stage)
            photograph.add(sprite, rim: stage.light.rim)
        }
        photograph.illuminate(stage.light)
        photograph.blur(stage.light.blur * Float(min(stage.width, stage.height)) / 128)
        return photograph.developed(noise: stage.light.noise, using: &dice)
    }

    private init(_ backdrop: Backdrop) {
        (width, height, pixels) = (backdrop.width, backdrop.height, backdrop.pixels)
    }

    private mutating func add(_ sprite: Sprite, rim: Float) {
        let (layer, stride) = (sprite.layer.pixels, sprite.layer.width)
        pixels.withUnsafeMutableBufferPointer { pixels in
            sprite.forEachPixel(onWidth: width, height: height) { place, pixel in
                var over = layer[pixel]
                guard over.w > 0 else { return }
                // The layer's outermost pixels are never covered, so that its neighbours are inside it.
                if rim > 0, over.w >= 0.5, pixel >= stride, pixel + stride < layer.count {
                    let open = min(
                        min(layer[pixel - 1].w, layer[pixel + 1].w),
                        min(layer[pixel - stride].w, layer[pixel + stride].w))
                    if open < 0.5 { over *= SIMD4(1 - rim, 1 - rim, 1 - rim, 1) }
                }
                pixels[place] = over + pixels[place] * (1 - over.w)
            }
        }
    }

    // MARK: Shadows

    private mutating func castShadow(of sprite: Sprite, _ stage: Stage) {
        let light = stage.light
        if light.isOutdoors {
            guard sprite.actor.kind.habitat == .ground else { return }
            castOnGround(sprite, light, horizon: stage.backdrop.horizon)
        } else {
            castBehind(sprite, light)
        }
    }

    /// The object's outline, thrown flat on the ground away from the light.
    private mutating func castOnGround(_ sprite: Sprite, _ light: Light, horizon: Int) {
        let (flatness, base): (Float, Int) = (0.34, sprite.rows.upperBound)
        let reach = Int(Float(sprite.rows.count) * flatness)
        let slant: Float = light.towards.x < 0 ? 1.5 : -1.5
        let columns =
            sprite.columns.lowerBound - Int(Float(reach) * 1.5) - 2..<sprite.columns.upperBound
            + Int(Float(reach) * 1.5) + 2
        for y in max(base - reach, horizon, 0)..<max(max(base - reach, horizon, 0), min(base, height)) {
            let above = Float(base - 1 - y)
            let sourceY = base - 1 - Int(above / flatness) - sprite.top
            for x in columns.clamped(to: 0..<width) {
                let covered = coverage(sprite.layer, Float(x - sprite.left) - above * slant, sourceY)
                if covered > 0 { darken(x, y, covered, light) }
            }
        }
    }

    /// The object's outline, a little aside on what lies behind it.
    private mutating func castBehind(_ sprite: Sprite, _ light: Light) {
        let far = max(1.5, Float(min(sprite.columns.count, sprite.rows.count)) * 0.09)
        let (dx, dy) = (-light.towards.x * far, Int(max(1, -light.towards.y * far)))
        let margin = Int(far) + 2
        for y in (sprite.rows.lowerBound..<sprite.rows.upperBound + margin).clamped(to: 0..<height) {
            for x in (sprite.columns.lowerBound - margin..<sprite.columns.upperBound + margin).clamped(to: 0..<width) {
                let place = Float(x - sprite.left) - dx
                var covered: Float = 0
                for row in -1...1 { covered += coverage(sprite.layer, place, y - sprite.top - dy + row) / 3 }
                if covered > 0 { darken(x, y, covered, light) }
            }
        }
    }

    /// How much of a point of a row is covered: the mean over two pixels, so that the edge is soft.
    private func coverage(_ layer: Layer, _ x: Float, _ row: Int) -> Float {
        guard row >= 0, row < layer.height, x > 0, x < Float(layer.width - 2) else { return 0 }
        let (column, share) = (Int(x), x - Float(Int(x)))
        let place = row * layer.width + column
        let (a, b, c) = (layer.pixels[place].w, layer.pixels[place + 1].w, layer.pixels[place + 2].w)
        return (a * (1 - share) + b + c * share) / 2
    }

    private mutating func darken(_ x: Int, _ y: Int, _ covered: Float, _ light: Light) {
        pixels[y * width + x] *= 1 - (1 - light.shade) * covered
    }

    // MARK: The camera

    private mutating func illuminate(_ light: Light) {
        let step = light.towards * light.slope * 2 / Point2D(Float(width), Float(height))
        let tint = SIMD4(light.tint, 1)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in 0..<height {
                var brightness = 1 + step.y * (Float(y) - Float(height) / 2) - step.x * Float(width) / 2
                for x in 0..<width {
                    pixels[y * width + x] *= tint * brightness
                    brightness += step.x
                }
            }
        }
    }

    /// Mixes each pixel with its four neighbours' mean along each axis, as often as the smear is wide.
    private mutating func blur(_ amount: Float) {
        var left = amount
        while left > 0 {
            let share = min(left, 0.6) / 2
            smear(lines: height, length: width, lineStride: width, stride: 1, share)
            smear(lines: width, length: height, lineStride: 1, stride: width, share)
            left -= 0.6
        }
    }

    private mutating func smear(lines: Int, length: Int, lineStride: Int, stride: Int, _ share: Float) {
        pixels.withUnsafeMutableBufferPointer { pixels in
            for line in 0..<lines {
                var place = line * lineStride
                var before = pixels[place]
                for step in 0..<length {
                    let here = pixels[place]
                    let after = step + 1 < length ? pixels[place + stride] : here
                    pixels[place] = here + ((before + after) / 2 - here) * share
                    before = here
                    place += stride
                }
            }
        }
    }

    private func developed(noise: Float, using dice: inout Dice) -> Image {
        var dice = dice.split()
        let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { bytes, count in
            for (place, pixel) in pixels.enumerated() {
                var value = SIMD3(pixel.x, pixel.y, pixel.z) * 255
                if noise > 0 {
                    let bits = dice.bits()
                    // Grey noise and a third as much of coloured noise, from 16 bits each.
                    let gray = Float(Int16(truncatingIfNeeded: bits)) * (noise * 255 / 32768)
                    let color = SIMD3<Float>(
                        Float(Int16(truncatingIfNeeded: bits >> 16)), Float(Int16(truncatingIfNeeded: bits >> 32)),
                        Float(Int16(truncatingIfNeeded: bits >> 48)))
                    value += color * (noise * 85 / 32768) + gray
                }
                value = pointwiseMin(pointwiseMax(value, SIMD3.zero), SIMD3(repeating: 255)) + 0.5
                bytes[place * 3] = UInt8(value.x)
                bytes[place * 3 + 1] = UInt8(value.y)
                bytes[place * 3 + 2] = UInt8(value.z)
            }
            count = pixels.count * 3
        }
        return Image(width: width, height: height, channels: 3, pixels: bytes)
    }
}
