import SaccadePrelude
import Testing

@testable import SaccadeTensors

@Suite struct LeastRecentlyUsedTests {
    @Test("of too many, the one goes that nobody asked for the longest")
    func order() {
        var cache = LeastRecentlyUsed<Int, String>(capacity: 2)
        cache.set("one", for: 1)
        cache.set("two", for: 2)
        #expect(cache[1] == "one")
        cache.set("three", for: 3)
        #expect(cache[2] == nil && cache[1] == "one" && cache[3] == "three")
        cache.set("uno", for: 1)
        cache.set("four", for: 4)
        #expect(cache[3] == nil && cache[1] == "uno" && cache.count == 2)
    }

    /// The slow definition: an array, the newest last.
    @Test("does what an array does that is searched and moved")
    func model() {
        var generator = SplitMix64(seed: 3)
        for capacity in [1, 2, 7] {
            var cache = LeastRecentlyUsed<Int, Int>(capacity: capacity)
            var slow: [(key: Int, value: Int)] = []
            for step in 0..<2000 {
                let key = Int.random(in: 0..<12, using: &generator)
                let place = slow.firstIndex { $0.key == key }
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: #expect(cache.removeOldest() == (slow.isEmpty ? nil : slow.removeFirst().value))
                case 1: #expect(cache.remove(key) == place.map { slow.remove(at: $0).value })
                case 2...4:
                    #expect(cache[key] == place.map { slow[$0].value })
                    if let place { slow.append(slow.remove(at: place)) }
                default:
                    cache.set(step, for: key)
                    if let place { slow.remove(at: place) }
                    slow.append((key, step))
                    if slow.count > capacity { slow.removeFirst() }
                }
                #expect(cache.count == slow.count)
                #expect(cache.all.map(\.key).sorted() == slow.map(\.key).sorted())
            }
        }
    }
}
