#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A number from the symmetric beta distribution Beta(alpha, alpha), in 0...1.
///
/// As the share of one of two gamma variates in their sum.
func beta(_ alpha: Double, using generator: inout some RandomNumberGenerator) -> Double {
    let (a, b) = (logOfGamma(alpha, using: &generator), logOfGamma(alpha, using: &generator))
    // Of their logarithms, for where alpha is small both are mostly too small for a number.
    return 1 / (1 + exp(b - a))
}

/// The logarithm of a gamma variate (Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000).
private func logOfGamma(_ shape: Double, using generator: inout some RandomNumberGenerator) -> Double {
    // Below 1 through the next shape, as their section 6 has it.
    guard shape >= 1 else {
        return logOfGamma(shape + 1, using: &generator) + log(uniform(using: &generator)) / shape
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
        // Box and Muller, 1958.
        let x = (-2 * log(uniform(using: &generator))).squareRoot() * cos(2 * .pi * uniform(using: &generator))
        guard 1 + c * x > 0 else { continue }
        let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
        if log(uniform(using: &generator)) < x * x / 2 + d - d * v + d * log(v) { return log(d * v) }
    }
}

/// In (0, 1], so that it has a logarithm.
private func uniform(using generator: inout some RandomNumberGenerator) -> Double {
    Double((generator.next() >> 11) + 1) * 0x1p-53
}
