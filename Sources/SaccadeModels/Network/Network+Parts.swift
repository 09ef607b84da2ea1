import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

// Parts of a network, such as the stages of one that is a backbone.
extension Network {
    /// What some of the layers make of an input, in one pass that ends with the last of them: what detectors, pyramids
    /// and captioners read.
    ///
    ///     let maps = resNet.features(x, of: ["layer2", "layer3", "layer4"])
    ///
    /// - Parameters:
    ///   - x: As for ``callAsFunction(_:)``.
    ///   - names: Of layers, or of stages of several: `layer2` is what its last layer `layer2.1` gives. In any order.
    /// - Returns: One tensor for each name, in the names' order.
    /// - Precondition: ``problem(withPart:)`` is nil for each name.
    public func features(_ x: Tensor, of names: [String]) -> [Tensor] {
        features(x, endingAt: names.map { requireEnd(of: $0) })
    }

    /// - Parameter ends: How many layers there are up to the end of each part.
    func features(_ x: Tensor, endingAt ends: [Int]) -> [Tensor] {
        requireInput(x)
        var results: [Int: Tensor] = [:]
        var (x, start) = (x, 0)
        for end in Set(ends).sorted() {
            // Layers on both sides of a result that is asked for cannot be joined.
            x = Self.block(of: resolved.layers[start..<end], fuses: fuses)(x)
            (results[end], start) = (x, end)
        }
        return ends.compactMap { results[$0] }
    }

    /// The same network, sharing its parameters, up to the end of a layer or of a stage of several, without auxiliary
    /// heads.
    ///
    /// - Precondition: ``problem(withPart:)`` is nil.
    public func truncated(after name: String) -> Network {
        let layers = resolved.layers[..<requireEnd(of: name)].filter { !$0.isAuxiliary }
        return Network(resolved.with(layers), fuses: fuses)
    }

    /// Why there is no part of this name, with the names that there are; nil where there is one.
    public func problem(withPart name: String) -> String? {
        guard end(of: name) == nil else { return nil }
        let names = resolved.layers.filter { !$0.isAuxiliary }.map(\.path)
        let guess = nearest(to: name, among: names).map { "did you mean \($0)? There" } ?? "there"
        let stages = names.reduce(into: [String]()) { stages, name in
            let stage = String(name.prefix { $0 != "." })
            if stages.last != stage { stages.append(stage) }
        }
        return "\(self.name) has no part “\(name)” among its layers; \(guess) are "
            + stages.joined(separator: ", ")
    }

    private func requireEnd(of name: String) -> Int {
        guard let end = end(of: name) else { wrongProgram(problem(withPart: name) ?? name) }
        return end
    }

    /// How many layers there are up to the end of a part.
    private func end(of name: String) -> Int? {
        resolved.layers.lastIndex { $0.path.isPart(of: name) && !$0.isAuxiliary }.map { $0 + 1 }
    }
}
