import SaccadeDatasets
import SaccadeGeometry
import SaccadeSettings

extension Segmentation {
    /// How much the pixels of a class count: in a recipe `none`, `medianFrequency` or a list.
    public enum ClassWeights: Sendable, Hashable, Codable {
        /// All alike.
        case none
        /// Rare classes as much as common ones, by how often each occurs in the samples to learn from; see
        /// `MaskDataset.ClassFrequencies.medianFrequencyWeights`.
        case medianFrequency
        /// One factor for each class, 0 or more.
        case given([Double])

        private static let words: KeyValuePairs = ["none": none, "medianFrequency": medianFrequency]

        public init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let numbers = try? value.decode([Double].self) {
                self = .given(numbers)
                try decoder.refuse(problem)
                return
            }
            let word = try? value.decode(String.self)
            guard let known = Self.words.first(where: { $0.key == word })?.value else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "classWeights must be none, medianFrequency, or a number for each class"
                            + (word.map { ", not “\($0)”" } ?? "")))
            }
            self = known
        }

        public func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .none: try value.encode("none")
            case .medianFrequency: try value.encode("medianFrequency")
            case .given(let numbers): try value.encode(numbers)
            }
        }

        var problem: String? {
            guard case .given(let numbers) = self else { return nil }
            if let odd = numbers.first(where: { !(0...1e6).contains($0) }) {
                return "classWeights must be 0 to 1000000, not \(odd)"
            }
            return numbers.contains { $0 > 0 } ? nil : "classWeights must have a number above 0"
        }
    }
}

extension Segmentation.WeightMap {
    private enum Keys: String, CodingKey, CaseIterable { case strength, sigma }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        strength = try values.decodeIfPresent(Double.self, forKey: .strength) ?? strength
        sigma = try values.decodeIfPresent(Double.self, forKey: .sigma) ?? sigma
        try decoder.refuse(problem)
    }

    var problem: String? {
        guard (0...1000).contains(strength) else {
            return "strength of the weightMap must be 0 to 1000, not \(strength)"
        }
        return (0.1...100).contains(sigma) ? nil : "sigma of the weightMap must be 0.1 to 100 pixels, not \(sigma)"
    }

    /// The factor of each pixel: that of its class, plus that of the border that it lies on (U-Net, equation 2).
    ///
    /// - Parameters:
    ///   - classes: Row by row.
    ///   - classWeights: Of each class; nil where all count alike.
    func weights(of classes: [UInt8], width: Int, classWeights: [Float]?) -> [Float] {
        let objects = connectedComponents(
            classes.map { $0 != 0 && $0 != Annotations.unknownClass }, width: width)
        let borders = borderWeights(objects, width: width, strength: Float(strength), sigma: Float(sigma))
        return zip(classes, borders).map { label, border in
            guard label != Annotations.unknownClass else { return 0 }
            return (classWeights?[Int(label)] ?? 1) + border
        }
    }
}
