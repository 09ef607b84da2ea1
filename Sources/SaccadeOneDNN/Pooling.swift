import CSaccadeOneDNN

/// What a pooling window keeps of its elements: the largest, or the mean with or without the padding.
package enum PoolingAlgorithm: Hashable, Sendable {
    case maximum, averageWithPadding, averageWithoutPadding

    var bridged: sdnn_pool {
        switch self {
        case .maximum: SDNN_POOL_MAX
        case .averageWithPadding: SDNN_POOL_AVERAGE_WITH_PADDING
        case .averageWithoutPadding: SDNN_POOL_AVERAGE_WITHOUT_PADDING
        }
    }
}

extension Descriptor {
    /// Pooling of `[N, C, H, W]`. In a backward pass the layouts are those of the gradients.
    package static func pooling(
        _ pass: Pass, _ algorithm: PoolingAlgorithm, source: Layout, destination: Layout, kernel: [Int],
        window: WindowParameters
    ) throws(OneDNNError) -> Descriptor {
        try Descriptor("sdnn_pooling") {
            var bridged = window.bridged
            return sdnn_pooling(
                &$0, pass.bridged, algorithm.bridged, source.pointer, destination.pointer, kernel.map(Int64.init),
                &bridged)
        }
    }
}
