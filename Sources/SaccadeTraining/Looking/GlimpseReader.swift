public import SaccadeGeometry
public import SaccadeImages
import SaccadeLayers
import SaccadeModels
public import SaccadeTensors

/// A network that is ready to look at images in glimpses, of whatever size they are, and to show how it does.
public struct GlimpseReader: Sendable {
    /// One glimpse.
    public struct Glimpse: Sendable {
        /// Where it looked, in pixels of the image as it is seen.
        public let place: Point
        /// What each patch shows, in the same pixels, the sharpest first; they may reach beyond the image.
        public let boxes: [Box]
        /// What was seen there, of the network's channels.
        public let patches: [Image]
        /// What the network would answer now, the most probable first.
        public let predictions: [Classifier.Prediction]
        /// Which of the answers it works at, from 0.
        public let answer: Int
        /// Whether it answers now.
        public let isAnswer: Bool
    }

    public let preprocessing: Preprocessing
    /// By number.
    public let classNames: [String]
    private let network: AnyGlimpseNetwork
    private let run: @Sendable (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]

    /// - Parameter options: How to compute.
    /// - Throws: ``RunError`` when the model is for something else, or has not as many classes as there are names.
    public init(_ model: LoadedModel, options: Plan.Options = Plan.Options()) throws(RunError) {
        guard case .glimpse(let task) = model.description.task, let network = model.network as? AnyGlimpseNetwork else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.name), and does not look in glimpses; "
                    + "give one that was trained by a recipe with task: glimpse.")
        }
        if let problem = task.problem(with: network) {
            throw RunError(.different, "\(model.name): \(problem); give other names.")
        }
        (preprocessing, classNames) = (model.description.imagePreprocessing, task.classNames)
        self.network = network
        let plans = network.stages.map { Plans(of: $0.model, in: network, options: options) }
        run = { try plans[$0].run($1) }
    }

    /// An image as the network sees it.
    public func seen(_ image: Image) -> Image { preprocessing.fitted(image) }

    /// Looks at an image once, where the network says.
    ///
    /// - Parameters:
    ///   - seed: Of the first place, where that is random.
    ///   - count: Predictions of each glimpse.
    public func look(at image: Image, seed: UInt64 = 0, top count: Int = 3) throws -> [Glimpse] {
        let seen = seen(image)
        let x = Tensor(preprocessing(seen), shape: Shape([1] + preprocessing.shape))
        let noise = GlimpseNoise(seeds: [seed], glimpses: network.glimpseCount)
        let path = try network.path(over: x, noise, explores: false, run: run)
        return path.enumerated().map { number, step in
            let place = step.place.scalars
            let probabilities = softmax(step.scores, axis: 1).scalars
            let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
            return Glimpse(
                place: Point(
                    Double(place[0] + 1) / 2 * Double(seen.width), Double(place[1] + 1) / 2 * Double(seen.height)),
                boxes: network.sensor.boxes(x: place[0], y: place[1], width: seen.width, height: seen.height),
                patches: images(of: step.patches),
                predictions: order.prefix(count).map {
                    Classifier.Prediction(label: classNames[$0], probability: probabilities[$0])
                },
                answer: number / network.glimpses, isAnswer: network.answers(after: number))
        }
    }

    /// Patches as pixels, the sharpest first. What lies beyond the image has the number 0, whatever that is in pixels.
    private func images(of patches: Tensor) -> [Image] {
        let (size, channels) = (network.sensor.size, network.sensor.channels)
        let scalars = patches.scalars
        let area = size * size
        return (0..<network.sensor.scales).map { scale in
            let pixels = (0..<area * channels).map { index -> UInt8 in
                let (pixel, channel) = (index / channels, index % channels)
                let number = scalars[(scale * channels + channel) * area + pixel]
                return preprocessing.pixel(number, channel: channel)
            }
            return Image(width: size, height: size, channels: channels, pixels: pixels)
        }
    }
}

extension Preprocessing {
    /// The pixel that has become a number.
    fileprivate func pixel(_ number: Float, channel: Int) -> UInt8 {
        let share = number * standardDeviation[channel] + mean[channel]
        return UInt8(min(max(share.isFinite ? share * 255 : 0, 0), 255).rounded())
    }
}
