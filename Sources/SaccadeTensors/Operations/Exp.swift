/// *e* to the power of `x`, elementwise.
public func exp(_ x: Tensor) -> Tensor {
    let y = UnaryMap(unary: .exp, name: "exp")(x)
    return y.recorded(pullbacks: [x: { dy in dy * y }])
}
