// What is joined along the channels is made, or copied, to where it will be.
extension Graph {
    /// Convolutions whose results are only there to be joined along the channels write into the joined images themselves;
    /// what else is joined with them is copied to its place.
    /// Of a single image they do so anyway, for there the parts lie one behind the other; see ``Lowering``.
    mutating func joinSlices() {
        var copies: [Int: [Node]] = [:]
        // Asked before anything is joined: copies read values as well, and are not among the nodes before the end.
        let producers = nodes.filter { ($0.operation as? Concatenation)?.axis == 1 }.flatMap(\.inputs)
            .reduce(into: [Int: Int]()) { $0[$1] = joinedProducer(of: $1) }
        for index in nodes.indices {
            let node = nodes[index]
            guard (node.operation as? Concatenation)?.axis == 1 else { continue }
            let whole = values[node.results[0]].shape
            guard whole.rank == 4, whole[0] > 1, whole.elementCount > 0 else { continue }
            let inputs = node.inputs.filter { values[$0].shape[1] > 0 }
            let bounds = inputs.reduce(into: [0]) { $0.append($0[$0.count - 1] + values[$1].shape[1]) }
            let pieces = inputs.enumerated().map { order, input in
                (input: input, slice: ChannelSlice(bounds: bounds, index: order), producer: producers[input])
            }
            let made = pieces.compactMap { piece in piece.producer.map { (node: $0, slice: piece.slice) } }
                .sorted { $0.node < $1.node }
            let rest = pieces.filter { $0.producer == nil }
            guard !made.isEmpty else { continue }
            var joined: Int?
            for (order, piece) in made.enumerated() {
                guard let convolution = nodes[piece.node].operation as? Convolution else { continue }
                let isLast = order == made.count - 1 && rest.isEmpty
                let result = isLast ? node.results[0] : append(whole, .result(node: piece.node, index: 0))
                nodes[piece.node].operation = ConvolutionIntoSlice(
                    convolution: convolution, slice: piece.slice, isFirst: joined == nil)
                setInputs(of: piece.node, to: nodes[piece.node].inputs + (joined.map { [$0] } ?? []))
                nodes[piece.node].results = [result]
                values[result].origin = .result(node: piece.node, index: 0)
                joined = result
            }
            forget(index)
            for (order, piece) in rest.enumerated() {
                guard let before = joined else { continue }
                let result = order == rest.count - 1 ? node.results[0] : append(whole, .result(node: index, index: 0))
                uses.add([piece.input, before])
                copies[index, default: []].append(
                    Node(
                        operation: CopyIntoSlice(slice: piece.slice), inputs: [piece.input, before], results: [result],
                        scope: node.scope))
                joined = result
            }
        }
        nodes = nodes.enumerated().flatMap { copies[$0] ?? [$1] }
        nodes.removeAll { $0.results.isEmpty }
        renumber()
    }

    /// The convolution that makes a value which nobody else reads, and may as well make it elsewhere.
    private func joinedProducer(of value: Int) -> Int? {
        guard let producer = soleProducer(of: value), let convolution = nodes[producer].operation as? Convolution,
            !convolution.addsResidual
        else { return nil }
        return producer
    }
}
