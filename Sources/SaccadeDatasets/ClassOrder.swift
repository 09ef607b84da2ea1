import SaccadeFiles

extension Sequence<String> {
    /// The names of classes in the order that gives them their numbers: by their bytes, but numbers as numbers, so that
    /// 10 is behind 9.
    func sortedAsClasses() -> [String] {
        sorted { a, b in
            if let x = RecordRules.integer(a), let y = RecordRules.integer(b), x != y { return x < y }
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
    }
}
