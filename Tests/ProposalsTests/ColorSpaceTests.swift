import SaccadeImages
import SaccadeProposals
import Testing

@Suite struct ColorSpaceTests {
    let colors = ProposalFixtures.shared.colors

    /// Channel after channel, as pixel after pixel.
    private func pixels(_ planes: ColorPlanes) -> [[UInt8]] {
        let count = planes.width * planes.height
        return (0..<count).map { pixel in (0..<planes.channels).map { planes.values[$0 * count + pixel] } }
    }

    @Test("Lab, HSV and shares are scikit-image's, rounded")
    func reference() {
        let image = colors.image
        #expect(pixels(ColorPlanes(image, in: .lab)) == colors.lab)
        #expect(pixels(ColorPlanes(image, in: .hsv)) == colors.hsv)
        #expect(pixels(ColorPlanes(image, in: .normalizedRGB)) == colors.shares)
        #expect(pixels(ColorPlanes(image, in: .hue)) == colors.hsv.map { [$0[0]] })
        let grey = image.grey().pixels
        #expect(pixels(ColorPlanes(image, in: .rgI)) == zip(colors.shares, grey).map { [$0[0], $0[1], $1] })
        #expect(ColorPlanes(image, in: .intensity).values == grey)
        #expect(pixels(ColorPlanes(image, in: .rgb)) == colors.rgb)
    }

    @Test("every colour of a coarse cube has a place in every space")
    func cube() {
        let levels = stride(from: 0, through: 255, by: 15).map { UInt8($0) }
        let pixels = levels.flatMap { r in levels.flatMap { g in levels.flatMap { b in [r, g, b] } } }
        let image = Image(width: pixels.count / 3, height: 1, channels: 3, pixels: pixels)
        for space in ColorSpace.allCases {
            let planes = ColorPlanes(image, in: space)
            #expect(planes.channels == space.channels && planes.values.count == image.width * space.channels)
        }
    }

    @Test("grey images are grey in every space")
    func grey() {
        let grey = Image(width: 3, height: 1, channels: 1, pixels: [0, 100, 255])
        #expect(ColorPlanes(grey, in: .hsv).values == [0, 0, 0, 0, 0, 0, 0, 100, 255])
        #expect(ColorPlanes(grey, in: .rgI).values == [85, 85, 85, 85, 85, 85, 0, 100, 255])
        #expect(ColorPlanes(grey, in: .hue).values == [0, 0, 0])
        for space in ColorSpace.allCases {
            #expect(ColorPlanes(grey, in: space) == ColorPlanes(grey.rgb(), in: space))
        }
        #expect(ColorPlanes(grey, in: .lab).values[3...] == [128, 128, 128, 128, 128, 128])
    }
}
