/// The colours that objects are said to have.
public enum SceneColor: String, Sendable, CaseIterable {
    case black, blue, brown, gray, green, orange, pink, purple, red, white, yellow

    /// Red, green and blue in the middle of what goes by that name.
    var ink: SIMD3<Float> {
        switch self {
        case .black: SIMD3(0.13, 0.13, 0.15)
        case .blue: SIMD3(0.14, 0.36, 0.82)
        case .brown: SIMD3(0.47, 0.28, 0.14)
        case .gray: SIMD3(0.57, 0.58, 0.60)
        case .green: SIMD3(0.18, 0.58, 0.22)
        case .orange: SIMD3(0.96, 0.52, 0.08)
        case .pink: SIMD3(0.97, 0.56, 0.72)
        case .purple: SIMD3(0.52, 0.22, 0.70)
        case .red: SIMD3(0.82, 0.11, 0.11)
        case .white: SIMD3(0.95, 0.95, 0.94)
        case .yellow: SIMD3(0.97, 0.83, 0.14)
        }
    }
}
