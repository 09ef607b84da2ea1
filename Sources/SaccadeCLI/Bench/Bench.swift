import ArgumentParser
import Foundation
import SaccadeTensors

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure operations.")

    @Option(help: "Seconds to spend on each measurement.")
    var budget = 2.0
    @Option(help: "Threads.")
    var threads: Int?

    func run() throws {
        if let threads { Threads.set(threads) }
        for benchmark in OperationBenchmark.all() {
            let m = Measurement.of(budget: budget, benchmark.body)
            let rate = benchmark.operations / m.minimum / 1e6
            print(
                "\(benchmark.name): min \(m.minimum) ms, median \(m.median) ms, \(Int(rate)) GFLOP/s, others \(m.otherLoad)"
            )
        }
    }
}
