import SaccadeLayers
import SaccadePrelude
public import SaccadeSettings
public import SaccadeTensors

extension Architecture {
    /// Works out what every layer is given and makes of it.
    ///
    /// Nothing is run, and no weights are drawn: parameters draw their first value when it is first read.
    ///
    /// - Parameters:
    ///   - input: Takes the place of the recipe's input.
    ///   - classes: Takes the place of the recipe's number of classes, such as the number that the data have.
    ///   - padding: That of every convolution whose recipe does not say; valid unless given.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: ``RecipeError`` with the layer at fault and the arithmetic that does not work out.
    public func resolved(
        input: InputSize? = nil, classes: Int? = nil, padding: Padding = .valid, seed: UInt64 = 0
    ) throws(RecipeError) -> ResolvedNetwork {
        if let structure {
            throw RecipeError(
                "\(structure.key) is no list of layers, which this task needs; give layers, or another task",
                at: structure.location)
        }
        var resolver = Resolver(
            classes: classes ?? self.classes, padding: padding, source: source, generator: SplitMix64(seed: seed))
        let shape = (input ?? self.input).shape
        let layers = try resolver.chain(self.layers, shape, within: "")
        try resolver.requireAuxiliaryResults(of: layers, like: layers.last?.output ?? shape)
        return ResolvedNetwork(
            name: name, source: source, input: shape, output: layers.last?.output ?? shape, layers: layers,
            classes: classes ?? self.classes)
    }
}

/// Resolves layers in order, naming them and keeping within the bounds.
struct Resolver {
    /// No layer has more weights: 8 GiB of them.
    static let maximumWeightCount = 1 << 31
    /// The running statistics of batch norms are kept even when nothing runs.
    static let maximumNormalizedChannels = 1 << 22

    let classes: Int?
    let padding: Padding
    /// What to call the network in complaints about layers that were not read from a file.
    let source: String
    var generator: SplitMix64
    var normalizedChannels = 0
    /// Layers whose weights others may share.
    var owners: [String: any Layer] = [:]
    var multiplyAdds = 0
    private var weightCount = 0

    init(classes: Int?, padding: Padding, source: String, generator: SplitMix64) {
        self.classes = classes
        self.padding = padding
        self.source = source
        self.generator = generator
    }

    /// - Parameter within: The path of the block around the layers, with a dot behind it.
    mutating func chain(
        _ specifications: [LayerSpecification], _ input: Shape, within prefix: String
    ) throws(RecipeError) -> [ResolvedLayer] {
        var names = LayerNames()
        try names.reserve(specifications)
        return try chain(specifications, input, within: prefix, &names)
    }

    private mutating func chain(
        _ specifications: [LayerSpecification], _ input: Shape, within prefix: String, _ names: inout LayerNames
    ) throws(RecipeError) -> [ResolvedLayer] {
        var shape = input
        var layers: [ResolvedLayer] = []
        for specification in specifications {
            let layer = try resolve(specification, shape, named: names.name(of: specification), within: prefix)
            shape = layer.output
            layers.append(layer)
        }
        return layers
    }

    private mutating func resolve(
        _ specification: LayerSpecification, _ input: Shape, named name: String, within prefix: String
    ) throws(RecipeError) -> ResolvedLayer {
        let place = Place(
            path: prefix + name, prefix: prefix, location: specification.location ?? Location(file: source))
        var layer = ResolvedLayer(
            name: name, path: place.path, specification: specification, body: .activation(.relu), input: input,
            output: input)
        switch specification.kind {
        case .convolution(let settings): try convolution(settings, &layer, place)
        case .transposedConvolution(let settings): try transposedConvolution(settings, &layer, place)
        case .pool(let settings): try pool(settings, &layer, place)
        case .globalAveragePool: try average(to: 1, GlobalAveragePool2D(), &layer, place)
        case .adaptiveAveragePool(let size): try average(to: size, AdaptiveAveragePool2D(to: size), &layer, place)
        case .batchNorm(let epsilon, let momentum): try batchNorm(epsilon, momentum, &layer, place)
        case .localResponseNorm, .layerNorm: try norm(specification.kind, &layer, place)
        case .dropout(let probability):
            layer.body = .layer(Dropout(probability: probability, using: &generator))
        case .flatten:
            layer.body = .layer(Flatten())
            layer.output = [input.elementCount]
        case .linear(let settings): try linear(settings, &layer, place)
        case .activation(let activation): layer.body = .activation(activation)
        case .residual(let body, let shortcut, let activation):
            try residual(body, shortcut, activation, &layer, place)
        case .parallel(let branches): try parallel(branches, &layer, place)
        case .padChannels(let channels, let stride): try padChannels(channels, stride, &layer, place)
        case .auxiliary(let head, let weight): try auxiliary(head, weight, &layer, place)
        }
        try keepWithinBounds(layer, place)
        return layer
    }

