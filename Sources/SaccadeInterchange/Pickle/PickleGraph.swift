import SaccadeFiles

/// The values that a pickle describes, in one array, referring to each other by their places in it.
///
/// A pickle may describe lists that hold themselves, or tuples nested a million deep: as objects that own each other
/// they would leak, or overflow the stack when they are freed.
struct PickleGraph {
    typealias Reference = Int32

    enum Node {
        case none
        case bool(Bool)
        case integer(Int)
        /// A whole number beyond 64 bits, least significant byte first.
        case long([UInt8])
        case real(Double)
        case text(String)
        case bytes([UInt8])
        case tuple([Reference])
        case list([Reference])
        /// Keys and values in turn, in the order in which they were set; the same key may come again.
        case dictionary([Reference])
        case global(TorchGlobal)
        /// A NumPy type such as `<f8`.
        case numpyType(String)
        case storage(TorchStorage)
        /// A place in ``tensors``.
        case tensor(Int)
        /// Something of which only the name of its class is kept.
        case opaque(String)
    }

    private(set) var nodes: [Node] = []
    private(set) var tensors: [TorchTensor] = []

    /// More values than any checkpoint has, and no more memory than it may take.
    static let mostNodes = 1 << 22

    subscript(_ reference: Reference) -> Node { nodes[Int(reference)] }

    /// - Throws: ``FileError`` when there are too many.
    mutating func add(_ node: Node, path: String) throws(FileError) -> Reference {
        guard nodes.count < Self.mostNodes else {
            throw FileError(
                .tooLarge, path: path, reason: "the pickle describes more than \(Self.mostNodes) values",
                remedy: "save the weights alone: torch.save(model.state_dict(), …)")
        }
        nodes.append(node)
        return Reference(nodes.count - 1)
    }

    mutating func add(_ tensor: TorchTensor, path: String) throws(FileError) -> Reference {
        tensors.append(tensor)
        return try add(.tensor(tensors.count - 1), path: path)
    }

    mutating func replace(_ reference: Reference, with node: Node) { nodes[Int(reference)] = node }

    /// Adds items to a list, or keys and values to a dictionary.
    ///
    /// - Returns: Whether there is something of that kind at `reference`; what only has a name takes anything.
    mutating func extend(_ reference: Reference, by items: ArraySlice<Reference>, isDictionary: Bool) -> Bool {
        let place = Int(reference)
        switch nodes[place] {
        case .list(var list) where !isDictionary:
            nodes[place] = .none  // else the array would have two owners, and be copied
            list += items
            nodes[place] = .list(list)
        case .dictionary(var dictionary) where isDictionary:
            nodes[place] = .none
            dictionary += items
            nodes[place] = .dictionary(dictionary)
        case .opaque: break
        default: return false
        }
        return true
    }
}

// What a value is, where it is of the kind that is wanted.
extension PickleGraph {
    func integer(_ reference: Reference) -> Int? {
        switch self[reference] {
        case .integer(let number): number
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    func text(_ reference: Reference) -> String? {
        if case .text(let text) = self[reference] { text } else { nil }
    }

    func global(_ reference: Reference) -> TorchGlobal? {
        if case .global(let global) = self[reference] { global } else { nil }
    }

    /// The items of a tuple or list.
    func items(_ reference: Reference) -> [Reference]? {
        switch self[reference] {
        case .tuple(let items), .list(let items): items
        default: nil
        }
    }

    /// The whole numbers of a tuple or list.
    func integers(_ reference: Reference) -> [Int]? {
        guard let items = items(reference) else { return nil }
        let numbers = items.compactMap { integer($0) }
        return numbers.count == items.count ? numbers : nil
    }

    /// Keys and values of a dictionary, the last value of each text or number that is a key; keys of another kind have
    /// no name.
    func entries(_ reference: Reference) -> [(name: String?, value: Reference)]? {
        guard case .dictionary(let items) = self[reference] else { return nil }
        var entries: [(name: String?, value: Reference)] = []
        var places: [String: Int] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            let name = name(of: items[index])
            if let name, let place = places[name] {
                entries[place].value = items[index + 1]
            } else {
                if let name { places[name] = entries.count }
                entries.append((name, items[index + 1]))
            }
        }
        return entries
    }

    private func name(of key: Reference) -> String? {
        switch self[key] {
        case .text(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }
}
