import Foundation
package import SaccadePrelude
package import SaccadeTraining

/// Ends the process without warning some microseconds after a number of batches.
package final class Killer: TrainingObserver {
    private var batches: Int
    private let delay: UInt32

    package init(after batches: Int, _ delay: UInt32) {
        self.batches = batches
        self.delay = delay
    }

    package func progressed(_ progress: TrainingProgress) {
        batches -= 1
        guard batches == 0 else { return }
        let delay = delay
        Thread {
            usleep(delay)
            kill(getpid(), SIGKILL)
        }.start()
    }

    package func finished(_ record: EpochRecord) {}
}

/// Where the moments of kills come from: drawn anew each time, unless a failure is to be repeated.
package func killGenerator() -> (generator: SplitMix64, seed: UInt64) {
    let given = ProcessInfo.processInfo.environment["SACCADE_KILL_SEED"].flatMap { UInt64($0) }
    let seed = given ?? .random(in: 0 ... .max)
    print("Kills are drawn from SACCADE_KILL_SEED=\(seed); set it to repeat them.")
    return (SplitMix64(seed: seed), seed)
}
