import CSaccadeOneDNN

extension Descriptor {
    /// `source · weightsᵀ + bias`, as in a fully connected layer. In a backward pass the layouts are gradients'.
    package static func innerProduct(
        _ pass: Pass, source: Layout, weights: Layout, bias: Layout?, destination: Layout, fused: Fused = Fused()
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_inner_product") {
            var fused = fused.bridged
            return sdnn_inner_product(
                &$0, pass.bridged, source.pointer, weights.pointer, bias?.pointer, destination.pointer, &fused)
        }
    }

    /// The products of two stacks of matrices; a stack of one meets every matrix of the other.
    package static func matmul(_ a: Layout, _ b: Layout, destination: Layout) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_matmul") {
            var fused = Fused().bridged
            return sdnn_matmul(&$0, a.pointer, b.pointer, nil, destination.pointer, &fused)
        }
    }
}
