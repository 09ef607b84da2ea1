/// Edges by similarity: a binary heap that knows where each edge is, so that a similarity can be changed or dropped in
/// place, and never more is kept than there are edges. Of equal similarities the edge of the lower number comes first.
struct SimilarityQueue: Sendable {
    /// Of each edge.
    private var similarities: [Float]
    /// Edges; each no worse than those at twice its place plus 1 and plus 2.
    private var heap: [Int32]
    /// Where each edge is in the heap; -1 for one that was dropped.
    private var places: [Int32]

    init(_ similarities: [Float]) {
        self.similarities = similarities
        heap = (0..<Int32(similarities.count)).map { $0 }
        places = heap
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(place) }
    }

    /// The edge of the greatest similarity; nil when none is left.
    var first: Int? { heap.first.map { Int($0) } }

    func similarity(of edge: Int) -> Float { similarities[edge] }

    mutating func update(_ edge: Int, to similarity: Float) {
        similarities[edge] = similarity
        let place = Int(places[edge])
        if siftUp(place) == place { siftDown(place) }
    }

    mutating func remove(_ edge: Int) {
        let place = Int(places[edge])
        places[edge] = -1
        let last = heap.removeLast()
        guard last != Int32(edge) else { return }
        put(last, at: place)
        if siftUp(place) == place { siftDown(place) }
    }

    @inline(__always)
    private func isBefore(_ a: Int32, _ b: Int32) -> Bool {
        let (first, second) = (similarities[Int(a)], similarities[Int(b)])
        return first > second || (first == second && a < b)
    }

    @inline(__always)
    private mutating func put(_ edge: Int32, at place: Int) {
        heap[place] = edge
        places[Int(edge)] = Int32(truncatingIfNeeded: place)
    }

    /// Where the edge has come to.
    @discardableResult
    private mutating func siftUp(_ start: Int) -> Int {
        let edge = heap[start]
        var place = start
        while place > 0 {
            let above = (place - 1) / 2
            guard isBefore(edge, heap[above]) else { break }
            put(heap[above], at: place)
            place = above
        }
        put(edge, at: place)
        return place
    }

    private mutating func siftDown(_ start: Int) {
        let edge = heap[start]
        var place = start
        while true {
            var below = 2 * place + 1
            guard below < heap.count else { break }
            if below + 1 < heap.count, isBefore(heap[below + 1], heap[below]) { below += 1 }
            guard isBefore(heap[below], edge) else { break }
            put(heap[below], at: place)
            place = below
        }
        put(edge, at: place)
    }
}
