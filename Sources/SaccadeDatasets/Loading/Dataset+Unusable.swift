import Foundation
import Synchronization

extension Dataset {
    /// The samples that cannot be used, in order, found on all processors.
    public func unusableSamples(_ inspection: Inspection) -> [(index: Int, problem: Problem)] {
        let found = Mutex([(index: Int, problem: Problem)]())
        // Pieces, for one header takes no longer than handing it to a thread does.
        let piece = 32
        DispatchQueue.concurrentPerform(iterations: (count + piece - 1) / piece) { number in
            for index in number * piece..<min((number + 1) * piece, count) {
                guard let problem = unusable(at: index, inspection) else { continue }
                found.withLock { $0.append((index, problem)) }
            }
        }
        return found.withLock { $0 }.sorted { $0.index < $1.index }
    }
}
