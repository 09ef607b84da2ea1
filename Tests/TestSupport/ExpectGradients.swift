public import SaccadeTensors
public import Testing

/// Checks every gradient of `function` against a central difference.
///
/// The differences are those of the elements' sum, weighted so that a gradient that goes to the wrong
/// place, or misses a factor for some elements only, does not cancel out.
///
/// - Parameters:
///   - tolerance: Largest accepted error, relative to the gradient or absolute near zero.
///   - step: How far each element is moved.
public func expectGradients(
    at inputs: [Tensor], tolerance: Float = 1e-2, step: Float = 1e-2,
    sourceLocation: SourceLocation = #_sourceLocation,
    of function: ([Tensor]) -> Tensor
) {
    func weighted(_ y: Tensor) -> Tensor { sum(y * .ramp(y.shape)) }
    let parameters = inputs.map { Parameter($0) }
    let (_, gradients) = withGradients { weighted(function(parameters.map(\.value))) }

    for (input, tensor) in inputs.enumerated() {
        let analytic = gradients[parameters[input]]?.scalars
        #expect(
            analytic != nil || tensor.shape.elementCount == 0, "no gradient for input \(input)",
            sourceLocation: sourceLocation)
        let original = tensor.scalars
        for element in original.indices {
            func value(nudgedBy delta: Float) -> Float {
                var scalars = original
                scalars[element] += delta
                var nudged = inputs
                nudged[input] = Tensor(scalars, shape: tensor.shape)
                return Phase.$current.withValue(.training) { weighted(function(nudged)).item }
            }
            let numeric = (value(nudgedBy: step) - value(nudgedBy: -step)) / (2 * step)
            let found = analytic?[element] ?? 0
            #expect(
                abs(found - numeric) <= tolerance * max(1, abs(numeric)),
                "input \(input), element \(element): gradient \(found), difference \(numeric)",
                sourceLocation: sourceLocation)
        }
    }
}
