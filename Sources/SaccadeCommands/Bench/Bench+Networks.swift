import Foundation
import SaccadeCommandSupport
import SaccadeTensors

extension Bench {
    /// A network, or with `train:` before it a step of its training, with everybody in turn.
    func row(_ subject: String, _ batch: Int) throws -> BenchRow {
        let isTraining = subject.hasPrefix("train:")
        let name = isTraining ? String(subject.dropFirst("train:".count)) : subject
        let network = try NetworkBenchmark(name, batch: batch, options: compute.planOptions)
        let peers = try engines.flatMap { engine in
            try Peer.all(
                engine, model: name, batch: batch, isTraining: isTraining, precision: compute.precision, python: python,
                folder: scripts)
        }
        func measured() -> Measurement {
            isTraining ? network.training(budget: budget) : network.inference(budget: budget)
        }
        let work = network.operations * (isTraining ? 3 : 1)
        let title =
            "\(subject), batch \(batch)\(compute.precision == .float32 ? "" : ", \(compute.precision.rawValue)")\(beside)"
        guard !peers.isEmpty else { return BenchRow(subject: title, ours: [measured()], work: work) }

        let exchange = try PeerExchange(network)
        let expected = isTraining ? network.firstLoss() : network.result()
        // Winograd and bfloat16 have their own rounding.
        let tolerance = compute.precision == .float32 ? 1e-3 : 6e-2
        var ours: [Measurement] = []
        var theirs = peers.map { BenchRow.Peer(name: $0.label) }
        for _ in 0..<rounds {
            ours.append(measured())
            for (index, peer) in peers.enumerated() {
                let turn = try peer.turn(budget: budget, threads: Threads.count, exchange.arguments)
                theirs[index].add(turn)
                if let expected {
                    theirs[index].difference = try exchange.difference(
                        from: expected, tolerance: tolerance, isOfMean: network.putsMaximaBack, of: peer.label)
                }
            }
        }
        var row = BenchRow(subject: title, ours: ours, work: work)
        row.peers = theirs
        if !isTraining { row.memory = try memory(of: name, exchange) }
        return row
    }

    /// What else keeps the machine busy.
    var beside: String { load == 0 ? "" : ", beside \(load) busy process\(load == 1 ? "" : "es")" }

    /// The most memory that a process takes which loads the weights and computes, in MiB.
    private func memory(of name: String, _ exchange: PeerExchange) throws -> Double? {
        let arguments = [
            "run", "--arch", name, "--weights", exchange.weights, "--input", exchange.input, "--output",
            exchange.path("ours.npy"), "--threads", "\(Threads.count)", "--precision", compute.precision.rawValue,
        ]
        _ = try ChildProcess(Bench.program, arguments)  // times the kernels, once for this machine
        let output = try ChildProcess(Bench.program, arguments).output
        return output.firstMatch(of: /([\d.]+) MiB/).flatMap { Double($0.1) }
    }

    /// This program's own file.
    static var program: String { Bundle.main.executablePath ?? CommandLine.arguments[0] }
}
