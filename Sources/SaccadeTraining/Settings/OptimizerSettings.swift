import SaccadeSettings
public import SaccadeTensors

/// Which optimizer a training uses, with what is particular to it.
public enum OptimizerSettings: Sendable, Hashable {
    case sgd(momentum: Double = 0.9, nesterov: Bool = false)
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Adam whose weights decay beside the gradient.
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    case rmsProp(alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, isCentered: Bool = false)

    /// What is wrong with values that come from outside; nil where all is well.
    public var problem: String? {
        func share(_ value: Double, _ what: String) -> String? {
            (0..<1).contains(value) ? nil : "\(what) must be at least 0 and below 1, not \(value)"
        }
        func positive(_ value: Double) -> String? {
            value > 0 && value.isFinite ? nil : "epsilon must be a positive number, not \(value)"
        }
        switch self {
        case .sgd(let momentum, let nesterov):
            return share(momentum, "momentum")
                ?? (nesterov && momentum == 0 ? "Nesterov's momentum needs a momentum above 0" : nil)
        case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
            return share(beta1, "beta1") ?? share(beta2, "beta2") ?? positive(epsilon)
        case .rmsProp(let alpha, let epsilon, let momentum, _):
            return share(alpha, "alpha") ?? positive(epsilon) ?? share(momentum, "momentum")
        }
    }

    /// The optimizer itself.
    ///
    /// - Parameters:
    ///   - parameters: What it moves; at least one.
    ///   - learningRate: The size of each step.
    ///   - weightDecay: How strongly weights are pulled to zero.
    public func optimizer(
        for parameters: [(name: String, parameter: Parameter)], learningRate: Double, weightDecay: Double
    ) -> any Optimizer {
        switch self {
        case .sgd(let momentum, let nesterov):
            SGD(
                parameters, learningRate: learningRate, momentum: momentum, nesterov: nesterov,
                weightDecay: weightDecay)
        case .adam(let beta1, let beta2, let epsilon):
            Adam(
                parameters, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                weightDecay: .inGradient(weightDecay))
        case .adamW(let beta1, let beta2, let epsilon):
            Adam(
                parameters, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                weightDecay: .decoupled(weightDecay))
        case .rmsProp(let alpha, let epsilon, let momentum, let isCentered):
            RMSProp(
                parameters, learningRate: learningRate, alpha: alpha, epsilon: epsilon, momentum: momentum,
                isCentered: isCentered, weightDecay: weightDecay)
        }
    }
}

/// As an object with a `kind`, `sgd`, `adam`, `adamW` or `rmsProp`, and what that kind has. What is left out has its
/// default; what does not belong there is refused.
extension OptimizerSettings: Codable {
    private enum Keys: String, CodingKey {
        case kind, momentum, nesterov, beta1, beta2, epsilon, alpha, centered
    }

    private static let kinds: KeyValuePairs<String, [Keys]> = [
        "sgd": [.momentum, .nesterov], "adam": [.beta1, .beta2, .epsilon], "adamW": [.beta1, .beta2, .epsilon],
        "rmsProp": [.alpha, .epsilon, .momentum, .centered],
    ]

    public init(from decoder: any Decoder) throws {
        let kind = try decoder.kind(Keys.kind, among: OptimizerSettings.kinds)
        let values = try decoder.container(keyedBy: Keys.self)
        func number(_ key: Keys, _ standard: Double) throws -> Double {
            try values.decodeIfPresent(Double.self, forKey: key) ?? standard
        }
        switch kind {
        case "adam":
            self = .adam(
                beta1: try number(.beta1, 0.9), beta2: try number(.beta2, 0.999), epsilon: try number(.epsilon, 1e-8))
        case "adamW":
            self = .adamW(
                beta1: try number(.beta1, 0.9), beta2: try number(.beta2, 0.999), epsilon: try number(.epsilon, 1e-8))
        case "rmsProp":
            self = .rmsProp(
                alpha: try number(.alpha, 0.99), epsilon: try number(.epsilon, 1e-8),
                momentum: try number(.momentum, 0),
                isCentered: try values.decodeIfPresent(Bool.self, forKey: .centered) ?? false)
        default:
            self = .sgd(
                momentum: try number(.momentum, 0.9),
                nesterov: try values.decodeIfPresent(Bool.self, forKey: .nesterov) ?? false)
        }
        try decoder.refuse(problem)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        switch self {
        case .sgd(let momentum, let nesterov):
            try values.encode("sgd", forKey: .kind)
            try values.encode(momentum, forKey: .momentum)
            try values.encode(nesterov, forKey: .nesterov)
        case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
            if case .adam = self {
                try values.encode("adam", forKey: .kind)
            } else {
                try values.encode("adamW", forKey: .kind)
            }
            try values.encode(beta1, forKey: .beta1)
            try values.encode(beta2, forKey: .beta2)
            try values.encode(epsilon, forKey: .epsilon)
        case .rmsProp(let alpha, let epsilon, let momentum, let isCentered):
            try values.encode("rmsProp", forKey: .kind)
            try values.encode(alpha, forKey: .alpha)
            try values.encode(epsilon, forKey: .epsilon)
            try values.encode(momentum, forKey: .momentum)
            try values.encode(isCentered, forKey: .centered)
        }
    }
}

/// As an object with a `kind`, `norm` or `value`, and its `limit`.
extension GradientClipping: Codable {
    private enum Keys: String, CodingKey { case kind, limit }

    public init(from decoder: any Decoder) throws {
        let kind = try decoder.kind(Keys.kind, among: ["norm": [.limit], "value": [.limit]])
        let limit = try decoder.container(keyedBy: Keys.self).decode(Double.self, forKey: .limit)
        guard limit > 0, limit.isFinite else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath + [Keys.limit],
                    debugDescription: "the limit of gradients must be a positive number, not \(limit)"))
        }
        self = kind == "norm" ? .norm(limit) : .value(limit)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        switch self {
        case .norm(let limit):
            try values.encode("norm", forKey: .kind)
            try values.encode(limit, forKey: .limit)
        case .value(let limit):
            try values.encode("value", forKey: .kind)
            try values.encode(limit, forKey: .limit)
        }
    }
}
