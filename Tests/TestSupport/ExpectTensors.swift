public import SaccadeTensors
public import Testing

/// Checks that there are as many tensors as expected, and that each is near the one in its place.
///
/// - Parameter tolerance: Largest accepted difference between elements, relative to the largest element.
public func expectClose(
    _ found: [Tensor], to expected: [Tensor], tolerance: Float = 1e-5, _ comment: @autoclosure () -> Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.map(\.shape) == expected.map(\.shape), comment(), sourceLocation: sourceLocation)
    for (index, (a, b)) in zip(found, expected).enumerated() {
        let error = a.relativeError(to: b)
        #expect(
            error <= tolerance, "tensor \(index): \(comment().map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
    }
}