    private mutating func residual(
        _ body: [LayerSpecification], _ shortcut: [LayerSpecification], _ activation: ActivationSpecification?,
        _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        var names = LayerNames()
        try names.reserve(body + shortcut)
        let body = try chain(body, layer.input, within: place.path + ".", &names)
        let shortcut = try chain(shortcut, layer.input, within: place.path + ".", &names)
        let (a, b) = (body.last?.output ?? layer.input, shortcut.last?.output ?? layer.input)
        layer.output = try Self.sum(a, b, place)
        layer.body = .residual(body: body, shortcut: shortcut)
        layer.activation = activation
    }

    /// What the sum of a body's result and a shortcut's is.
    static func sum(_ a: Shape, _ b: Shape, _ place: Place) throws(RecipeError) -> Shape {
        guard a == b else {
            throw place.error(
                "the body makes \(size(a)) and the shortcut \(size(b)), which cannot be added; "
                    + "give the shortcut a convolution with the body’s channels and stride")
        }
        return a
    }

    private mutating func parallel(
        _ branches: [[LayerSpecification]], _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        var names = LayerNames()
        try names.reserve(branches.flatMap { $0 })
        var resolved: [[ResolvedLayer]] = []
        for branch in branches {
            resolved.append(try chain(branch, layer.input, within: place.path + ".", &names))
        }
        let shapes = resolved.map { $0.last?.output ?? layer.input }
        layer.body = .parallel(resolved)
        layer.output = try Self.joined(shapes, place)
    }

    /// What branches' results are along the channels.
    static func joined(_ shapes: [Shape], _ place: Place) throws(RecipeError) -> Shape {
        guard let first = shapes.first,
            shapes.allSatisfy({ $0.dimensions.dropFirst() == first.dimensions.dropFirst() })
        else {
            throw place.error(
                "the branches make \(shapes.map(size).joined(separator: ", ")), which differ in more than their "
                    + "channels; padding same keeps them alike")
        }
        // Each at most 2²⁸, and there are at most 4096.
        return Shape([shapes.reduce(0) { $0 + $1[0] }] + first.dimensions.dropFirst())
    }

    private mutating func auxiliary(
        _ head: [LayerSpecification], _ weight: Float, _ layer: inout ResolvedLayer, _ place: Place
    ) throws(RecipeError) {
        guard place.prefix.isEmpty else {
            throw place.error(
                "an auxiliary head stands among the network’s own layers, not within a block; move it behind the block")
        }
        layer.body = .auxiliary(try chain(head, layer.input, within: place.path + "."), weight: weight)
    }

    /// Auxiliary heads are compared with the same labels as the network itself.
    func requireAuxiliaryResults(of layers: [ResolvedLayer], like result: Shape) throws(RecipeError) {
        for layer in layers {
            guard case .auxiliary(let head, _) = layer.body else { continue }
            let output = head.last?.output ?? layer.input
            guard output == result else {
                let location = layer.specification.location ?? Location(file: source)
                throw Place(path: layer.path, prefix: "", location: location).error(
                    "the head makes \(size(output)) where the network makes \(size(result)); both are compared with "
                        + "the same labels, so end both with the same layer")
            }
        }
    }

    private mutating func keepWithinBounds(_ layer: ResolvedLayer, _ place: Place) throws(RecipeError) {
        try Self.requireBounds(layer.output, place)
        if case .layer(let body) = layer.body {
            weightCount += body.parameters.reduce(0) { $0 + $1.parameter.shape.elementCount }
        }
        guard weightCount <= 1 << 40 else {
            throw place.error("the network’s parameters are more than 2⁴⁰; use fewer channels or units")
        }
    }

    /// No result of a layer is longer or has more elements than an input may.
    static func requireBounds(_ output: Shape, _ place: Place) throws(RecipeError) {
        let isLong = output.rank == 3 && output.dimensions.contains { $0 > InputSize.maximumLength }
        guard !isLong, output.elementCount <= InputSize.maximumElementCount else {
            throw place.error(
                "its output of \(size(output)) is larger than the \(InputSize.maximumElementCount) elements, or the "
                    + "\(InputSize.maximumLength) along an axis, that a layer may have")
        }
    }

    /// Where a complaint about a layer points.
    struct Place {
        var path: String
        var prefix: String
        var location: Location?

        func error(_ message: String) -> RecipeError {
            RecipeError("\(path): \(message)", at: location)
        }

        /// The complaint of an operation; in place of the operation's own name it bears the layer's.
        func error(_ error: ShapeError) -> RecipeError {
            let text = error.description
            let end = text.firstRange(of: ": ")?.upperBound ?? text.startIndex
            return self.error(String(text[end...]))
        }
    }
}

/// `54×54×16`: height, width, channels; or `46656` of a vector.
func size(_ shape: Shape) -> String {
    shape.rank == 3 ? "\(shape[1])×\(shape[2])×\(shape[0])" : shape.dimensions.map(String.init).joined(separator: "×")
}
