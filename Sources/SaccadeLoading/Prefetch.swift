import Foundation
import Synchronization

/// Makes numbered things on a few threads, ahead of one consumer who takes them in order.
///
/// - Note: `@unchecked Sendable` because `state` is touched only between `condition.lock()` and `condition.unlock()`,
///   and everything else is constant.
package final class Prefetch<Product: Sendable, Failure: Error>: @unchecked Sendable {
    /// Makes the thing with a number; nil when it gives up because `isWanted` has become false.
    package typealias Maker = @Sendable (_ number: Int, _ isWanted: () -> Bool) throws(Failure) -> Product?

    private struct State {
        /// The next number that a thread will begin with.
        var toMake: Int
        /// The next number that the consumer will get.
        var toTake: Int
        /// Numbers from here on are not made: the end, or the one after a failure.
        var end: Int
        /// Made, and not taken; never more than `ahead`.
        var ready: [Int: Result<Product, Failure>] = [:]
        var runningThreads = 0
        var waited = Duration.zero
    }

    private let condition = NSCondition()
    /// Set once, within the lock so that no sleeper misses it; read without, for it is asked after every sample.
    private let isStopped = Atomic(false)
    private var state: State
    private let ahead: Int
    private let make: Maker

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - numbers: What to make.
    ///   - ahead: How many may be in the making or wait; at least 1.
    ///   - threads: At least 1, unless there is nothing to make.
    ///   - make: Called on several threads at once, each time with another number.
    package init(_ numbers: Range<Int>, ahead: Int, threads: Int, make: @escaping Maker) {
        self.ahead = ahead
        self.make = make
        state = State(toMake: numbers.lowerBound, toTake: numbers.lowerBound, end: numbers.upperBound)
        state.runningThreads = threads
        for _ in 0..<threads { Thread.detachNewThread { self.work() } }
    }

    var remaining: Int { locked { state.end - state.toTake } }
    var waited: Duration { locked { state.waited } }

    /// The next thing in order; nil after the last. After a failure every call throws it again.
    package func next() throws(Failure) -> Product? {
        condition.lock()
        defer { condition.unlock() }
        let number = state.toTake
        guard number < state.end else { return nil }
        if state.ready[number] == nil {
            let start = ContinuousClock.now
            while state.ready[number] == nil { condition.wait() }
            state.waited += ContinuousClock.now - start
        }
        switch state.ready[number]! {
        case .failure(let failure):
            throw failure  // and stays, for the next call
        case .success(let product):
            state.ready[number] = nil
            state.toTake += 1
            condition.broadcast()
            return product
        }
    }

    /// Tells the threads to stop, waits until they have ended, and lets go of what was made.
    package func stop() {
        condition.lock()
        defer { condition.unlock() }
        isStopped.store(true, ordering: .relaxed)
        condition.broadcast()
        while state.runningThreads > 0 { condition.wait() }
        state.ready = [:]
    }

    /// What each thread does.
    private func work() {
        while let number = claim() {
            let result: Result<Product, Failure>
            do throws(Failure) {
                guard let product = try make(number, { !isStopped.load(ordering: .relaxed) }) else { continue }
                result = .success(product)
            } catch {
                result = .failure(error)
            }
            locked {
                state.ready[number] = result
                // What comes later will not be asked for; what comes before is being made.
                if case .failure = result { state.end = min(state.end, number + 1) }
                condition.broadcast()
            }
        }
    }

    /// The next number to make, once there is room for it; nil when the thread shall end.
    private func claim() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        func isOver() -> Bool { isStopped.load(ordering: .relaxed) || state.toMake >= state.end }
        while !isOver(), state.toMake >= state.toTake + ahead { condition.wait() }
        guard !isOver() else {
            state.runningThreads -= 1
            condition.broadcast()
            return nil
        }
        defer { state.toMake += 1 }
        return state.toMake
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}
