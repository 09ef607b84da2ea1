/// `x · Φ(x)` with the normal distribution's Φ, elementwise. Hendrycks and Gimpel, "Gaussian Error Linear
/// Units" (2016); the exact form with the error function, PyTorch's default.
public func gelu(_ x: Tensor) -> Tensor {
    UnaryMap(unary: .gelu, name: "gelu")(x).recorded(pullbacks: [x: { dy in UnaryGradient(unary: .gelu)(x, dy) }])
}
