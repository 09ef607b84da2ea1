import Foundation
import Testing

@testable import SaccadeDrawing

/// Colours as numbers that lie as far apart as they look, and as colour-blind eyes see them.
enum Seen {
    /// Machado, Oliveira and Fernandes (2009), table 1, severity 1.0; on linear RGB.
    static let deuteranopia = [
        0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881,
    ]
    static let protanopia = [
        0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
    ]
    static let normal = [1.0, 0, 0, 0, 1, 0, 0, 0, 1]

    private static func times(_ m: [Double], _ v: [Double]) -> [Double] {
        (0..<3).map { r in (0..<3).reduce(0) { $0 + m[r * 3 + $1] * v[$1] } }
    }

    /// CIE L*a*b* for the white point D65.
    static func lab(_ color: Color, _ eye: [Double] = normal) -> [Double] {
        let linear = [color.red, color.green, color.blue].map {
            $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4)
        }
        let seen = times(eye, linear).map { min(max($0, 0), 1) }
        let xyz = times(
            [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.0721750, 0.0193339, 0.1191920, 0.9503041], seen)
        let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
            value / white > 216.0 / 24389 ? cbrt(value / white) : (24389.0 / 27 * value / white + 16) / 116
        }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    static func distance(_ a: Color, _ b: Color, _ eye: [Double]) -> Double {
        zip(lab(a, eye), lab(b, eye)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

@Suite struct ColorTests {
    @Test(
        "any two colours of classes are at least 16 apart, also to colour-blind eyes",
        arguments: [Seen.normal, Seen.deuteranopia, Seen.protanopia])
    func categories(eye: [Double]) {
        #expect(Color.categories.count == 16 && Set(Color.categories).count == 16)
        for (i, a) in Color.categories.enumerated() {
            for b in Color.categories[..<i] { #expect(Seen.distance(a, b, eye) >= 16, "\(a) and \(b)") }
        }
    }

    @Test("text on any colour of a class has a contrast of at least 4.5, which WCAG asks for")
    func readable() {
        func light(_ c: Color) -> Double {
            let linear = [c.red, c.green, c.blue].map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
        }
        for color in Color.categories {
            let (a, b) = (light(color), light(color.readableInk))
            #expect(max(a, b) / min(a, b) >= 4.5, "\(color)")
        }
    }

    @Test("lightness grows evenly along a map, to any eye", arguments: [ColorMap.viridis, .inferno, .grey])
    func evenness(map: ColorMap) {
        for eye in [Seen.normal, Seen.deuteranopia] {
            let lightness = (0...20).map { Seen.lab(map.color(Double($0) / 20), eye)[0] }
            let steps = zip(lightness, lightness.dropFirst()).map { $1 - $0 }
            let mean = (lightness[20] - lightness[0]) / 20
            #expect(abs(mean) > 3)
            // White to black is even in sRGB's own scale, the others in lightness.
            for step in steps { #expect(step / mean > 0.45 && step / mean < 1.55, "\(map): \(steps)") }
        }
    }

    @Test("a map's ends are its published ones, and beyond them nothing changes")
    func ends() {
        #expect(ColorMap.viridis.color(0).bytes == [0x44, 0x01, 0x54])
        #expect(ColorMap.viridis.color(1).bytes == [0xFD, 0xE7, 0x25])
        #expect(ColorMap.viridis.color(0.5).bytes.elementsEqual([0x21, 0x91, 0x8C]) { abs(Int($0) - $1) <= 3 })
        for map in ColorMap.allCases {
            #expect(map.color(-.infinity) == map.color(0) && map.color(7) == map.color(1))
        }
    }
}
