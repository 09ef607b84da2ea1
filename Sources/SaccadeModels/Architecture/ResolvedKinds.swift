import SaccadeLayers
import SaccadeSettings
import SaccadeTensors

// How layers with a rule of their own meet a size.
extension Resolver {
    mutating func convolution(
        _ settings: ConvolutionSpecification, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let input = layer.input
        try requireImage(input, place)
        let channels = try count(settings.channels, place)
        try requireGroups(settings.groups, input[0], channels, place)
        let padding = settings.padding ?? padding
        do {
            _ = try Window(
                kernel: settings.kernel, stride: settings.stride, padding: padding, dilation: settings.dilation,
                over: (input[1], input[2]), for: place.path)
        } catch { throw place.error(error) }
        try requireWeights(
            [channels, input[0] / settings.groups, settings.kernel.height, settings.kernel.width], place)
        var conv = Conv2D(
            in: input[0], out: channels, kernel: settings.kernel, stride: settings.stride, padding: padding,
            dilation: settings.dilation, groups: settings.groups, bias: settings.bias, using: &generator)
        if let shared: Conv2D = try owner(settings.shares, like: conv, place, { $0.weight.shape }) {
            conv = conv.using(weight: shared.weight, bias: settings.bias ? shared.bias : nil)
        } else {
            owners[place.path] = conv
        }
        layer.body = .layer(conv)
        layer.activation = settings.activation
        try measure(conv, &layer, place)
    }

    mutating func transposedConvolution(
        _ settings: TransposedConvolutionSpecification, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let input = layer.input
        try requireImage(input, place)
        let channels = try count(settings.channels, place)
        try requireGroups(settings.groups, input[0], channels, place)
        try Self.requireLength(of: input, stride: settings.stride, place)
        try requireWeights(
            [input[0], channels / settings.groups, settings.kernel.height, settings.kernel.width], place)
        do {
            _ = try Shape([1] + input.dimensions).transposedConvolution(
                channels: channels, kernel: settings.kernel, stride: settings.stride,
                padding: settings.padding, outputPadding: settings.outputPadding, dilation: settings.dilation,
                groups: settings.groups)
        } catch { throw place.error(error) }
        var conv = ConvTranspose2D(
            in: input[0], out: channels, kernel: settings.kernel, stride: settings.stride,
            padding: settings.padding, outputPadding: settings.outputPadding, dilation: settings.dilation,
            groups: settings.groups, bias: settings.bias, using: &generator)
        if let shared: ConvTranspose2D = try owner(settings.shares, like: conv, place, { $0.weight.shape }) {
            conv = conv.using(weight: shared.weight, bias: settings.bias ? shared.bias : nil)
        } else {
            owners[place.path] = conv
        }
        layer.body = .layer(conv)
        layer.activation = settings.activation
        try measure(conv, &layer, place)
    }

    mutating func pool(
        _ settings: PoolSpecification, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        try requireImage(layer.input, place)
        do {
            _ = try Window.pooling(
                kernel: settings.kernel, stride: settings.stride, padding: settings.padding,
                ceilMode: settings.ceilMode, over: Shape([1] + layer.input.dimensions))
        } catch { throw place.error(error) }
        let pool: any Layer =
            switch settings.kind {
            case .maximum:
                MaxPool2D(
                    kernel: settings.kernel, stride: settings.stride, padding: settings.padding,
                    ceilMode: settings.ceilMode)
            case .average:
                AveragePool2D(
                    kernel: settings.kernel, stride: settings.stride, padding: settings.padding,
                    countIncludePad: settings.countIncludePad, ceilMode: settings.ceilMode)
            }
        layer.body = .layer(pool)
        try measure(pool, &layer, place)
    }

    mutating func average(
        to size: Pair, _ pool: some Layer, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        try requireImage(layer.input, place)
        layer.body = .layer(pool)
        try measure(pool, &layer, place)
    }

    mutating func padChannels(
        _ channels: Int, _ stride: Pair, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let input = layer.input
        try requireImage(input, place)
        guard input[0] <= channels else {
            throw place.error(
                "zeros cannot make \(channels) channels of \(input[0]); \(channels) − \(input[0]) must not be negative")
        }
        let pad = PadChannels2D(to: channels, stride: stride)
        layer.body = .layer(pad)
        try measure(pad, &layer, place)
    }

    mutating func batchNorm(
        _ epsilon: Float, _ momentum: Float, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let channels = layer.input[0]
        normalizedChannels += channels
        guard normalizedChannels <= Self.maximumNormalizedChannels else {
            throw place.error("more than \(Self.maximumNormalizedChannels) channels in batch norms; use fewer")
        }
        layer.body = .layer(BatchNorm2D(channels, momentum: momentum, epsilon: epsilon))
    }

