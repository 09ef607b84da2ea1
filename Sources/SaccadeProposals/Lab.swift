import Foundation

/// From sRGB to CIE L*a*b* under D65: IEC 61966-2-1 and CIE 15:2004, equation 8.3 on.
///
/// The matrix is that of ITU-R BT.709's primaries to six digits, as OpenCV and scikit-image have it.
struct Lab {
    /// What each byte of sRGB is as a share of the strongest light.
    private let light: [Double]

    init() {
        light = (0..<256).map { byte in
            let share = Double(byte) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
    }

    /// 255 L* / 100, a* + 128 and b* + 128, rounded to the nearest.
    @inline(__always)
    func color(of rgb: SIMD3<UInt8>) -> SIMD3<UInt8> {
        let (r, g, b) = (light[Int(rgb.x)], light[Int(rgb.y)], light[Int(rgb.z)])
        let x = root((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
        let y = root(0.212671 * r + 0.715160 * g + 0.072169 * b)
        let z = root((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
        // Within bytes for every colour of sRGB: L* ends at 100, a* lies in -87...99, b* in -108...95. None is negative,
        // so that cutting off rounds.
        return SIMD3(
            UInt8(min(255, 2.55 * (116 * y - 16) + 0.5)), UInt8(500 * (x - y) + 128.5), UInt8(200 * (y - z) + 128.5))
    }

    /// The cube root, and a straight line near zero, where that would be too steep.
    @inline(__always)
    private func root(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : 841.0 / 108 * t + 4.0 / 29 }
}
