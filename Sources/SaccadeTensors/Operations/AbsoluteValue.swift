/// The absolute value, elementwise. At zero the gradient is zero.
public func abs(_ x: Tensor) -> Tensor {
    UnaryMap(unary: .absolute, name: "abs")(x)
        .recorded(pullbacks: [x: { dy in UnaryGradient(unary: .absolute)(x, dy) }])
}
