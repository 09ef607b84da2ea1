package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeTensors

package struct Bench: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Benchmark networks, training steps and operations, optionally against other engines.",
        discussion: """
            Absolute times move from machine to machine and from hour to hour: a speed is a ratio to a peer that ran \
            in turn with us, on the same machine, with the same threads, weights and inputs. Peers whose results differ \
            from ours are refused: they would have measured something else.

            EXAMPLES
              saccade bench                                   everything, without peers
              saccade bench exercise-1 --batch 1,32           one network
              saccade bench train:exercise-1 --batch 32       a training step: forward, backward, SGD
              saccade bench operations overhead               single operations; what eager execution costs
              saccade bench roi-align roi-pool                features of 1000 regions of interest
              saccade bench loader:PHOTOS                     JPEGs to batches: decode, resize, augment, normalise
              saccade bench annotations:instances.json        a COCO file opened: time and memory
              saccade bench start:resnet-50                   a new process: load weights, predict for a first JPEG
              saccade bench resnet-50 --load 1                beside a process that keeps a core busy
              saccade bench resnet-50 --tasks 2               two tasks that run it at once, against one
              saccade bench detection --data bccd --detectors rcnn-bccd,fast-rcnn-bccd,faster-rcnn-bccd
              saccade bench detection --data bccd --truncated-svd 256
              saccade bench vgg-16 --against openvino,pytorch --python ~/peers/bin/python --output RESULTS.md
            """)

    @Argument(
        help:
            "Networks (a recipe's name or file), train:NETWORK, operations, overhead, roi-align, roi-pool, loader:FOLDER, annotations:FILE, start:resnet-50, or detection alone. Default: all but the last five."
    )
    var subjects: [String] = ["exercise-1", "vgg-16", "resnet-50", "train:exercise-1", "operations", "overhead"]

    @Option(help: "Images at once; several with commas.")
    var batch = "1"

    @Option(help: "Peers to run in turn: pytorch, onnxruntime, openvino, pycocotools; several with commas.")
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

    @Option(help: "Interleaved rounds; the median is reported.")
    var rounds = 3

    @Option(help: "Processes that keep cores busy while everybody has turns, as on a shared machine.")
    var load = 0

    @Option(help: "Also let so many tasks run each network at once, and compare with one.")
    var tasks = 1

    @Option(help: "For detection: a folder of images with boxes.")
    var data: String?

    @Option(
        help: ArgumentHelp(
            "For detection: runs of R-CNN, Fast and Faster R-CNN. Default: fresh ones, which take as long but know nothing.",
            valueName: "runs"))
    var detectors: String?

    @Option(help: "For detection: how many images.")
    var images = 20

    @Option(help: ArgumentHelp("For detection: draw the times.", valueName: "file.svg|png|pdf"))
    var chart: String?

    @OptionGroup var detector: DetectorOptions
    @OptionGroup var compute: ComputeOptions

    @Flag(help: "Also time each kernel of a network's plan.")
    var kernels = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Also write the table to a file, as Markdown.")
    var output: String?

    package func validate() throws {
        guard budget > 0, budget <= 600 else {
            throw ValidationError("--budget must be from 0 to 600 seconds, got \(budget).")
        }
        guard (1...100).contains(rounds) else {
            throw ValidationError("--rounds must be from 1 to 100, got \(rounds).")
        }
        guard (0...64).contains(load) else {
            throw ValidationError("--load must be from 0 to 64 processes, got \(load).")
        }
        guard (1...64).contains(tasks) else {
            throw ValidationError("--tasks must be from 1 to 64, got \(tasks).")
        }
        guard (1...100_000).contains(images) else {
            throw ValidationError("--images must be from 1 to 100000, got \(images).")
        }
        guard detector.truncatedSVD == nil || subjects == ["detection"] else {
            throw ValidationError("--truncated-svd is for bench detection.")
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

    var engines: [Peer.Engine] {
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

    package func run() throws {
        try compute.apply()
        if subjects == ["detection"] { return try benchDetection() }
        var report = BenchReport(threads: Threads.count, peak: MachinePeak.operationsPerSecond())
        let neighbours = try BusyProcesses(load)
        defer { withExtendedLifetime(neighbours) {} }
        for subject in subjects {
            switch subject {
            case "operations":
                for benchmark in OperationBenchmark.all() { report.add(try row(benchmark)) }
            case "overhead":
                let (eager, bare) = EagerOverhead.measure()
                report.note(
                    "one small convolution: \(text(eager)) µs eagerly, \(text(bare)) µs as a bare primitive: \(text(eager - bare)) µs of overhead"
                )
            case "roi-align", "roi-pool": try measureRegions(subject, in: &report)
            case _ where subject.hasPrefix("loader:"):
                try measureLoader(String(subject.dropFirst("loader:".count)), in: &report)
            case _ where subject.hasPrefix("annotations:"):
                report.add(try annotationsRow(String(subject.dropFirst("annotations:".count))))
            case _ where subject.hasPrefix("start:"):
                report.add(try startRow(String(subject.dropFirst("start:".count))))
            case _ where DetectorBenchmark.names.contains { subject == $0 || subject == "train:" + $0 }:
                try detectorRow(subject, in: &report)
            default:
                for batch in try batches {
                    report.add(try row(subject, batch))
                    if tasks > 1, !subject.hasPrefix("train:") { try noteTasks(subject, batch, in: &report) }
                    if kernels, !subject.hasPrefix("train:") { try noteKernels(of: subject, batch, in: &report) }
                }
            }
        }
        if json { print(try report.json()) } else { print(report.text) }
        if let output { try report.markdown.write(toFile: output, atomically: true, encoding: .utf8) }
    }

    private func noteKernels(of name: String, _ batch: Int, in report: inout BenchReport) throws {
        let network = try NetworkBenchmark(name, batch: batch, options: compute.planOptions)
        report.note("\(name), batch \(batch), kernel by kernel:")
        for (kernel, time) in network.kernels(budget: budget) {
            report.note("  \(String(format: "%9.3f", time)) ms  \(kernel)")
        }
    }

    private func benchDetection() throws {
        let report = try measureDetection()
        try chart.map { try report.chart.write(to: $0) }
        if let output { try report.markdown.write(toFile: output, atomically: true, encoding: .utf8) }
        print(json ? try report.json() : report.text)
    }

    func text(_ number: Double) -> String { String(format: "%.1f", number) }

    package init() {}
}
