import SaccadePrelude
package import SaccadeTensors

/// A grid of Gaussian filters that reads a window of an image, or writes one: DRAW's attention.
///
/// Gregor et al., "DRAW: A Recurrent Neural Network For Image Generation" (2015), section 3.2, equations 19 to 26. Five
/// numbers say where the grid lies, how far apart its filters are, how wide they are, and how strong. All of it is
/// differentiable in all five.
///
/// Shapes: N samples, K filters along each side, H and W of the image.
package struct GaussianWindow {
    /// F_X, `[N, K, W]`: each filter's weights along the columns, which add up to 1.
    let columns: Tensor
    /// F_Y, `[N, K, H]`: along the rows.
    let rows: Tensor
    /// γ, `[N, 1, 1, 1]`.
    let intensity: Tensor
    /// Of the grid: the middle's x and y, the distance between neighbouring filters, and their deviation, all in pixels,
    /// `[N, 4]`. The middle of the upper left pixel is at (0.5, 0.5).
    package let place: Tensor

    /// - Parameters:
    ///   - numbers: `[N, 5]`: where the middle is, from -1 to 1 along each axis where it is on the image, and the logarithms
    ///     of the variance in pixels, of the distance as a fraction of the largest, and of the intensity.
    ///   - size: Filters along each side, at least 2.
    package init(_ numbers: Tensor, size: Int, height: Int, width: Int) {
        require(
            numbers.shape.rank == 2 && numbers.shape[1] == 5 && size >= 2,
            "GaussianWindow: numbers of shape \(numbers.shape) for \(size) filters")
        let count = numbers.shape[0]
        func number(_ index: Int) -> Tensor { numbers.sliced(axis: 1, index..<index + 1) }  // [N, 1]
        // Equation 22 onwards count pixels from 1: the middle of all is (A + 1) / 2.
        let x = (number(0) + 1) * (Float(width + 1) / 2)
        let y = (number(1) + 1) * (Float(height + 1) / 2)
        let variance = exp(number(2))
        let distance = exp(number(3)) * (Float(max(height, width) - 1) / Float(size - 1))
        intensity = exp(number(4)).reshaped(to: [count, 1, 1, 1])
        let offsets = Tensor((1...size).map { Float($0) - Float(size) / 2 - 0.5 }, shape: [1, size])
        let scale = (variance * 2).reshaped(to: [count, 1, 1])
        func filters(_ middle: Tensor, _ length: Int) -> Tensor {
            let means = (middle + distance * offsets).reshaped(to: [count, size, 1])
            let away = Tensor((1...length).map { Float($0) }, shape: [1, 1, length]) - means  // [N, K, length]
            // exp(−d² / 2σ²) over its sum: a softmax, which stays finite where every weight would underflow.
            return softmax(0 - away * away / scale, axis: -1)
        }
        columns = filters(x, width)
        rows = filters(y, height)
        place = concatenated([x - 0.5, y - 0.5, distance, sqrt(variance)], axis: 1)
    }

    /// What the window shows: γ · F_Y · x · F_Xᵀ.
    ///
    /// - Parameter images: `[N, C, H, W]`.
    /// - Returns: `[N, C, K, K]`.
    package func read(_ images: Tensor) -> Tensor {
        matmul(matmul(rows.withChannelAxis, images), columns.withChannelAxis.transposed()) * intensity
    }

    /// An image that is nothing but what is written into the window: F_Yᵀ · w · F_X / γ.
    ///
    /// - Parameter patches: `[N, C, K, K]`.
    /// - Returns: `[N, C, H, W]`.
    package func write(_ patches: Tensor) -> Tensor {
        matmul(matmul(rows.withChannelAxis.transposed(), patches), columns.withChannelAxis) / intensity
    }
}

extension Tensor {
    /// `[N, K, L]` as `[N, 1, K, L]`, the same for all channels.
    fileprivate var withChannelAxis: Tensor { reshaped(to: [shape[0], 1, shape[1], shape[2]]) }
}
