import CSaccadeThreads
import Synchronization

/// What `body` gives for 0..<`count`, computed by at most so many threads at once of those that compute; it must bear to
/// be called by several at once. Which thread takes what is left to chance, and where a result goes is not.
func mapInParallel<Result>(_ count: Int, workers: Int, _ body: (Int) -> Result) -> [Result] {
    [Result](unsafeUninitializedCapacity: count) { results, initialized in
        let next = Atomic(0)
        // Every place is initialised once, by whoever has drawn its number.
        let target = results
        let work = {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                target.initializeElement(at: index, to: body(index))
            }
        }
        withoutActuallyEscaping(work) { work in
            withUnsafePointer(to: work) { context in
                saccade_threads_for(
                    min(workers, count), 1, UnsafeMutableRawPointer(mutating: context)
                ) { context, begin, end in
                    // The pointer made above, which lives until all threads are done.
                    let work = context.unsafelyUnwrapped.assumingMemoryBound(to: (() -> Void).self).pointee
                    for _ in begin..<end { work() }
                }
            }
        }
        initialized = count
    }
}
