public import SaccadeGeometry
public import SaccadeImages
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
public import SaccadeTensors

/// A network that is ready to draw images of its own, and to show how each comes to be.
public struct StepwiseDrawing: Sendable {
    /// What an image has become after a step.
    public struct Step: Sendable {
        /// How likely each pixel is white: 0 never, 255 surely.
        public let canvas: Image
        /// Where the network wrote in this step, in pixels, as far as the middles of its outermost filters; nil of a network
        /// without attention, and before the first step.
        public let window: Box?
        /// How wide its filters were: the deviation of each, in pixels.
        public let blur: Double?
    }

    /// Steps of an image.
    public let steps: Int
    private let network: DRAW
    private let run: @Sendable (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]

    /// - Parameter options: How to compute.
    /// - Throws: ``RunError`` when the model is for something else.
    public init(_ model: LoadedModel, options: Plan.Options = Plan.Options()) throws(RunError) {
        guard let network = model.network as? DRAW else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.name), and does not draw; give one that was "
                    + "trained by a recipe with task: draw.")
        }
        (steps, self.network) = (network.configuration.steps, network)
        let plans = network.stages.map { Plans(of: $0.model, in: network, options: options) }
        run = { try plans[$0].run($1) }
    }

    /// Draws images.
    ///
    /// - Parameters:
    ///   - count: At least 1.
    ///   - seed: Of all that is random: the same gives the same images, and more of them begin with the same.
    /// - Returns: Of each image what it was before the first step, then after each.
    public func callAsFunction(count: Int, seed: UInt64) throws -> [[Step]] {
        require(count >= 1, "StepwiseDrawing: \(count) images")
        let seeds = (0..<count).map { number -> UInt64 in
            var generator = SplitMix64(seed: seed, stream: number)
            return generator.next()
        }
        var state = network.initialState(count: count)
        var images = self.images(of: state.canvas).map { [Step(canvas: $0, window: nil, blur: nil)] }
        for latents in network.noise(seeds: seeds) {
            let places = try network.draw(on: &state, latents: latents, run: run)?.scalars
            for (number, canvas) in self.images(of: state.canvas).enumerated() {
                let place = places.map { $0[4 * number..<4 * number + 4].map(Double.init) }
                images[number].append(
                    Step(canvas: canvas, window: place.flatMap(window), blur: place.map { $0[3] }))
            }
        }
        return images
    }

    /// - Parameter place: x and y of the middle, and the distance of filters.
    private func window(_ place: [Double]) -> Box? {
        let side = place[2] * Double(network.configuration.write - 1)
        let box = Box(x: place[0] - side / 2, y: place[1] - side / 2, width: side, height: side)
        return box.isValid ? box : nil
    }

    private func images(of canvases: Tensor) -> [Image] {
        let image = network.image
        let area = image.height * image.width
        let chances = sigmoid(canvases).scalars
        return (0..<canvases.shape[0]).map { number in
            let pixels = (0..<area * image.channels).map { index -> UInt8 in
                let (pixel, channel) = (index / image.channels, index % image.channels)
                let chance = chances[(number * image.channels + channel) * area + pixel]
                return UInt8(min(max(chance.isFinite ? chance * 255 : 0, 0), 255).rounded())
            }
            return Image(width: image.width, height: image.height, channels: image.channels, pixels: pixels)
        }
    }
}

extension [[StepwiseDrawing.Step]] {
    /// A frame for each step that shows all images as they are then, side by side in rows, with a red square where each was
    /// written: the frames of a film.
    ///
    /// - Parameters:
    ///   - columns: Images in a row, at least 1.
    ///   - scale: Pixels of a frame for each of an image's, at least 1.
    ///   - showsWindows: Whether there are squares.
    public func frames(columns: Int, scale: Int = 4, showsWindows: Bool = true) -> [Image] {
        guard let steps = first, let size = steps.first?.canvas.size else { return [] }
        require(columns >= 1 && scale >= 1, "frames: \(columns) columns at a scale of \(scale)")
        let gap = Swift.max(2, scale / 2)
        let rows = (count + columns - 1) / columns
        func length(_ number: Int, _ pixels: Int) -> Int { number * (pixels * scale + gap) + gap }
        return steps.indices.map { step in
            var frame = Image(
                width: length(Swift.min(columns, count), size.width), height: length(rows, size.height),
                filledWith: [64, 64, 64])
            for (number, image) in enumerated() {
                let (x, y) = (length(number % columns, size.width), length(number / columns, size.height))
                let canvas = image[step].canvas.rgb().resized(
                    width: size.width * scale, height: size.height * scale, filter: .nearest)
                frame.lay(canvas, x: x, y: y)
                guard showsWindows, let window = image[step].window else { continue }
                frame.outline(window.scaled(x: Double(scale), y: Double(scale)), x: x, y: y, canvas.size)
            }
            return frame
        }
    }
}

extension Image {
    /// Lays an image of as many channels on this one, within it.
    fileprivate mutating func lay(_ other: Image, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width {
                for channel in 0..<channels { self[x + column, y + row, channel] = other[column, row, channel] }
            }
        }
    }

    /// Draws a box in red, as far as it lies within a part.
    fileprivate mutating func outline(_ box: Box, x: Int, y: Int, _ size: PixelSize) {
        let part = box.clipped(toWidth: size.width, height: size.height)
        let (left, right) = (Int(part.left), Swift.min(Int(part.right), size.width - 1))
        let (top, bottom) = (Int(part.top), Swift.min(Int(part.bottom), size.height - 1))
        guard left <= right, top <= bottom, left < size.width, top < size.height else { return }
        func dot(_ column: Int, _ row: Int) {
            for (channel, value) in [UInt8(230), 40, 30].enumerated() { self[x + column, y + row, channel] = value }
        }
        for column in left...right {
            dot(column, top)
            dot(column, bottom)
        }
        for row in top...bottom {
            dot(left, row)
            dot(right, row)
        }
    }
}
