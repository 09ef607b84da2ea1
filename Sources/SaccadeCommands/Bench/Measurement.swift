import Foundation

/// How long something took, over and over.
struct Measurement: Encodable {
    /// Milliseconds.
    let median: Double
    let minimum: Double
    let percentile90: Double
    let runs: Int
    /// The share of the machine that other processes used meanwhile. A busy machine measures itself.
    let otherLoad: Double

    /// Runs `body` until `budget` is spent, at least five times, and judges all runs but the first.
    ///
    /// - Parameter budget: Seconds.
    static func of(budget: Double, _ body: () -> Void) -> Measurement {
        body()
        let clock = ContinuousClock()
        return ofTimes {
            var times: [Double] = []
            let start = clock.now
            while times.count < 5 || start.duration(to: clock.now).seconds < budget {
                times.append(clock.measure(body).seconds * 1e3)
            }
            return times
        }
    }

    /// Judges the times that `body` takes, in milliseconds; at least one.
    static func ofTimes(_ body: () throws -> [Double]) rethrows -> Measurement {
        let load = MachineLoad()
        let times = try body().sorted()
        return Measurement(
            median: times[times.count / 2], minimum: times[0], percentile90: times[times.count * 9 / 10],
            runs: times.count, otherLoad: load.others())
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// How busy other processes keep the processor's cores.
struct MachineLoad {
    /// A row that others took more of the machine's time from is not a quiet one.
    static let mostWhenQuiet = 0.1

    private let start: (all: Double, own: Double, wall: Double)

    init() { start = MachineLoad.now() }

    /// The mean share of all cores that others used since this value was made; 0 where it cannot be told. Programs that we
    /// have started are not others.
    func others() -> Double {
        let end = MachineLoad.now()
        let capacity = (end.wall - start.wall) * Double(ProcessInfo.processInfo.activeProcessorCount)
        guard capacity > 0, end.all > 0 else { return 0 }
        return max(0, ((end.all - start.all) - (end.own - start.own)) / capacity)
    }

    private static func now() -> (all: Double, own: Double, wall: Double) {
        var (own, children) = (rusage(), rusage())
        getrusage(0, &own)  // RUSAGE_SELF and RUSAGE_CHILDREN, which are of another type on each system
        getrusage(-1, &children)
        let times = [own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime]
        // The first line of /proc/stat counts ticks: user, nice, system, idle, waiting, interrupts …
        let line = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?.split(separator: "\n").first ?? ""
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        let busy = ticks.indices.contains(7) ? [0, 1, 2, 5, 6, 7].reduce(0) { $0 + ticks[$1] } : 0
        return (
            busy / ticksPerSecond,
            times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 } + living(),
            ProcessInfo.processInfo.systemUptime
        )
    }

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    /// Processor time of our children that have not ended, in seconds.
    private static func living() -> Double {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        let children = threads.flatMap { thread in
            let list = try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
            return (list ?? "").split(separator: " ")
        }
        return children.reduce(0) { sum, child in
            // What comes behind the name, in brackets: the state, and from the 12th field on user and system time, both
            // also of its own children.
            let fields = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?
                .split(separator: ")").last?.split(separator: " ")
            return sum + (fields ?? []).dropFirst(11).prefix(4).compactMap { Double($0) }.reduce(0, +) / ticksPerSecond
        }
    }
}
