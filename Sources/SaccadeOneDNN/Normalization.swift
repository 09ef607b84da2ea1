import CSaccadeOneDNN

extension Descriptor {
    /// Batch normalisation of `[N, C, H, W]` with a scale and a shift for each channel.
    ///
    /// - Parameter statisticsAreGiven: Whether mean and variance are inputs (running averages) and not results.
    package static func batchNormalization(
        _ pass: Pass, source: Layout, epsilon: Float, statisticsAreGiven: Bool
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_batch_normalization") {
            sdnn_batch_normalization(
                &$0, pass.bridged, source.pointer, source.pointer, epsilon, statisticsAreGiven ? 1 : 0)
        }
    }

    /// Whether the gradient of a batch normalisation takes the shift, which it has no use for.
    package static var batchNormalizationGradientTakesShift: Bool {
        sdnn_batch_normalization_gradient_takes_shift() != 0
    }

    /// Softmax, or its logarithm, along one axis.
    package static func softmax(
        _ pass: Pass, logarithm: Bool, layout: Layout, axis: Int
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_softmax") {
            sdnn_softmax(&$0, pass.bridged, logarithm ? 1 : 0, layout.pointer, layout.pointer, Int32(axis))
        }
    }
}
