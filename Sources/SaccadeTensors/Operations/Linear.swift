import SaccadePrelude

/// A fully connected layer: `x · weightᵀ + bias`.
///
/// - Parameters:
///   - x: `[…, in]`.
///   - weight: `[out, in]`, as PyTorch holds it.
///   - bias: `[out]`.
///   - activation: A function applied to the result in the same pass over memory.
/// - Returns: `[…, out]`.
/// - Precondition: The last axes agree.
public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, activation: Activation? = nil) -> Tensor {
    require(x.shape.rank >= 1, "linear: the input has no axis to multiply with weights \(weight.shape)")
    require(weight.shape.rank == 2, "linear: weights must be [out, in], got \(weight.shape)")
    let leading = x.shape.dimensions.dropLast()
    guard x.shape.rank == 2 else {
        let rows = x.reshaped(to: [leading.reduce(1, *), x.shape[x.shape.rank - 1]])
        return linear(rows, weight, bias: bias, activation: activation).reshaped(to: Shape(leading + [weight.shape[0]]))
    }
    let inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let y = InnerProduct(hasBias: bias != nil, activation: activation).results(of: inputs)[0]
    let geometry = InnerProductGeometry(inputs: x.shape, weights: weight.shape)
    return y.recorded(from: inputs) { dy, wanted in
        let dy = activation?.gradient(dy, result: y) ?? dy
        let dx = wanted[0] ? InnerProductSourceGradient(geometry: geometry)(weight, dy) : nil
        guard wanted.dropFirst().contains(true) else { return [dx] + inputs.dropFirst().map { _ in nil } }
        return [dx] + InnerProductWeightGradient(geometry: geometry, hasBias: bias != nil).results(of: [x, dy])
    }
}
