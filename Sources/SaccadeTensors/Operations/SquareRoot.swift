/// The square root, elementwise; of negative numbers it is not a number. At zero the gradient is infinite.
public func sqrt(_ x: Tensor) -> Tensor {
    let y = UnaryMap(unary: .squareRoot, name: "sqrt")(x)
    return y.recorded(pullbacks: [x: { dy in dy * 0.5 / y }])
}
