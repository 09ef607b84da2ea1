import SaccadeTensors

/// What keeps a softmax or a maximum over the steps of sequences from what lies beyond their ends: 0 within, −1e9 beyond.
///
/// - Parameters:
///   - steps: T.
///   - lengths: `[N]`: the steps of each sequence.
/// - Returns: `[T, N, 1]`.
func paddingMask(steps: Int, lengths: Tensor) -> Tensor {
    let places = Tensor((0..<steps).map { Float($0) }, shape: [steps, 1, 1])
    let count = lengths.shape[0]
    // How far a step is beyond the last, but at most 1: whole numbers, so that nothing lies between.
    return clamp(places - lengths.reshaped(to: [1, count, 1]) + 1, 0, 1) * -1e9
}
