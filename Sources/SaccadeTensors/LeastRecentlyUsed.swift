/// A dictionary of so many entries: beyond them, the one goes that was neither asked for nor set the longest.
///
/// Every access takes constant time: entries lie in an array, linked from the newest to the oldest.
struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        let value: Value
        var newer, older: Int?
    }

    /// How many entries there may be; at least 1.
    let capacity: Int
    private var entries: [Entry] = []
    private var places: [Key: Int] = [:]
    private var newest, oldest: Int?

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }
    /// In no particular order.
    var all: some Sequence<(key: Key, value: Value)> { entries.lazy.map { (key: $0.key, value: $0.value) } }

    /// The value of a key, which becomes the newest.
    subscript(key: Key) -> Value? {
        mutating get {
            guard let place = places[key] else { return nil }
            link(entries[place].newer, entries[place].older)
            makeNewest(place)
            return entries[place].value
        }
    }

    mutating func set(_ value: Value, for key: Key) {
        remove(key)
        if entries.count == capacity { removeOldest() }
        places[key] = entries.count
        entries.append(Entry(key: key, value: value))
        makeNewest(entries.count - 1)
    }

    @discardableResult mutating func removeOldest() -> Value? { oldest.flatMap { remove(entries[$0].key) } }

    @discardableResult mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        let removed = entries[place]
        link(removed.newer, removed.older)
        // The last entry takes the empty place.
        let last = entries.removeLast()
        guard place < entries.count else { return removed.value }
        entries[place] = last
        places[last.key] = place
        link(last.newer, place)
        link(place, last.older)
        return removed.value
    }

    private mutating func makeNewest(_ place: Int) {
        link(place, newest)
        link(nil, place)
    }

    /// Makes two entries neighbours; `nil` is what lies beyond the newest, and beyond the oldest.
    private mutating func link(_ newer: Int?, _ older: Int?) {
        if let newer { entries[newer].older = older } else { newest = older }
        if let older { entries[older].newer = newer } else { oldest = newer }
    }
}
