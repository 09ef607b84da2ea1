/// A kernel that won, and how far that can be relied on.
struct TunedChoice: Hashable, Sendable {
    /// The kernel's label.
    var kernel: String
    /// How far others disturbed its timing; `nil` where nobody knows.
    var disturbance: Disturbance?
    /// Whom it may serve as a neighbour; `nil` in files of before, which serve for the very same shapes alone.
    var neighbourhood: TuningKey.Neighbourhood?
    /// Whether it was not timed, but taken from a neighbour.
    var isBorrowed = false
    /// When it is to be timed again, in seconds since 1970: of what others disturbed, on a machine that is never quiet. Nil is
    /// never.
    var expiry: Double?

    /// Whether it should not be relied on for long.
    var isDoubtful: Bool { disturbance?.isSerious ?? false }
}

extension TunedChoice: Codable {
    private enum Keys: String, CodingKey {
        case kernel, interruptions, pressure, spread, family, sizes, borrowed, expiry
    }

    /// Files of earlier versions have nothing but the label.
    init(from decoder: any Decoder) throws {
        if let label = try? decoder.singleValueContainer().decode(String.self) {
            self.init(kernel: label, disturbance: nil)
            return
        }
        let container = try decoder.container(keyedBy: Keys.self)
        let interruptions = try container.decodeIfPresent(Double.self, forKey: .interruptions)
        let pressure = try container.decodeIfPresent(Double.self, forKey: .pressure)
        let spread = try container.decodeIfPresent(Double.self, forKey: .spread)
        let family = try container.decodeIfPresent(String.self, forKey: .family)
        let sizes = try container.decodeIfPresent([Int].self, forKey: .sizes) ?? []
        self.init(
            kernel: try container.decode(String.self, forKey: .kernel),
            disturbance: interruptions.map {
                Disturbance(interruptions: $0, pressure: pressure, spread: spread ?? 1)
            }, neighbourhood: family.map { TuningKey.Neighbourhood(family: $0, sizes: sizes) },
            isBorrowed: try container.decodeIfPresent(Bool.self, forKey: .borrowed) ?? false,
            expiry: try container.decodeIfPresent(Double.self, forKey: .expiry))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(kernel, forKey: .kernel)
        if isBorrowed { try container.encode(true, forKey: .borrowed) }
        try container.encodeIfPresent(expiry?.rounded(), forKey: .expiry)
        if let neighbourhood {
            try container.encode(neighbourhood.family, forKey: .family)
            try container.encode(neighbourhood.sizes, forKey: .sizes)
        }
        guard let disturbance else { return }
        // Two digits tell all there is to tell.
        func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
        try container.encode(rounded(disturbance.interruptions), forKey: .interruptions)
        try container.encodeIfPresent(disturbance.pressure.map(rounded), forKey: .pressure)
        try container.encode(rounded(disturbance.spread), forKey: .spread)
    }
}
