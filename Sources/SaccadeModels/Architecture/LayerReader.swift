import SaccadeSettings
import SaccadeTensors

/// Reads the layers of a recipe.
struct LayerReader {
    static let maximumLayerCount = 4096
    /// Kernels, strides, paddings and dilations are no larger.
    static let maximumExtent = 1024

    /// Layers read so far, those of every repetition counted.
    private var count = 0

    static let kinds = [
        "conv", "upconv", "maxpool", "avgpool", "global-avgpool", "adaptive-avgpool", "batchnorm", "lrn", "layernorm",
        "dropout", "flatten", "linear", "relu", "leaky-relu", "sigmoid", "tanh", "gelu", "softmax", "residual",
        "parallel", "pad-channels", "auxiliary", "repeat",
    ]

    mutating func layers(_ setting: Setting, _ name: String) throws(RecipeError) -> [LayerSpecification] {
        let items = try setting.list(name)
        guard !items.isEmpty else { throw setting.error("\(name) must hold at least one layer") }
        var layers: [LayerSpecification] = []
        for item in items { layers += try self.layers(item) }
        return layers
    }

    /// One item of a list of layers: several layers if it repeats some.
    private mutating func layers(_ item: Setting) throws(RecipeError) -> [LayerSpecification] {
        let (word, location, settings) = try kindAndSettings(of: item)
        guard Self.kinds.contains(word) else {
            throw RecipeError(unknown("layer", word, in: "layers", known: Self.kinds), at: location)
        }
        if word == "repeat" { return try repeated(settings) }
        count += 1
        guard count <= Self.maximumLayerCount else { throw tooMany(at: location) }
        var name: String?
        let kind = try kind(word, settings, &name)
        return [LayerSpecification(kind, name: name, location: location)]
    }

    /// `relu`, or `conv: {…}`.
    private func kindAndSettings(
        of item: Setting
    ) throws(RecipeError) -> (word: String, location: Location, settings: Setting) {
        let nothing = Setting(.text("", isPlain: true), at: item.location)
        switch item.content {
        case .text(let word, _): return (word, item.location, nothing)
        case .section(let entries):
            guard let first = entries.first, entries.count == 1 else {
                let keys = entries.map(\.key).prefix(4).joined(separator: ", ")
                throw item.error(
                    "a layer is one kind with its settings behind it, such as `- conv: {channels: 64, kernel: 3}`, "
                        + "got the keys \(keys.isEmpty ? "{}" : keys)")
            }
            return (first.key, first.location, first.value)
        case .list: throw item.error("a layer must be a kind such as relu or conv: {…}, got a list")
        }
    }

    private mutating func repeated(_ setting: Setting) throws(RecipeError) -> [LayerSpecification] {
        let section = try setting.section("repeat", keys: ["count", "layers", "name", "first"])
        let count = try section.required("count").integer("count", 1...Self.maximumLayerCount)
        let first = try section["first"]?.integer("first", 0...Self.maximumLayerCount) ?? 0
        let name = try section["name"].map { setting throws(RecipeError) in try Self.name(setting) }
        let before = self.count
        let body = try layers(try section.required("layers"), "layers")
        // The body was counted once; `count` is at most 4096, and so is what it multiplies.
        self.count = before + (self.count - before) * count
        guard self.count <= Self.maximumLayerCount else { throw tooMany(at: setting.location) }
        var layers: [LayerSpecification] = []
        for index in first..<first + count {
            for layer in body {
                layers.append(layer.named(within: name.map { "\($0).\(index)" }, alone: body.count == 1))
            }
        }
        return layers
    }

    private func tooMany(at location: Location) -> RecipeError {
        RecipeError(
            "more than \(Self.maximumLayerCount) layers, repetitions counted; use a smaller count", at: location)
    }

