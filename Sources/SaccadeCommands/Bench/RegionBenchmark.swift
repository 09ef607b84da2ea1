import SaccadePrelude
import SaccadeTensors

/// Features of a thousand regions of interest: the largest map of a feature pyramid, of an image of 800 × 1088 pixels.
struct RegionBenchmark {
    /// `[1, 256, 200, 272]`, row by row.
    let features: Tensor
    /// `[1000, 5]`: 16 to 256 pixels wide and high, and cut off at the edges of the image.
    let boxes: Tensor
    /// Whether it is RoIAlign, with four samples for each bin; else it is RoI pooling.
    let aligns: Bool

    init(aligns: Bool) {
        var generator = SplitMix64(seed: 2)
        let shape: Shape = [1, 256, 200, 272]
        features = Tensor((0..<shape.elementCount).map { _ in .random(in: -1...1, using: &generator) }, shape: shape)
        let image: [Float] = [1088, 800]
        boxes = Tensor(
            (0..<1000).flatMap { _ -> [Float] in
                let centre = image.map { Float.random(in: 0...$0, using: &generator) }
                let half = image.map { _ in Float.random(in: 8...128, using: &generator) }
                let edges = [-1, 1].flatMap { side in
                    (0..<2).map { min(max(centre[$0] + side * half[$0], 0), image[$0]) }
                }
                return [0] + edges
            }, shape: [1000, 5])
        self.aligns = aligns
    }

    /// `[1000, 256, 7, 7]`.
    func result(_ features: Tensor) -> Tensor {
        aligns
            ? roiAlign(features, boxes: boxes, outputSize: 7, spatialScale: 0.25, samplingRatio: 2)
            : roiPool(features, boxes: boxes, outputSize: 7, spatialScale: 0.25)
    }

    /// The features in the order in which a convolution leaves them.
    func featuresOfConvolution() -> Tensor {
        let channels = features.shape[1]
        let identity = Tensor(
            (0..<channels * channels).map { $0 % (channels + 1) == 0 ? 1 : 0 }, shape: [channels, channels, 1, 1])
        return conv2D(features, identity)
    }
}

extension Bench {
    /// RoIAlign or RoI pooling against torchvision's, of features as they lie there and as a backbone leaves them.
    ///
    /// - Parameter subject: `roi-align` or `roi-pool`.
    func measureRegions(_ subject: String, in report: inout BenchReport) throws {
        let benchmark = RegionBenchmark(aligns: subject == "roi-align")
        let operation = benchmark.aligns ? "roi_align" : "roi_pool"
        let peers =
            try engines.contains(.pytorch) ? Peer.regions(operation, python: python, folder: scripts) : []
        let exchange = try PeerExchange(input: benchmark.features, labels: benchmark.boxes)
        let expected = benchmark.result(benchmark.features)
        let orders = [
            ("features row by row", benchmark.features),
            ("features of a convolution", benchmark.featuresOfConvolution()),
        ]
        for (order, features) in orders {
            var ours: [Measurement] = []
            var theirs = peers.map { BenchRow.Peer(name: $0.label) }
            for _ in 0..<(peers.isEmpty ? 1 : rounds) {
                ours.append(Measurement.of(budget: budget) { _ = benchmark.result(features) })
                for (index, peer) in peers.enumerated() {
                    theirs[index].add(try peer.turn(budget: budget, threads: Threads.count, exchange.arguments))
                    theirs[index].difference = try exchange.difference(
                        from: expected, tolerance: 1e-5, isOfMean: false, of: peer.label)
                }
            }
            let count = benchmark.boxes.shape[0]
            var row = BenchRow(subject: "\(subject), \(count) boxes, \(order)\(beside)", ours: ours, work: 0)
            row.peers = theirs
            report.add(row)
        }
    }
}
