import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

extension Bench {
    /// A detector, or with `train:` before it a step of its training, with everybody in turn.
    func detectorRow(_ subject: String, in report: inout BenchReport) throws {
        let isTraining = subject.hasPrefix("train:")
        let name = isTraining ? String(subject.dropFirst("train:".count)) : subject
        let detector = try DetectorBenchmark(name, options: compute.planOptions)
        let peers = try engines.flatMap { engine in
            try Peer.all(
                engine, model: name, batch: 1, isTraining: isTraining, precision: compute.precision, python: python,
                folder: scripts)
        }
        func measured() throws -> Measurement {
            isTraining ? detector.training(budget: budget) : try detector.inference(budget: budget)
        }
        let precision = compute.precision == .float32 ? "" : ", \(compute.precision.rawValue)"
        let size = isTraining ? "600×600" : "800×800"
        let exchange = try PeerExchange(input: detector.image, weights: detector.weights)
        // Training is measured with weights of the script's own, for steps change them.
        let given = isTraining ? [] : exchange.arguments
        let expected = isTraining ? nil : try detector.result()
        var ours: [Measurement] = []
        var theirs = peers.map { BenchRow.Peer(name: $0.label) }
        for _ in 0..<(peers.isEmpty ? 1 : rounds) {
            ours.append(try measured())
            for (index, peer) in peers.enumerated() {
                theirs[index].add(try peer.turn(budget: budget, threads: Threads.count, given))
                if let expected, compute.precision == .float32 {
                    theirs[index].difference = try exchange.difference(
                        from: expected, tolerance: 1e-2, isOfMean: true, of: peer.label)
                }
            }
        }
        var row = BenchRow(subject: "\(subject), \(size)\(precision)\(beside)", ours: ours, work: 0)
        row.peers = theirs
        report.add(row)
        if kernels, !isTraining {
            for (part, time) in try detector.parts() { report.note("  \(text(time)) ms  \(part.rawValue)") }
        }
    }
}
