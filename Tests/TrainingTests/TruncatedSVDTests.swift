import Foundation
import SaccadeImages
import SaccadeLayers
import SaccadeLinear
import SaccadeModels
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing
import TrainingTestSupport

/// Fully connected layers over regions, cut to lower ranks (Girshick, "Fast R-CNN", 2015, section 3.1).
@Suite(.serialized) struct TruncatedSVDTests {
    private static let (width, features) = (32, 8 * 7 * 7)

    private func model(
        _ network: String = "faster-rcnn: {backbone: scenes, pyramid: 8, width: 32, sizes: [16, 32, 64]}",
        ranks: [Int]? = nil
    ) throws -> LoadedModel {
        let folder = try TemporaryFolder()
        try """
        task: detect
        detect: {proposals: 60, scoreThreshold: 0.01}
        network: {\(network)}
        input: 96x128x3
        classes: 3
        """.write(toFile: "\(folder.path)/recipe.yaml", atomically: true, encoding: .utf8)
        var request = ModelRequest()
        (request.architecture, request.seed, request.truncatedSVD) = ("\(folder.path)/recipe.yaml", 3, ranks)
        return try LoadedModel(request)
    }

    private func network() throws -> RegionCNN { try #require(try model().network as? RegionCNN) }

    private static func weights(_ name: String, of network: RegionCNN) throws -> [Float] {
        let found = network.parameters.first { $0.name == "roi_heads.\(name)" }
        return try #require(found, "\(name)").parameter.value.scalars
    }

    /// What the two layers of a name do together, `[out, in]`.
    private static func product(_ name: String, _ inputs: Int, _ rank: Int, _ network: RegionCNN) throws -> [Double] {
        let first = try weights("box_head.\(name).0.weight", of: network)
        let second = try weights("box_head.\(name).1.weight", of: network)
        try #require(first.count == rank * inputs && second.count == width * rank)
        return (0..<width).flatMap { row in
            (0..<inputs).map { column in
                (0..<rank).reduce(0.0) {
                    $0 + Double(second[row * rank + $1]) * Double(first[$1 * inputs + column])
                }
            }
        }
    }

    /// The best approximation of a rank by a slow definition: W projected upon the eigenvectors of the largest eigenvalues of
    /// W Wᵀ, which Jacobi's rotations find (Golub and Van Loan, algorithm 8.4.3).
    private static func approximation(_ w: [Float], _ inputs: Int, rank: Int) -> [Double] {
        let n = w.count / inputs
        var a = (0..<n * n).map { place in
            (0..<inputs).reduce(0.0) {
                $0 + Double(w[place / n * inputs + $1]) * Double(w[place % n * inputs + $1])
            }
        }
        var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
        for _ in 0..<30 {
            for p in 0..<n - 1 {
                for q in p + 1..<n where a[p * n + q] != 0 {
                    let tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
                    let t = (tau < 0 ? -1 : 1) / (abs(tau) + (1 + tau * tau).squareRoot())
                    let c = 1 / (1 + t * t).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        (a[k * n + p], a[k * n + q]) =
                            (c * a[k * n + p] - s * a[k * n + q], s * a[k * n + p] + c * a[k * n + q])
                        (v[k * n + p], v[k * n + q]) =
                            (c * v[k * n + p] - s * v[k * n + q], s * v[k * n + p] + c * v[k * n + q])
                    }
                    for k in 0..<n {
                        (a[p * n + k], a[q * n + k]) =
                            (c * a[p * n + k] - s * a[q * n + k], s * a[p * n + k] + c * a[q * n + k])
                    }
                }
            }
        }
        let largest = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }.prefix(rank)
        var result = [Double](repeating: 0, count: w.count)
        for vector in largest {
            for column in 0..<inputs {
                let share = (0..<n).reduce(0.0) { $0 + v[$1 * n + vector] * Double(w[$1 * inputs + column]) }
                for row in 0..<n { result[row * inputs + column] += v[row * n + vector] * share }
            }
        }
        return result
    }

    private static func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
        a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
    }

    @Test("two layers are the best approximation of their rank, and the bias is the second one’s alone")
    func approximation() throws {
        let whole = try network()
        let truncated = try whole.withTruncatedSVD(ranks: [12, 5])
        for (name, inputs, rank) in [("fc6", Self.features, 12), ("fc7", Self.width, 5)] {
            let w = try Self.weights("box_head.\(name).weight", of: whole)
            let product = try Self.product(name, inputs, rank, truncated)
            let difference = Self.largestDifference(product, Self.approximation(w, inputs, rank: rank))
            #expect(difference < 1e-6, "\(name): \(difference)")
            #expect(
                try Self.weights("box_head.\(name).1.bias", of: truncated)
                    == Self.weights("box_head.\(name).bias", of: whole))
        }
        let names = truncated.parameters.map(\.name)
        #expect(!names.contains("roi_heads.box_head.fc6.0.bias"))
        #expect(names.count == whole.parameters.count + 2)
        // Nothing is between the two layers, and ReLU behind the second.
        let regions = Tensor.random([3, 8, 7, 7], seed: 5)
        let found = truncated.stages[1].model([regions])[0]
        var values = regions.scalars.map(Double.init)
        for (name, inputs, rank) in [("fc6", Self.features, 12), ("fc7", Self.width, 5)] {
            let w = try Self.product(name, inputs, rank, truncated)
            let bias = try Self.weights("box_head.\(name).1.bias", of: truncated)
            let layerInput = values
            values = (0..<3 * Self.width).map { place in
                let (row, output) = (place / Self.width, place % Self.width)
                return max(
                    0,
                    (0..<inputs).reduce(Double(bias[output])) {
                        $0 + w[output * inputs + $1] * layerInput[row * inputs + $1]
                    })
            }
        }
        let (w, bias) = (
            try Self.weights("box_predictor.cls_score.weight", of: whole),
            try Self.weights("box_predictor.cls_score.bias", of: whole)
        )
        let scores = (0..<3 * bias.count).map { place in
            (0..<Self.width).reduce(Double(bias[place % bias.count])) {
                $0 + Double(w[place % bias.count * Self.width + $1]) * values[place / bias.count * Self.width + $1]
            }
        }
        #expect(Self.largestDifference(found.scalars.map(Double.init), scores) < 1e-5)
    }

    @Test("of full rank nothing changes, and the network it was made of stays as it was")
    func fullRank() throws {
        let whole = try model()
        let network = try #require(whole.network as? RegionCNN)
        let before = network.storedShapes.map(\.name)
        let truncated = try network.withTruncatedSVD(ranks: [Self.width])
        #expect(network.storedShapes.map(\.name) == before)
        let regions = Tensor.random([16, 8, 7, 7], seed: 6)
        expectClose(truncated.stages[1].model([regions]), to: network.stages[1].model([regions]), tolerance: 1e-5)
        // Whole images by plans, as the commands find objects.
        let image = Image(
            width: 128, height: 96, channels: 3, pixels: (0..<96 * 128 * 3).map { UInt8(($0 * 7919) % 251) })
        let options = Plan.Options(tuning: .plainest)
        let detector = try whole.detector(options: options)
        let other = try model(ranks: [Self.width]).detector(options: options)
        let (objects, others) = (try detector(image), try other(image))
        #expect(!objects.isEmpty && objects.map(\.label) == others.map(\.label))
        for (object, other) in zip(objects, others) { #expect(abs(object.score - other.score) < 1e-5) }
    }

    @Test("the higher the rank, the less is lost")
    func errors() throws {
        let whole = try network()
        let w = try Self.weights("box_head.fc6.weight", of: whole).map(Double.init)
        var last = Double.infinity
        for rank in [1, 2, 4, 8, 16, 31, 32] {
            let product = try Self.product(
                "fc6", Self.features, rank, whole.withTruncatedSVD(ranks: [rank, Self.width]))
            let lost = zip(product, w).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(lost < last, "rank \(rank)")
            last = lost
        }
        #expect(last < 1e-8)
    }

    @Test(
        "ranks that cannot be are refused with those that can",
        arguments: [
            ([0], "fc6: a rank of 0"), ([-5], "must be in 1...32"), ([33], "must be in 1...32"),
            ([8, 33], "fc7: a rank of 33"), ([], "give two, or one for both"),
            ([1, 2, 3], "give two, or one for both"),
            ([.max], "must be in 1...32"),
        ])
    func refusedRanks(_ ranks: [Int], _ complaint: String) throws {
        let error = try #require(throws: RunError.self) { try model(ranks: ranks) }
        #expect(error.description.contains(complaint), "\(error)")
        let network = try network()
        #expect(throws: LinearError.self) { try network.withTruncatedSVD(ranks: ranks) }
    }

    @Test("networks without such layers, and weights that are no numbers, are refused")
    func refusedNetworks() throws {
        let regions = try #require(throws: RunError.self) {
            try model("rcnn: {backbone: scenes, side: 64}", ranks: [4])
        }
        #expect(regions.description.contains("R-CNN has a whole network"), "\(regions)")
        var request = ModelRequest()
        (request.architecture, request.seed, request.truncatedSVD) = ("mnist", 1, [4])
        let classifier = try #require(throws: RunError.self) { try LoadedModel(request) }
        #expect(classifier.description.contains("is for detectors"), "\(classifier)")
        let network = try network()
        let twice = try #require(throws: LinearError.self) {
            try network.withTruncatedSVD(ranks: [4]).withTruncatedSVD(ranks: [2])
        }
        #expect(twice.description.contains("two layers already"))
        let weight = try #require(network.parameters.first { $0.name == "roi_heads.box_head.fc7.weight" }).parameter
        weight.assign(Tensor(filledWith: .nan, shape: weight.shape))
        let notFinite = try #require(throws: LinearError.self) { try network.withTruncatedSVD(ranks: [4]) }
        #expect(notFinite.code == .notFinite && notFinite.description.contains("fc7"))
    }
}
