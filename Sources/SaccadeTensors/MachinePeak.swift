import CSaccadeKernels
import Synchronization

/// What this machine can do at most.
package enum MachinePeak {
    /// Multiplications and additions of float32 numbers per second, on all threads that compute, with nothing to read or
    /// write: the best of several trials. No direct algorithm gets beyond; Winograd's, which multiplies less, may seem to.
    package static func operationsPerSecond() -> Double {
        let clock = ContinuousClock()
        let done = Mutex(0.0)
        let rates = (0..<8).map { _ in
            done.withLock { $0 = 0 }
            let elapsed = clock.measure {
                Threads.forEach(Threads.count) { _ in
                    var result: Float = 0
                    let operations = sk_multiply_adds(10_000_000, &result)
                    done.withLock { $0 += result.isNaN ? 0 : operations }
                }
            }
            return done.withLock { $0 } / (elapsed / .seconds(1))
        }
        return rates.max() ?? 0
    }
}
