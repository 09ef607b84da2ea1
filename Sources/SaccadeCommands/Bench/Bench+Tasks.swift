import Foundation
import SaccadeCommandSupport
import SaccadeTensors
import Synchronization

extension Bench {
    /// What several tasks get done that run a network at once, against one.
    func noteTasks(_ name: String, _ batch: Int, in report: inout BenchReport) throws {
        let network = try NetworkBenchmark(name, batch: batch, options: compute.planOptions)
        let turns = (0..<rounds).map { _ in
            (one: network.atOnce(1, budget: budget), all: network.atOnce(tasks, budget: budget))
        }
        let alone = BenchRow.median(turns.map { $0.one.rate })
        let together = BenchRow.median(turns.map { $0.all.rate })
        let runs = turns.flatMap(\.all.milliseconds).sorted()
        let threads = turns.map(\.all.threads).max() ?? 0
        report.note(
            "\(name), batch \(batch): \(tasks) tasks at once do \(text(together)) runs/s, one alone \(text(alone)) "
                + "(\(String(format: "%.2f", together / alone))×); one of theirs takes \(text(runs[runs.count / 2])) ms, "
                + "\(text(runs[runs.count * 9 / 10])) at the 90th percentile; the process had \(threads) threads")
    }
}

extension NetworkBenchmark {
    /// How a plan does that several tasks run at the same time.
    struct Together {
        /// Runs a second, of all of them.
        let rate: Double
        /// Of each run.
        let milliseconds: [Double]
        /// The most threads that the process had meanwhile.
        let threads: Int
    }

    /// - Parameters:
    ///   - count: How many tasks.
    ///   - budget: Seconds.
    func atOnce(_ count: Int, budget: Double) -> Together {
        let plan = self.plan()
        _ = plan(input)
        let times = Mutex<[Double]>([])
        let done = DispatchGroup()
        let start = ContinuousClock.now
        for _ in 0..<count {
            done.enter()
            let thread = Thread {
                let clock = ContinuousClock()
                var own: [Double] = []
                while start.duration(to: clock.now).seconds < budget {
                    own.append(clock.measure { _ = plan(input) }.seconds * 1e3)
                }
                times.withLock { $0 += own }
                done.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
        done.wait()
        let elapsed = start.duration(to: .now).seconds
        let all = times.withLock { $0 }
        return Together(rate: Double(all.count) / elapsed, milliseconds: all, threads: threads)
    }
}
