import CSaccadeOneDNN

/// What a pooling window keeps of its elements.
package enum PoolingKind: Hashable, Sendable {
    case maximum
    /// The mean; zeros of the padding count as elements or do not.
    case average(countsPadding: Bool)

    var bridged: sdnn_pool {
        switch self {
        case .maximum: SDNN_POOL_MAX
        case .average(countsPadding: true): SDNN_POOL_AVERAGE_WITH_PADDING
        case .average(countsPadding: false): SDNN_POOL_AVERAGE_WITHOUT_PADDING
        }
    }
}

extension Descriptor {
    /// Pooling of `[N, C, H, W]`. In a backward pass the layouts are those of the gradients.
    package static func pooling(
        _ pass: Pass, _ kind: PoolingKind, source: Layout, destination: Layout, window: Window
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_pooling") {
            var bridged = window.bridged
            return sdnn_pooling(
                &$0, pass.bridged, kind.bridged, source.pointer, destination.pointer, window.kernel.map(Int64.init),
                &bridged)
        }
    }
}
