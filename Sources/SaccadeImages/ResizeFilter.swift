/// How new pixels are made of old ones when an image changes its size.
///
/// All but ``nearest`` are wider when an image shrinks, so that every old pixel counts (antialiasing), and are Pillow's
/// filters of the same name; ``area`` is its `BOX`.
public enum ResizeFilter: String, Sendable, Hashable, CaseIterable {
    /// The pixel under the new pixel's centre.
    case nearest
    /// The mean of the old pixels whose centres lie in the new one; when an image grows, the nearest one.
    case area
    /// A triangle as wide as two pixels of the smaller image.
    case bilinear
    /// A cubic with a = -1/2, as wide as four pixels (Keys, "Cubic Convolution Interpolation for Digital Image
    /// Processing", 1981); sharper than the triangle, with a little ringing at edges.
    case bicubic
    /// A sinc in a window of six pixels (Duchon, "Lanczos Filtering in One and Two Dimensions", 1979); the sharpest.
    case lanczos

    var kernel: ResampleKernel? {
        switch self {
        case .nearest: nil
        case .area: .box
        case .bilinear: .triangle
        case .bicubic: .cubic
        case .lanczos: .lanczos
        }
    }
}
