import SaccadeOneDNN

// What the package's own descriptions are called in oneDNN. Nothing above this target knows these names.
extension Unary {
    var eltwise: Eltwise {
        switch self {
        case .relu(let slope): Eltwise(.relu, alpha: slope)
        case .sigmoid: Eltwise(.sigmoid)
        case .tanh: Eltwise(.tanh)
        case .gelu: Eltwise(.gelu)
        case .exp: Eltwise(.exp)
        case .log: Eltwise(.log)
        case .squareRoot: Eltwise(.squareRoot)
        case .absolute: Eltwise(.absolute)
        case .clamp(let lower, let upper): Eltwise(.clamp, alpha: lower, beta: upper)
        }
    }
}

extension PoolingKind {
    var algorithm: PoolingAlgorithm {
        switch self {
        case .maximum: .maximum
        case .average(let countIncludePad): countIncludePad ? .averageWithPadding : .averageWithoutPadding
        }
    }
}

extension Window {
    var parameters: WindowParameters {
        WindowParameters(
            stride: stride, dilation: dilation, paddingBefore: paddingBefore, paddingAfter: paddingAfter)
    }
}
