/// Who reads the values of a graph, while it is rewritten.
struct Uses: Sendable {
    /// How many nodes and outputs read each value; those made since have none yet.
    private var counts: [Int] = []
    /// What is read instead of a value.
    private var replacements: [Int: Int] = [:]

    init() {}

    init(of graph: Graph) {
        for node in graph.nodes { add(node.inputs) }
        add(graph.outputs)
    }

    func count(_ value: Int) -> Int { value < counts.count ? counts[value] : 0 }

    mutating func add(_ values: some Sequence<Int>) {
        for value in values {
            if value >= counts.count { counts += [Int](repeating: 0, count: value + 1 - counts.count) }
            counts[value] += 1
        }
    }

    mutating func remove(_ values: some Sequence<Int>) {
        for value in values { counts[value] -= 1 }
    }

    /// Makes the readers of one value read another from now on.
    mutating func replace(_ value: Int, by other: Int) {
        add(repeatElement(other, count: count(value)))
        remove(repeatElement(value, count: count(value)))
        replacements[value] = other
    }

    /// What is read in the place of a value.
    func current(_ value: Int) -> Int {
        var value = value
        while let other = replacements[value] { value = other }
        return value
    }
}