    private mutating func kind(
        _ word: String, _ settings: Setting, _ name: inout String?
    ) throws(RecipeError) -> LayerSpecification.Kind {
        switch word {
        case "conv":
            let s = try section(
                word, settings,
                [
                    "channels", "kernel", "stride", "padding", "dilation", "groups", "bias", "activation", "shares",
                ], &name)
            var conv = ConvolutionSpecification(channels: try Self.outputs(s, "channels"), kernel: try Self.kernel(s))
            conv.stride = try Self.pair(s, "stride", 1) ?? 1
            conv.padding = try Self.padding(s)
            conv.dilation = try Self.pair(s, "dilation", 1) ?? 1
            conv.groups = try s["groups"]?.integer("groups", 1...InputSize.maximumLength) ?? 1
            conv.bias = try s["bias"]?.flag("bias") ?? true
            conv.activation = try Self.activation(s)
            conv.shares = try s["shares"]?.text("shares")
            return .convolution(conv)
        case "upconv":
            let s = try section(
                word, settings,
                [
                    "channels", "kernel", "stride", "padding", "outputPadding", "dilation", "groups", "bias",
                    "activation", "shares",
                ], &name)
            var conv = TransposedConvolutionSpecification(
                channels: try Self.outputs(s, "channels"), kernel: try Self.kernel(s))
            conv.stride = try Self.pair(s, "stride", 1) ?? 1
            conv.padding = try Self.pair(s, "padding", 0) ?? 0
            conv.outputPadding = try Self.pair(s, "outputPadding", 0) ?? 0
            conv.dilation = try Self.pair(s, "dilation", 1) ?? 1
            conv.groups = try s["groups"]?.integer("groups", 1...InputSize.maximumLength) ?? 1
            conv.bias = try s["bias"]?.flag("bias") ?? true
            conv.activation = try Self.activation(s)
            conv.shares = try s["shares"]?.text("shares")
            return .transposedConvolution(conv)
        case "maxpool", "avgpool":
            let isMaximum = word == "maxpool"
            let s = try section(
                word, settings, ["kernel", "stride", "padding", "ceil"] + (isMaximum ? [] : ["countPadding"]), &name,
                short: "kernel")
            var pool = PoolSpecification(
                isMaximum ? .maximum : .average, kernel: try Self.kernel(s), stride: try Self.pair(s, "stride", 1))
            pool.padding = try Self.padding(s) ?? .valid
            pool.ceilMode = try s["ceil"]?.flag("ceil") ?? false
            pool.countIncludePad = try s["countPadding"]?.flag("countPadding") ?? true
            return .pool(pool)
        case "global-avgpool":
            _ = try section(word, settings, [], &name)
            return .globalAveragePool
        case "adaptive-avgpool":
            let s = try section(word, settings, ["size"], &name, short: "size")
            return .adaptiveAveragePool(try Self.pair(try s.required("size"), "size", 1))
        case "batchnorm":
            let s = try section(word, settings, ["epsilon", "momentum"], &name)
            return .batchNorm(
                epsilon: Float(try s["epsilon"]?.number("epsilon", 1e-12...1) ?? 1e-5),
                momentum: Float(try s["momentum"]?.number("momentum", 0...1) ?? 0.1))
        case "lrn":
            let s = try section(word, settings, ["size", "alpha", "beta", "k"], &name, short: "size")
            return .localResponseNorm(
                size: try s["size"]?.integer("size", 1...Self.maximumExtent) ?? 5,
                alpha: Float(try s["alpha"]?.number("alpha", 0...1e3) ?? 1e-4),
                beta: Float(try s["beta"]?.number("beta", 0...1e3) ?? 0.75),
                k: Float(try s["k"]?.number("k", 1e-6...1e3) ?? 1))
        case "layernorm":
            let s = try section(word, settings, ["epsilon"], &name)
            return .layerNorm(epsilon: Float(try s["epsilon"]?.number("epsilon", 1e-12...1) ?? 1e-5))
        case "dropout":
            let s = try section(word, settings, ["probability"], &name, short: "probability")
            return .dropout(Float(try s["probability"]?.number("probability", 0...0.999) ?? 0.5))
        case "flatten":
            _ = try section(word, settings, [], &name)
            return .flatten
        case "linear": return try linear(settings, &name)
        case "residual":
            let s = try section(word, settings, ["body", "shortcut", "activation"], &name)
            let body = try layers(try s.required("body"), "body")
            let shortcut = try s["shortcut"].map { setting throws(RecipeError) in
                try layers(setting, "shortcut")
            }
            return .residual(body: body, shortcut: shortcut ?? [], activation: try Self.activation(s))
        case "parallel": return try parallel(settings, &name)
        case "pad-channels":
            let s = try section(word, settings, ["channels", "stride"], &name, short: "channels")
            return .padChannels(try Self.channels(s), stride: try Self.pair(s, "stride", 1) ?? 1)
        case "auxiliary":
            let s = try section(word, settings, ["layers", "weight"], &name)
            let weight = try s["weight"]?.number("weight", 0...1e3) ?? 0.3
            return .auxiliary(try layers(try s.required("layers"), "layers"), weight: Float(weight))
        default: return .activation(try activation(word, settings, &name))
        }
    }

    private func linear(
        _ settings: Setting, _ name: inout String?
    ) throws(RecipeError) -> LayerSpecification.Kind {
        let s = try section("linear", settings, ["units", "bias", "activation", "shares"], &name, short: "units")
        var linear = LinearSpecification(try Self.outputs(s, "units", 1...1 << 24))
        linear.bias = try s["bias"]?.flag("bias") ?? true
        linear.activation = try Self.activation(s)
        linear.shares = try s["shares"]?.text("shares")
        return .linear(linear)
    }

    /// `parallel: [[…], […]]`, or `parallel: {branches: [[…], […]], name: mixed}`.
    private mutating func parallel(
        _ settings: Setting, _ name: inout String?
    ) throws(RecipeError) -> LayerSpecification.Kind {
        let s = try section("parallel", settings, ["branches"], &name, short: "branches")
        let setting = try s.required("branches")
        let branches = try setting.list("branches")
        guard branches.count > 1 else { throw setting.error("parallel needs at least two branches, each a list") }
        var read: [[LayerSpecification]] = []
        for branch in branches { read.append(try layers(branch, "a branch")) }
        return .parallel(read)
    }

    private func activation(
        _ word: String, _ settings: Setting, _ name: inout String?
    ) throws(RecipeError) -> ActivationSpecification {
        guard word == "leaky-relu" else {
            _ = try section(word, settings, [], &name)
            return Self.activations.first { $0.key == word }?.value ?? .relu
        }
        let s = try section(word, settings, ["slope"], &name, short: "slope")
        return .leakyReLU(slope: Float(try s["slope"]?.number("slope", 0...1) ?? 0.01))
    }

    /// The settings behind a kind, and the name among them.
    ///
    /// - Parameter short: The key that may be left out, as in `linear: 50`.
    private func section(
        _ word: String, _ settings: Setting, _ keys: [String], _ name: inout String?, short: String? = nil
    ) throws(RecipeError) -> Section {
        let keys = keys + ["name"]
        if settings.isEmpty { return Section(name: word, location: settings.location, entries: []) }
        if let short, settings.entries == nil {
            let entry = Setting.Entry(key: short, location: settings.location, value: settings)
            return Section(name: word, location: settings.location, entries: [entry])
        }
        let section = try settings.section(word, keys: keys)
        name = try section["name"].map { setting throws(RecipeError) in try Self.name(setting) }
        return section
    }
}
