import Foundation
import Synchronization
import Testing

@testable import SaccadeDatasets
@testable import SaccadeLoading

@Suite struct PrefetchTests {
    struct Trouble: Error, Equatable { var number: Int }

    /// Counts calls, and how many are beyond what the consumer has taken.
    final class Counter: Sendable {
        let started = Atomic(0)
        let taken = Atomic(0)
        let furthest = Atomic(0)

        func begin() {
            let ahead = started.add(1, ordering: .sequentiallyConsistent).newValue - taken.load(ordering: .relaxed)
            furthest.max(ahead, ordering: .relaxed)
        }
    }

    @Test("gives everything once and in order", arguments: [1, 2, 5], [1, 3, 100])
    func order(threads: Int, ahead: Int) throws {
        let prefetch = Prefetch<Int, Never>(10..<60, ahead: ahead, threads: threads) { number, _ in
            usleep(UInt32(number * 7919 % 13) * 50)  // so that threads overtake one another
            return number
        }
        var numbers: [Int] = []
        while let number = prefetch.next() { numbers.append(number) }
        #expect(numbers == Array(10..<60))
        #expect(prefetch.next() == nil)
        prefetch.stop()
    }

    @Test("never runs further ahead than allowed")
    func bounded() {
        let counter = Counter()
        let prefetch = Prefetch<Int, Never>(0..<40, ahead: 3, threads: 2) { number, _ in
            counter.begin()
            return number
        }
        while prefetch.next() != nil {
            usleep(1000)
            counter.taken.add(1, ordering: .sequentiallyConsistent)
        }
        prefetch.stop()
        // One more: a thing counts as taken here a little after its place has become free.
        #expect((1...4).contains(counter.furthest.load(ordering: .relaxed)))
    }

    @Test("a failure comes in its turn, and stays", arguments: [1, 2, 4])
    func failure(threads: Int) throws {
        let prefetch = Prefetch<Int, Trouble>(0..<1000, ahead: 4, threads: threads) { number, _ throws(Trouble) in
            if number == 5 || number == 7 { throw Trouble(number: number) }
            usleep(number == 4 ? 20_000 : 100)
            return number
        }
        for number in 0..<5 { #expect(try prefetch.next() == number) }
        #expect(throws: Trouble(number: 5)) { try prefetch.next() }
        #expect(throws: Trouble(number: 5)) { try prefetch.next() }
        prefetch.stop()
    }

    @Test("stopping ends the threads, even in the middle of something")
    func stops() {
        let counter = Counter()
        let prefetch = Prefetch<Int, Never>(0..<1000, ahead: 10, threads: 3) { number, isWanted in
            counter.begin()
            while isWanted(), number > 2 { usleep(100) }
            return isWanted() ? number : nil
        }
        #expect(prefetch.next() == 0)
        prefetch.stop()
        let started = counter.started.load(ordering: .sequentiallyConsistent)
        usleep(20_000)
        #expect(counter.started.load(ordering: .sequentiallyConsistent) == started)
        #expect(started < 10)
    }

    @Test("measures how long the consumer waits")
    func waits() {
        let slow = Prefetch<Int, Never>(0..<4, ahead: 2, threads: 1) { number, _ in
            usleep(10_000)
            return number
        }
        while slow.next() != nil {}
        #expect(slow.waited >= .milliseconds(30))
        slow.stop()
    }

    @Test("nothing to make needs no thread")
    func empty() {
        let prefetch = Prefetch<Int, Never>(3..<3, ahead: 1, threads: 0) { number, _ in number }
        #expect(prefetch.next() == nil && prefetch.remaining == 0)
        prefetch.stop()
    }
}
