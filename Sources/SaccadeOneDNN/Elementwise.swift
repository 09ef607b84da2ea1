import CSaccadeOneDNN

extension Descriptor {
    /// A function of every element; backward, its derivative at the source times the incoming gradient.
    package static func elementwise(
        _ pass: Pass, _ eltwise: Eltwise, layout: Layout
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_elementwise") {
            sdnn_elementwise(
                &$0, pass.bridged, eltwise.algorithm.bridged, layout.pointer, layout.pointer, eltwise.alpha,
                eltwise.beta)
        }
    }

    /// A copy from one layout, and element type, to another.
    package static func reorder(from: Layout, to: Layout) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_reorder") { sdnn_reorder(&$0, from.pointer, to.pointer) }
    }

    /// Tensors joined along `axis`.
    package static func concatenation(
        of sources: [Layout], destination: Layout, axis: Int
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_concat") {
            sdnn_concat(
                &$0, Int32(sources.count), sources.map { $0.pointer }, destination.pointer, Int32(axis))
        }
    }

    /// Nearest or bilinear resampling of `[N, C, H, W]`, with pixel centres at halves.
    package static func resampling(
        _ pass: Pass, bilinear: Bool, source: Layout, destination: Layout
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_resampling") {
            sdnn_resampling(
                &$0, pass.bridged, bilinear ? SDNN_BILINEAR : SDNN_NEAREST, source.pointer, destination.pointer)
        }
    }
}
