import Foundation

extension Bench {
    /// Processor time per image against the peers', and what a second thread brings.
    func measureLoader(_ folder: String, in report: inout BenchReport) throws {
        let benchmark = try LoaderBenchmark(folder: folder)
        for pipeline in LoaderBenchmark.Pipeline.allCases {
            let peers =
                try engines.contains(.pytorch)
                ? Peer.loaders(folder: folder, pipeline: pipeline.rawValue, python: python, scripts: scripts) : []
            var ours: [LoaderBenchmark.Result] = []
            var theirs = peers.map { BenchRow.Peer(name: $0.label) }
            for _ in 0..<(peers.isEmpty ? 1 : rounds) {
                ours.append(try benchmark.measure(pipeline, threads: 1, budget: budget))
                for (index, peer) in peers.enumerated() {
                    theirs[index].add(try peer.turn(budget: budget, threads: 1))
                }
            }
            var row = BenchRow(
                subject: "loader, \(pipeline), \(benchmark.count) images, processor time for each",
                ours: ours.map(\.processor), work: 0)
            row.peers = theirs
            report.add(row)
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let all = try benchmark.measure(pipeline, threads: cores, budget: budget)
            let one = try benchmark.measure(pipeline, threads: 1, budget: budget)
            report.note(
                "loader, \(pipeline): \(text(1e3 / row.time)) images/s per core; by the clock \(text(one.rate))/s with "
                    + "one thread, \(text(all.rate))/s with \(cores) (\(text(all.rate / one.rate))×; an image takes "
                    + "\(text(all.processor.median / one.processor.median * 100)) % of the processor time that it takes "
                    + "with one; others used \(Int(all.processor.otherLoad * 100)) % of the machine)")
            if pipeline == .eval {
                let reduced = try benchmark.measure(pipeline, threads: 1, budget: budget, reduced: true)
                report.note(
                    "loader, \(pipeline), large JPEGs decoded at a fraction of their size: "
                        + "\(text(1e3 / reduced.processor.median)) images/s per core")
            }
        }
    }
}
