/// The natural logarithm, elementwise; of zero it is −∞, of negative numbers not a number.
public func log(_ x: Tensor) -> Tensor {
    UnaryMap(unary: .log, name: "log")(x).recorded(pullbacks: [x: { dy in dy / x }])
}
