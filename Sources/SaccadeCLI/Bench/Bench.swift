import ArgumentParser
import Foundation
import SaccadeTensors

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure networks, training steps and operations; against peers if asked.",
        discussion: """
            Absolute times move from machine to machine and from hour to hour: a speed is a ratio to a peer that ran \
            in turn with us, on the same machine, with the same threads and inputs of the same shape.

            EXAMPLES
              saccade bench                                   everything, without peers
              saccade bench exercise-1 --batch 1,32           one network
              saccade bench train:exercise-1 --batch 32       a training step: forward, backward, SGD
              saccade bench operations overhead               single operations; what eager execution costs
              saccade bench loader:PHOTOS                     JPEGs to batches: decode, resize, augment, normalise
              saccade bench vgg-16 --against openvino,pytorch --python ~/peers/bin/python --output RESULTS.md
            """)

    @Argument(
        help:
            "Networks (a recipe's name or file), train:NETWORK, operations, overhead, loader:FOLDER. Default: all but the last."
    )
    var subjects: [String] = ["exercise-1", "vgg-16", "resnet-50", "train:exercise-1", "operations", "overhead"]

    @Option(help: "Pictures at once; several with commas.")
    var batch = "1"

    @Option(help: "Peers to run in turn: pytorch, onnxruntime, openvino; several with commas.")
    var against: String?

    @Option(
        help:
            "A Python that has the peers installed (pip install torch torchvision onnx onnxscript onnxruntime openvino)."
    )
    var python = "python3"

    @Option(help: "The folder of the peers' script.")
    var scripts = "Benchmarks/peers"

    @Option(help: "Seconds for each measurement.")
    var budget = 3.0

    @Option(help: "How often everybody has a turn; the median of the turns counts.")
    var rounds = 3

    @OptionGroup var compute: ComputeOptions

    @Flag(help: "Also time each kernel of a network's plan.")
    var kernels = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Also write the table to a file, as Markdown.")
    var output: String?

    func validate() throws {
        guard budget > 0, budget <= 600 else {
            throw ValidationError("--budget must be from 0 to 600 seconds, got \(budget).")
        }
        guard (1...100).contains(rounds) else {
            throw ValidationError("--rounds must be from 1 to 100, got \(rounds).")
        }
        _ = try batches
        _ = try engines
    }

    private var batches: [Int] {
        get throws {
            try batch.split(separator: ",").map { text in
                guard let number = Int(text), (1...4096).contains(number) else {
                    throw ValidationError("--batch takes numbers from 1 to 4096 with commas between, got “\(batch)”.")
                }
                return number
            }
        }
    }

    private var engines: [Peer.Engine] {
        get throws {
            try (against ?? "").split(separator: ",").map { text in
                guard let engine = Peer.Engine(rawValue: String(text)) else {
                    let known = Peer.Engine.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--against takes \(known), got “\(text)”.")
                }
                return engine
            }
        }
    }

    func run() throws {
        try compute.apply()
        var report = BenchReport(threads: Threads.count)
        for subject in subjects {
            switch subject {
            case "operations":
                for benchmark in OperationBenchmark.all() {
                    let time = Measurement.of(budget: budget, benchmark.body)
                    report.add(BenchRow(subject: benchmark.name, ours: [time], work: benchmark.operations))
                }
            case "overhead":
                let (eager, bare) = EagerOverhead.measure()
                report.note(
                    "one small convolution: \(text(eager)) µs eagerly, \(text(bare)) µs as a bare primitive: \(text(eager - bare)) µs of overhead"
                )
            case _ where subject.hasPrefix("loader:"):
                try measureLoader(String(subject.dropFirst("loader:".count)), in: &report)
            default:
                for batch in try batches {
                    report.add(try row(subject, batch))
                    if kernels, !subject.hasPrefix("train:") { try noteKernels(of: subject, batch, in: &report) }
                }
            }
        }
        if json { print(try report.json()) } else { print(report.text) }
        if let output { try report.markdown.write(toFile: output, atomically: true, encoding: .utf8) }
    }

    private func row(_ subject: String, _ batch: Int) throws -> BenchRow {
        let isTraining = subject.hasPrefix("train:")
        let name = isTraining ? String(subject.dropFirst("train:".count)) : subject
        let network = try NetworkBenchmark(name, batch: batch, options: compute.planOptions)
        let peers = try engines.flatMap { engine in
            try Peer.all(engine, model: name, batch: batch, isTraining: isTraining, python: python, folder: scripts)
        }
        var ours: [Measurement] = []
        var theirs = peers.map { _ in [Double]() }
        for _ in 0..<(peers.isEmpty ? 1 : rounds) {
            ours.append(isTraining ? network.training(budget: budget) : network.inference(budget: budget))
            for (index, peer) in peers.enumerated() {
                theirs[index].append(try peer.milliseconds(budget: budget, threads: Threads.count))
            }
        }
        var row = BenchRow(
            subject: "\(subject), batch \(batch)", ours: ours, work: network.operations * (isTraining ? 3 : 1))
        row.peers = zip(peers, theirs).map { BenchRow.Peer(name: $0.label, times: $1) }
        return row
    }

    /// Processor time per picture against the peers', and what a second thread brings.
    private func measureLoader(_ folder: String, in report: inout BenchReport) throws {
        let benchmark = try LoaderBenchmark(folder: folder)
        for pipeline in LoaderBenchmark.Pipeline.allCases {
            let peers =
                try engines.contains(.pytorch)
                ? Peer.loaders(folder: folder, pipeline: pipeline.rawValue, python: python, scripts: scripts) : []
            var ours: [LoaderBenchmark.Result] = []
            var theirs = peers.map { _ in [Double]() }
            for _ in 0..<(peers.isEmpty ? 1 : rounds) {
                ours.append(try benchmark.measure(pipeline, threads: 1, budget: budget))
                for (index, peer) in peers.enumerated() {
                    theirs[index].append(try peer.milliseconds(budget: budget, threads: 1))
                }
            }
            var row = BenchRow(
                subject: "loader, \(pipeline), \(benchmark.count) pictures, processor time for each",
                ours: ours.map(\.processor), work: 0)
            row.peers = zip(peers, theirs).map { BenchRow.Peer(name: $0.label, times: $1) }
            report.add(row)
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let all = try benchmark.measure(pipeline, threads: cores, budget: budget)
            let one = try benchmark.measure(pipeline, threads: 1, budget: budget)
            report.note(
                "loader, \(pipeline): \(text(1e3 / row.time)) pictures/s per core; by the clock \(text(one.rate))/s with "
                    + "one thread, \(text(all.rate))/s with \(cores) (\(text(all.rate / one.rate))×; a picture takes "
                    + "\(text(all.processor.median / one.processor.median * 100)) % of the processor time that it takes "
                    + "with one; others used \(Int(all.processor.otherLoad * 100)) % of the machine)")
            if pipeline == .eval {
                let reduced = try benchmark.measure(pipeline, threads: 1, budget: budget, reduced: true)
                report.note(
                    "loader, \(pipeline), large JPEGs decoded at a fraction of their size: "
                        + "\(text(1e3 / reduced.processor.median)) pictures/s per core")
            }
        }
    }

    private func noteKernels(of name: String, _ batch: Int, in report: inout BenchReport) throws {
        let network = try NetworkBenchmark(name, batch: batch, options: compute.planOptions)
        report.note("\(name), batch \(batch), kernel by kernel:")
        for (kernel, time) in network.kernels(budget: budget) {
            report.note("  \(String(format: "%9.3f", time)) ms  \(kernel)")
        }
    }

    private func text(_ number: Double) -> String { String(format: "%.1f", number) }
}
