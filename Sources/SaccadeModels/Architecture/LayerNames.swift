import SaccadeSettings

/// Names for the layers of one block: their own, or their kind with a number.
struct LayerNames {
    private var taken: [String: Location?] = [:]
    private var counts: [String: Int] = [:]

    /// Notes the names that recipes give, so that no number runs into them.
    ///
    /// - Throws: ``RecipeError`` where two layers have the same one.
    mutating func reserve(_ specifications: [LayerSpecification]) throws(RecipeError) {
        for specification in specifications {
            guard let name = specification.name else { continue }
            if let other = taken.updateValue(specification.location, forKey: name) {
                let line = other?.line.map { " on line \($0)" } ?? ""
                throw RecipeError(
                    "the name \(name) already belongs to the layer\(line); names are used once, and `repeat` with a "
                        + "name of its own numbers what it repeats", at: specification.location)
            }
        }
    }

    mutating func name(of specification: LayerSpecification) -> String {
        if let name = specification.name { return name }
        let stem = specification.kind.nameStem
        while true {
            let count = (counts[stem] ?? 0) + 1
            counts[stem] = count
            let name = "\(stem)\(count)"
            if taken[name] == nil { return name }
        }
    }
}
