import SaccadeLayers
import SaccadeTensors

/// Stages that are pooled, and their mirror images, which are unpooled: each maximum goes back to where it came from.
///
/// A last window that only partly fits counts, as Caffe pools, and a map is unpooled to the size that it had: so images
/// may have any size.
struct MirroredStages: Module {
    let encoder: [ConvolutionStage]
    /// From coarse to fine.
    let decoder: [ConvolutionStage]

    var children: [(name: String, value: Any)] { (encoder + decoder).flatMap(\.children) }

    /// - Parameters:
    ///   - x: `[N, C, H, W]`.
    ///   - turn: What happens to the smallest map, in whose shape its result is.
    /// - Returns: `[N, D, H, W]`.
    func callAsFunction(_ x: Tensor, turn: (Tensor) -> Tensor = { $0 }) -> Tensor {
        var x = x
        var poolings: [(indices: Tensor, size: Pair)] = []
        for stage in encoder {
            let map = stage(x)
            let (result, indices) = maxPool2DWithIndices(map, kernel: 2, ceilMode: true)
            poolings.append((indices, Pair(map.shape[2], map.shape[3])))
            x = result
        }
        x = turn(x)
        for (stage, pooling) in zip(decoder, poolings.reversed()) {
            x = stage(maxUnpool2D(x, indices: pooling.indices, to: pooling.size))
        }
        return x
    }
}
