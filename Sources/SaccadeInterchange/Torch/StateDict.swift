import SaccadeFiles

/// The tensors of a checkpoint by name, and what else it says.
///
/// A checkpoint is a dictionary of tensors, or it has one under a name such as `state_dict`, beside the state of an
/// optimizer and the like. Dictionaries and lists within it add their keys to the names, with dots between.
struct StateDict {
    private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
    /// Numbers and texts beside the weights, by name.
    private(set) var notes: [String: String] = [:]

    private let graph: PickleGraph
    private let path: String
    private var visits = 0

    /// Names under which training programs keep the weights, the most telling first.
    private static let usualNames = [
        "state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "module",
    ]
    private static let deepest = 16
    private static let mostVisits = 1 << 20

    /// - Throws: ``FileError`` when there are no tensors, two of one name, or names without end.
    init(of root: PickleGraph.Reference, in graph: PickleGraph, path: String) throws(FileError) {
        self.graph = graph
        self.path = path
        var root = root
        for _ in 0..<4 {
            guard let entries = graph.entries(root), !entries.contains(where: { isTensor($0.value) }) else { break }
            note(entries)
            let inner = Self.usualNames.lazy.compactMap { name in entries.first { $0.name == name }?.value }
                .first { self.holdsTensor($0) }
            guard let inner else { break }
            root = inner
        }
        try collect(root, [], depth: 0)
        guard !tensors.isEmpty else {
            throw FileError(
                .unsupported, path: path, reason: "there are no tensors in this file",
                remedy: "save the weights: torch.save(model.state_dict(), …)")
        }
        var seen: Set<String> = []
        for (name, _) in tensors where !seen.insert(name).inserted {
            throw .checkpoint(path, "two tensors are called \(name)")
        }
    }

    private func isTensor(_ reference: PickleGraph.Reference) -> Bool {
        if case .tensor = graph[reference] { true } else { false }
    }

    /// Whether a dictionary has a tensor among its values or those of the dictionaries in it.
    private func holdsTensor(_ reference: PickleGraph.Reference) -> Bool {
        var (waiting, seen) = ([reference], Set([reference]))
        while let next = waiting.popLast(), seen.count < Self.mostVisits {
            for (_, value) in graph.entries(next) ?? [] {
                if isTensor(value) { return true }
                if case .dictionary = graph[value], seen.insert(value).inserted { waiting.append(value) }
            }
        }
        return false
    }

    private mutating func note(_ entries: [(name: String?, value: PickleGraph.Reference)]) {
        for case (let name?, let value) in entries where notes.count < 100 {
            switch graph[value] {
            case .text(let text): notes[name] = String(text.prefix(200))
            case .integer(let number): notes[name] = String(number)
            case .real(let number): notes[name] = String(number)
            case .bool(let flag): notes[name] = flag ? "true" : "false"
            default: break
            }
        }
    }

    private mutating func collect(
        _ reference: PickleGraph.Reference, _ names: [String], depth: Int
    ) throws(FileError) {
        visits += 1
        guard depth < Self.deepest, visits < Self.mostVisits else {
            throw .checkpoint(path, "its containers hold each other without end")
        }
        switch graph[reference] {
        case .tensor(let place):
            tensors.append((names.isEmpty ? "tensor" : names.joined(separator: "."), graph.tensors[place]))
        case .dictionary(let items):
            visits += items.count
            for (name, value) in graph.entries(reference) ?? [] {
                guard isContainer(value) else { continue }
                guard let name else {
                    throw .checkpoint(path, "a key of a dictionary with tensors is neither a text nor a whole number")
                }
                try collect(value, names + [name], depth: depth + 1)
            }
        case .list(let items), .tuple(let items):
            visits += items.count
            for (index, item) in items.enumerated() where isContainer(item) {
                try collect(item, names + [String(index)], depth: depth + 1)
            }
        default: break
        }
    }

    /// Whether something may be, or hold, a tensor.
    private func isContainer(_ reference: PickleGraph.Reference) -> Bool {
        switch graph[reference] {
        case .tensor, .dictionary, .list, .tuple: true
        default: false
        }
    }
}

extension FileError {
    static func checkpoint(_ path: String, _ reason: String) -> FileError {
        FileError(.malformed, path: path, reason: reason, remedy: "copy or save it again")
    }
}
