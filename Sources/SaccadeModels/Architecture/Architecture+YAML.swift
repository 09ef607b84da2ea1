import SaccadeSettings
import SaccadeTensors

// Architectures as text again: what is written here reads as the same architecture.
extension Architecture {
    /// The whole as a recipe, with every layer written out, so that it stands for itself.
    public var yaml: String {
        var entries: [Setting.Entry] = [.of("name", .word(name)), .of("input", .word(input.description))]
        if let classes { entries.append(.of("classes", .number(classes))) }
        if let preprocessingSection { entries.append(.of("preprocessing", preprocessingSection)) }
        if let structure {
            entries.append(.of("network", Setting(.section([structure]), at: structure.location)))
        } else {
            entries.append(.of("layers", .layers(layers)))
        }
        if let training { entries.append(.of("training", training)) }
        return Setting.section(entries).yaml
    }
}

extension LayerSpecification {
    /// The item of a recipe's list of layers: the kind, and what is not as it would be anyway.
    fileprivate var setting: Setting {
        var entries = kind.entries
        if let name { entries.append(.of("name", .word(name))) }
        return entries.isEmpty ? .word(kind.name) : .section([.of(kind.name, .section(entries))])
    }
}

extension LayerSpecification.Kind {
    fileprivate var entries: [Setting.Entry] {
        switch self {
        case .convolution(let conv):
            return [.of("channels", .outputs(conv.channels)), .of("kernel", .pair(conv.kernel))]
                + .optional("stride", .pair(conv.stride), unless: conv.stride == 1)
                + (conv.padding.map { [.of("padding", .padding($0))] } ?? [])
                + .optional("dilation", .pair(conv.dilation), unless: conv.dilation == 1)
                + .optional("groups", .number(conv.groups), unless: conv.groups == 1)
                + .learned(bias: conv.bias, conv.activation, shares: conv.shares)
        case .transposedConvolution(let conv):
            return [.of("channels", .outputs(conv.channels)), .of("kernel", .pair(conv.kernel))]
                + .optional("stride", .pair(conv.stride), unless: conv.stride == 1)
                + .optional("padding", .pair(conv.padding), unless: conv.padding == 0)
                + .optional("outputPadding", .pair(conv.outputPadding), unless: conv.outputPadding == 0)
                + .optional("dilation", .pair(conv.dilation), unless: conv.dilation == 1)
                + .optional("groups", .number(conv.groups), unless: conv.groups == 1)
                + .learned(bias: conv.bias, conv.activation, shares: conv.shares)
        case .pool(let pool):
            return [.of("kernel", .pair(pool.kernel)), .of("stride", .pair(pool.stride))]
                + .optional("padding", .padding(pool.padding), unless: pool.padding == .valid)
                + .optional("ceil", .flag(true), unless: !pool.ceilMode)
                + .optional("countPadding", .flag(false), unless: pool.kind == .maximum || pool.countIncludePad)
        case .adaptiveAveragePool(let size): return [.of("size", .pair(size))]
        case .batchNorm(let epsilon, let momentum):
            return .optional("epsilon", .number(epsilon), unless: epsilon == 1e-5)
                + .optional("momentum", .number(momentum), unless: momentum == 0.1)
        case .localResponseNorm(let size, let alpha, let beta, let k):
            return [
                .of("size", .number(size)), .of("alpha", .number(alpha)), .of("beta", .number(beta)),
                .of("k", .number(k)),
            ]
        case .layerNorm(let epsilon): return .optional("epsilon", .number(epsilon), unless: epsilon == 1e-5)
        case .dropout(let probability): return [.of("probability", .number(probability))]
        case .linear(let linear):
            return [.of("units", .outputs(linear.units))]
                + .learned(bias: linear.bias, linear.activation, shares: linear.shares)
        case .activation(.leakyReLU(let slope)): return [.of("slope", .number(slope))]
        case .residual(let body, let shortcut, let activation):
            return [.of("body", .layers(body))]
                + .optional("shortcut", .layers(shortcut), unless: shortcut.isEmpty) + .activation(activation)
        case .parallel(let branches): return [.of("branches", .list(branches.map(Setting.layers)))]
        case .padChannels(let channels, let stride):
            return [.of("channels", .number(channels))]
                + .optional("stride", .pair(stride), unless: stride == 1)
        case .auxiliary(let layers, let weight):
            return [.of("layers", .layers(layers)), .of("weight", .number(weight))]
        case .globalAveragePool, .flatten, .activation: return []
        }
    }
}

extension [Setting.Entry] {
    fileprivate static func optional(_ key: String, _ value: Setting, unless isDefault: Bool) -> [Setting.Entry] {
        isDefault ? [] : [.of(key, value)]
    }

    fileprivate static func activation(_ activation: ActivationSpecification?) -> [Setting.Entry] {
        activation.map { [.of("activation", .word($0.name))] } ?? []
    }

    /// What all layers with weights have.
    fileprivate static func learned(
        bias: Bool, _ activation: ActivationSpecification?, shares: String?
    ) -> [Setting.Entry] {
        optional("bias", .flag(false), unless: bias) + self.activation(activation)
            + (shares.map { [.of("shares", .word($0))] } ?? [])
    }
}

extension Setting.Entry {
    fileprivate static func of(_ key: String, _ value: Setting) -> Setting.Entry {
        Setting.Entry(key: key, location: Location(file: "network"), value: value)
    }
}

extension Setting {
    private static func made(_ content: Content) -> Setting { Setting(content, at: Location(file: "network")) }

    fileprivate static func section(_ entries: [Entry]) -> Setting { made(.section(entries)) }
    fileprivate static func list(_ items: [Setting]) -> Setting { made(.list(items)) }
    fileprivate static func word(_ text: String) -> Setting { made(.text(text, isPlain: false)) }
    fileprivate static func number(_ value: Int) -> Setting { made(.text("\(value)", isPlain: true)) }
    fileprivate static func number(_ value: Float) -> Setting { made(.text("\(value)", isPlain: true)) }
    fileprivate static func flag(_ value: Bool) -> Setting { made(.text("\(value)", isPlain: true)) }
    fileprivate static func layers(_ layers: [LayerSpecification]) -> Setting { list(layers.map(\.setting)) }

    fileprivate static func outputs(_ outputs: OutputCount) -> Setting {
        switch outputs {
        case .count(let count): number(count)
        case .classes: word("classes")
        }
    }

    fileprivate static func pair(_ pair: Pair) -> Setting {
        pair.height == pair.width ? number(pair.height) : list(pair.both.map(number))
    }

    fileprivate static func padding(_ padding: Padding) -> Setting {
        switch padding {
        case .valid: word("valid")
        case .same: word("same")
        case .pixels(let pixels): pair(pixels)
        }
    }
}
