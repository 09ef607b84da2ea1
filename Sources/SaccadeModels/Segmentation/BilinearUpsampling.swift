import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// A transposed convolution that enlarges by a whole number, bilinearly, or that begins so and learns better.
///
/// Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015), section 3.3. Its weights
/// have one name and one shape whether they learn or not, so that files load either way.
struct BilinearUpsampling: Layer {
    private let learned: Parameter?  // [C, C, 2 · factor, 2 · factor]
    private let fixed: Buffer?  // likewise
    private let factor: Int

    /// - Parameters:
    ///   - channels: Of input and result.
    ///   - factor: Rows of the result for each row of the input.
    ///   - learns: Whether training changes the weights.
    init(_ channels: Int, factor: Int, learns: Bool, using generator: inout some RandomNumberGenerator) {
        let shape: Shape = [channels, channels, 2 * factor, 2 * factor]
        self.factor = factor
        learned = learns ? Initializer.bilinear.parameter(shape, using: &generator) : nil
        fixed = learns ? nil : Buffer(Initializer.bilinear(shape, using: &generator))
    }

    var children: [(name: String, value: Any)] {
        [learned.map { ("weight", $0) } ?? ("weight", fixed as Any)]
    }

    /// - Parameter x: `[N, C, H, W]`.
    /// - Returns: `[N, C, (H + 1) · factor, (W + 1) · factor]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        guard let weight = learned?.value ?? fixed?.value else { wrongProgram("BilinearUpsampling: no weights") }
        return convTranspose2D(x, weight, stride: Pair(factor))
    }
}
