import Dispatch
import Foundation
import SaccadeCommandSupport
import SaccadeTraining
import Synchronization

/// Lets Ctrl-C, and the signal by which systems end programs, stop a training after the step that it is at, with a
/// checkpoint. A second one ends the process at once, which loses only what the last checkpoint does not know.
final class StopRequest: TrainingObserver {
    private final class Flag: Sendable { let isUp = Mutex(false) }

    private let flag = Flag()
    private var sources: [any DispatchSourceSignal] = []

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [flag] in
                let isSecond = flag.isUp.withLock { isUp in
                    defer { isUp = true }
                    return isUp
                }
                guard !isSecond else {
                    signal(number, SIG_DFL)
                    kill(getpid(), number)
                    return
                }
                Console.note("\nStopping after this step, with a checkpoint; once more stops at once.")
            }
            source.resume()
            sources.append(source)
        }
    }

    var wantsStop: Bool { flag.isUp.withLock { $0 } }

    func progressed(_ progress: TrainingProgress) {}
    func finished(_ record: EpochRecord) {}

    func ended(_ error: (any Error)?) {
        for source in sources { source.cancel() }
        sources = []
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
