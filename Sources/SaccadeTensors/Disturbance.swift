import Foundation

/// How far others disturbed a measurement.
///
/// A kernel that is timed while another program has one of the cores looks slow where it waits for all its threads, and
/// which one wins then says more about that minute than about the kernels.
package struct Disturbance: Hashable, Sendable {
    /// How often a thread of this process lost its core to another, in a second.
    package var interruptions: Double
    /// The share of the time in which some thread of the machine waited for a core, in `0...1`; `nil` where the kernel does
    /// not tell.
    package var pressure: Double?
    /// The median of repeated runs divided by the shortest; 1 where all take as long.
    package var spread: Double

    package init(interruptions: Double, pressure: Double?, spread: Double) {
        self.interruptions = interruptions
        self.pressure = pressure
        self.spread = spread
    }

    /// Whether what was measured should not be relied on.
    ///
    /// Alone on a machine a few kernel threads interrupt some ten times a second, and nobody waits for longer than a
    /// hundredth of the time. One busy process beside two threads on two cores: hundreds, and all of the time.
    package var isSerious: Bool { interruptions > 100 || (pressure ?? 0) > 0.1 || spread > 1.5 }

    /// Watches from when it is made.
    struct Watch {
        private let start = ContinuousClock.now
        private let interruptions = Watch.interruptions()
        private let waited = Watch.waited()

        /// - Parameter spread: What the measured runs say themselves.
        func end(spread: Double) -> Disturbance {
            let elapsed = max((ContinuousClock.now - start) / .seconds(1), 1e-9)
            // A short measurement meets one of the rare interruptions now and then.
            let counted = Double(max(0, Watch.interruptions() - interruptions - 1))
            let waited = waited.flatMap { before in Watch.waited().map { max(0, $0 - before) } }
            return Disturbance(
                interruptions: counted / elapsed, pressure: waited.map { min(1, $0 / elapsed) }, spread: spread)
        }

        private static func interruptions() -> Int {
            var usage = rusage()
            getrusage(0, &usage)  // RUSAGE_SELF, which is of another type on each system
            return usage.ru_nivcsw
        }

        /// Seconds in which a thread of the machine waited for a core, since it was started.
        private static func waited() -> Double? {
            // some avg10=0.00 avg60=0.00 avg300=0.00 total=46323643
            guard let text = try? String(contentsOfFile: "/proc/pressure/cpu", encoding: .utf8),
                let total = text.split(separator: "\n").first?.split(separator: "=").last
            else { return nil }
            return Double(total).map { $0 * 1e-6 }
        }
    }
}
