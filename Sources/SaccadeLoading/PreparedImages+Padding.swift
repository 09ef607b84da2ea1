import SaccadeImages
public import SaccadeTensors

extension PreparedImages {
    /// The numbers of images of different sizes, `[N, C, H, W]`: each in the upper left corner, with zeros at the right and
    /// below it.
    ///
    /// - Parameter step: H and W are multiples of it.
    public func paddedTensor(of samples: [PreparedImage], multipleOf step: Int) -> Tensor {
        func length(_ lengths: [Int]) -> Int { ((lengths.max() ?? 0) + step - 1) / step * step }
        let (height, width) = (length(samples.map(\.image.height)), length(samples.map(\.image.width)))
        let (channels, area) = (preprocessing.channels, height * width)
        return Tensor(shape: [samples.count, channels, height, width]) { buffer in
            buffer.update(repeating: 0)
            var numbers: [Float] = []
            for (position, sample) in samples.enumerated() {
                let image = sample.image
                let own = image.width * image.height
                numbers = [Float](unsafeUninitializedCapacity: channels * own) { room, count in
                    preprocessing.normalize(
                        image, x: 0, y: 0, image.size,
                        into: UnsafeMutableBufferPointer(rebasing: room[..<(channels * own)]))
                    count = channels * own
                }
                for channel in 0..<channels {
                    for row in 0..<image.height {
                        let target = (position * channels + channel) * area + row * width
                        let source = channel * own + row * image.width
                        for column in 0..<image.width { buffer[target + column] = numbers[source + column] }
                    }
                }
            }
        }
    }
}
