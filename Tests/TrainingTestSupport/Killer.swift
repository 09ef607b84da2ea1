import Foundation
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
