/// A dictionary of so many entries: beyond them, the one goes that was neither asked for nor set the longest.
///
/// Every access takes constant time: entries lie in an array, linked from the newest to the oldest.
struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        var value: Value
        var newer: Int?
        var older: Int?
    }

    private let capacity: Int
    private var entries: [Entry] = []
    private var places: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    /// - Parameter capacity: How many entries there may be; at least 1.
    init(capacity: Int) { self.capacity = max(capacity, 1) }

    var count: Int { entries.count }
    /// In no particular order.
    var all: some Sequence<(key: Key, value: Value)> { entries.lazy.map { (key: $0.key, value: $0.value) } }

    /// The value of a key; asking for it makes it the newest.
    subscript(key: Key) -> Value? {
        mutating get {
            guard let place = places[key] else { return nil }
            unlink(place)
            linkAsNewest(place)
            return entries[place].value
        }
    }

    /// Sets the value of a key, and makes it the newest.
    mutating func set(_ value: Value, for key: Key) {
        if self[key] != nil, let place = places[key] {
            entries[place].value = value
            return
        }
        if entries.count == capacity { removeOldest() }
        entries.append(Entry(key: key, value: value))
        places[key] = entries.count - 1
        linkAsNewest(entries.count - 1)
    }

    @discardableResult mutating func removeOldest() -> Value? { oldest.map { remove(at: $0) } }

    @discardableResult mutating func remove(_ key: Key) -> Value? { places[key].map { remove(at: $0) } }

    private mutating func remove(at place: Int) -> Value {
        unlink(place)
        let removed = entries[place]
        places[removed.key] = nil
        // The last entry takes the empty place.
        let last = entries.removeLast()
        guard place < entries.count else { return removed.value }
        entries[place] = last
        places[last.key] = place
        if let newer = last.newer { entries[newer].older = place } else { newest = place }
        if let older = last.older { entries[older].newer = place } else { oldest = place }
        return removed.value
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if let newer { entries[newer].older = older } else { newest = older }
        if let older { entries[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        (entries[place].newer, entries[place].older) = (nil, newest)
        if let newest { entries[newest].newer = place } else { oldest = place }
        newest = place
    }
}
