import Foundation

/// What PyTorch does, as `Tests/Fixtures/make_training_fixtures.py` wrote it down.
public struct TrainingFixtures: Decodable, Sendable {
    public struct OptimizerCase: Decodable, Sendable {
        public let name: String
        public let shapes: [[Int]]
        public let weights: [[Float]]
        /// By step, then by parameter.
        public let gradients: [[[Float]]]
        public let after: [[[Float]]]
    }

    public struct Named: Decodable, Sendable, Equatable {
        public let name: String
        public let shape: [Int]

        public init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    public struct Network: Decodable, Sendable {
        public let parameters: [Named]
        public let statistics: [Named]
    }

    public struct Distribution: Decodable, Sendable {
        public let shape: [Int]
        public let minimum: Double
        public let maximum: Double
        public let mean: Double
        public let deviation: Double
    }

    public struct BatchNorm: Decodable, Sendable {
        public let batches: [[Float]]
        public let runningMean: [Float]
        public let runningVar: [Float]
    }

    public let optimizers: [OptimizerCase]
    public let losses: [Double]
    public let schedules: [String: [Double]]
    public let network: Network
    public let initializers: [String: Distribution]
    public let batchNorm: BatchNorm

    /// - Throws: When the file is not there or is another one.
    public static func load() throws -> TrainingFixtures {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/training.json")
        return try JSONDecoder().decode(TrainingFixtures.self, from: Data(contentsOf: file))
    }
}
