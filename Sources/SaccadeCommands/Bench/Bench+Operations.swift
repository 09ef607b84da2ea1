import SaccadeGeometry
import SaccadePrelude
import SaccadeTensors

/// An operation of PyTorch's that is the same as one of ours, for the same numbers.
struct OperationPeer {
    /// What the peers' script calls it.
    let name: String
    /// What everybody computes with, and what comes of it; nil where each draws numbers of its own.
    var same: (input: Tensor, expected: Tensor)?
}

extension Bench {
    /// A single operation, in turn with PyTorch's where there is one.
    func row(_ benchmark: OperationBenchmark) throws -> BenchRow {
        func measured() -> Measurement { Measurement.of(budget: budget, benchmark.body) }
        guard let other = benchmark.peer, try engines.contains(.pytorch) else {
            return BenchRow(subject: benchmark.name, ours: [measured()], work: benchmark.operations)
        }
        let exchange = try other.same.map { try PeerExchange(input: $0.input) }
        let peers = try Peer.operations(other.name, python: python, folder: scripts)
        var ours: [Measurement] = []
        var theirs = peers.map { BenchRow.Peer(name: $0.label) }
        for _ in 0..<rounds {
            ours.append(measured())
            for (index, peer) in peers.enumerated() {
                let arguments = exchange?.operationArguments ?? []
                theirs[index].add(try peer.turn(budget: budget, threads: Threads.count, arguments))
                if let exchange, let expected = other.same?.expected {
                    theirs[index].difference = try exchange.difference(
                        from: expected, tolerance: 1e-5, isOfMean: false, of: peer.label)
                }
            }
        }
        // A process that computes nothing else holds memory for nothing else: it says little.
        for index in theirs.indices { theirs[index].memory = nil }
        var row = BenchRow(subject: benchmark.name, ours: ours, work: benchmark.operations)
        row.peers = theirs
        return row
    }
}

extension OperationBenchmark {
    /// Non-maximum suppression of 10 000 boxes on 800 × 800 pixels: anywhere, and around 40 objects.
    static func suppression() -> [OperationBenchmark] {
        var generator = SplitMix64(seed: 0)
        func number(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
        func box() -> [Float] {
            let (x, y, width, height) = (number(0...800), number(0...800), number(16...256), number(16...256))
            return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        }
        let anywhere = Boxes(corners: (0..<10_000).flatMap { _ in box() })
        let objects = (0..<40).map { _ in box() }
        let around = Boxes(
            corners: (0..<10_000).flatMap { index in
                let object = objects[index % 40]
                let (width, height) = (object[2] - object[0], object[3] - object[1])
                return [
                    object[0] + number(-0.2...0.2) * width, object[1] + number(-0.2...0.2) * height,
                    object[2] + number(-0.2...0.2) * width, object[3] + number(-0.2...0.2) * height,
                ]
            })
        let scores = (0..<10_000).map { _ in number(0...1) }
        return [("anywhere", anywhere), ("around 40 objects", around)].flatMap { place, boxes in
            [0.7, 0.5].map { threshold in
                let clipped = boxes.clipped(toWidth: 800, height: 800)
                let kept = nonMaximumSuppression(clipped, scores: scores, threshold: threshold)
                let rows = zip(clipped, scores).flatMap { box, score in
                    [Float(box.left), Float(box.top), Float(box.right), Float(box.bottom), score]
                }
                return OperationBenchmark(
                    name: "NMS of 10 000 boxes \(place), IoU \(threshold), \(kept.count) stay", operations: 0,
                    body: { _ = nonMaximumSuppression(clipped, scores: scores, threshold: threshold) },
                    peer: OperationPeer(
                        name: "nms_10000@\(threshold)",
                        same: (
                            Tensor(rows, shape: [10_000, 5]), Tensor(kept.map { Float($0) }, shape: [kept.count])
                        )))
            }
        }
    }
}
