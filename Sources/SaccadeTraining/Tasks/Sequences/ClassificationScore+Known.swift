import SaccadeTensors

extension ClassificationScore {
    /// Counts the rows of a batch whose labels are known.
    ///
    /// - Parameters:
    ///   - scores: `[N, classes]`.
    ///   - labels: `[N]`: classes, or `ignored`.
    ///   - ignored: The label of what is not there.
    ///   - loss: The mean loss of those that are known, where it is.
    mutating func add(_ scores: Tensor, knownLabels labels: Tensor, ignoring ignored: Int, loss: Double? = nil) {
        let numbers = labels.scalars.map { Int($0) }
        let known = numbers.indices.filter { numbers[$0] != ignored }
        guard !known.isEmpty else { return }
        let places = Tensor(known.map { Float($0) }, shape: [known.count])
        add(scores.indexSelected(axis: 0, places), labels: known.map { numbers[$0] }, loss: loss)
    }
}

extension Tensor {
    /// `[…, C]` as `[N, C]`.
    var rows: Tensor {
        reshaped(to: [shape.dimensions.dropLast().reduce(1, *), shape.dimensions.last ?? 1])
    }
}