    func norm(
        _ kind: LayerSpecification.Kind, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        switch kind {
        case .localResponseNorm(let size, let alpha, let beta, let k):
            try requireImage(layer.input, place)
            layer.body = .layer(LocalResponseNorm(size: size, alpha: alpha, beta: beta, k: k))
        case .layerNorm(let epsilon):
            layer.body = .layer(LayerNorm(layer.input, epsilon: epsilon))
        default: break
        }
    }

    mutating func linear(
        _ settings: LinearSpecification, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let input = layer.input
        guard input.rank == 1 else {
            throw place.error(
                "a linear layer needs a vector, and is given \(size(input)); put `- flatten` or `- global-avgpool` and "
                    + "`- flatten` before it")
        }
        let units = try count(settings.units, place)
        try requireWeights([units, input[0]], place)
        var linear = Linear(in: input[0], out: units, bias: settings.bias, using: &generator)
        if let shared: Linear = try owner(settings.shares, like: linear, place, { $0.weight.shape }) {
            linear = linear.using(weight: shared.weight, bias: settings.bias ? shared.bias : nil)
        } else {
            owners[place.path] = linear
        }
        layer.body = .layer(linear)
        layer.activation = settings.activation
        try measure(linear, &layer, place)
    }

    /// Lets the layer's own operations say what they make of the input, and counts their multiply-adds.
    private mutating func measure(
        _ body: some Layer, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        let graph = Trace.of([Shape([1] + layer.input.dimensions)]) { [body($0[0])] }
        layer.output = Shape(Array(graph.values[graph.outputs[0]].shape.dimensions.dropFirst()))
        guard layer.output.elementCount <= InputSize.maximumElementCount else {
            throw place.error(
                "its output of \(size(layer.output)) has more than the \(InputSize.maximumElementCount) elements that "
                    + "a layer may have")
        }
        let (sum, overflow) = multiplyAdds.addingReportingOverflow(graph.multiplyAdds(of: graph.nodes.indices))
        guard !overflow else { throw place.error("the network’s multiply-adds are too many to count") }
        multiplyAdds = sum
    }

    /// The layer whose weights another one asks for, if it does.
    private func owner<Kind: Layer>(
        _ name: String?, like layer: Kind, _ place: Place, _ shape: (Kind) -> Shape
    ) throws(RecipeError) -> Kind? {
        guard let name else { return nil }
        guard let owner = owners[place.prefix + name] ?? owners[name] else {
            let guess = nearest(to: name, among: owners.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
            throw place.error("there is no layer \(name) before it whose weights it could share\(guess)")
        }
        guard let owner = owner as? Kind, shape(owner) == shape(layer) else {
            throw place.error("it cannot share the weights of \(name): it needs \(shape(layer)) of its own kind")
        }
        return owner
    }

    private func count(_ outputs: OutputCount, _ place: Place) throws(RecipeError) -> Int {
        switch outputs {
        case .count(let count): return count
        case .classes:
            guard let classes else {
                throw place.error(
                    "the number of classes is not known; add `classes: N` to the recipe, or say --classes N")
            }
            return classes
        }
    }

    private func requireImage(_ input: Shape, _ place: Place) throws(RecipeError) {
        guard input.rank == 3 else {
            throw place.error("it needs an image, and is given a vector of \(input.elementCount)")
        }
    }

    private func requireGroups(
        _ groups: Int, _ inputs: Int, _ outputs: Int, _ place: Place
    ) throws(RecipeError) {
        guard inputs % groups == 0, outputs % groups == 0 else {
            throw place.error(
                "\(inputs) input and \(outputs) output channels cannot be cut into \(groups) groups: "
                    + "\(inputs) / \(groups) and \(outputs) / \(groups) must be whole numbers")
        }
    }

    /// A transposed convolution keeps the lengths of its result countable.
    static func requireLength(of input: Shape, stride: Pair, _ place: Place) throws(RecipeError) {
        for axis in 0..<2 where input[1 + axis] * stride.both[axis] > 2 * InputSize.maximumLength {
            throw place.error(
                "a stride of \(stride) makes \(size(input)) longer than the \(InputSize.maximumLength) that an axis may "
                    + "have")
        }
    }

    /// The lengths are within bounds that keep their product countable.
    private func requireWeights(_ lengths: [Int], _ place: Place) throws(RecipeError) {
        let count = lengths.reduce(1, *)
        guard count <= Self.maximumWeightCount else {
            throw place.error(
                "\(lengths.map(String.init).joined(separator: " · ")) = \(count) weights are more than the "
                    + "\(Self.maximumWeightCount) that a layer may have")
        }
    }
}
