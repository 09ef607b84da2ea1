// Rewrites of a traced network that leave its answers alone and its work smaller.
extension Graph {
    /// - Parameter releasesWeights: Whether the network's parameters give their values away.
    mutating func simplify(releasesWeights: Bool = false) {
        uses = Uses(of: self)
        freezeParameters(releasing: releasesWeights)
        foldConstants()
        foldBatchNorms()
        fuseResiduals()
        fuseActivations()
        joinPoolings()
        joinSlices()
        dropUnused()
        uses = Uses()
    }

    /// Parameters become constants with the values they have now.
    private mutating func freezeParameters(releasing: Bool) {
        for index in values.indices {
            guard case .parameter(let parameter) = values[index].origin else { continue }
            values[index].origin = .constant(releasing ? parameter.release() : parameter.value)
        }
    }

    /// Lets go of constants that nobody reads any more, so that old and new weights are not all there at once.
    private mutating func release(_ constants: some Sequence<Int>) {
        for value in constants {
            guard case .constant = values[value].origin, uses.count(value) == 0 else { continue }
            values[value].origin = .released
        }
    }

    /// What depends on constants alone is computed now.
    private mutating func foldConstants() {
        for index in nodes.indices {
            let node = nodes[index]
            let constants = node.inputs.compactMap(constant)
            guard constants.count == node.inputs.count else { continue }
            forget(index)
            for (id, result) in zip(node.results, node.operation.results(of: constants)) {
                values[id].origin = .constant(result.rowMajor)
            }
        }
        nodes.removeAll { $0.results.isEmpty }
        renumber()
    }

    /// `conv(x) · s + t` is a convolution with other weights: batch norm at inference costs nothing.
    private mutating func foldBatchNorms() {
        for index in nodes.indices {
            follow(index)
            guard let norm = nodes[index].operation as? BatchNormInference,
                let producer = soleProducer(of: nodes[index].inputs[0]),
                let convolution = nodes[producer].operation as? Convolution,
                convolution.activation == nil
            else { continue }
            let statistics = nodes[index].inputs.dropFirst().compactMap(constant)
            let weights = values[nodes[producer].inputs[1]]
            guard statistics.count == 4, case .constant = weights.origin else { continue }
            let (scale, shift) = norm.scaleAndShift(of: statistics)
            let bias = convolution.hasBias ? constant(nodes[producer].inputs[2])?.scalars : nil

            let replaced = nodes[producer].inputs.dropFirst() + nodes[index].inputs.dropFirst()
            var folded = convolution
            folded.hasBias = true
            nodes[producer].operation = folded
            let newBias = bias.map { bias in scale.indices.map { bias[$0] * scale[$0] + shift[$0] } } ?? shift
            // The weights of a large network are a tenth of a gigabyte: they are multiplied on their way into the order
            // that a kernel wants, and not moved twice.
            let factors = convolution.channelFactors(scale, weights: weights.shape)
            values.append(
                Value(
                    shape: weights.shape, origin: weights.origin,
                    factors: weights.factors.map { $0.multiplied(by: factors) } ?? factors))
            let scaled = values.count - 1
            let newInputs = [nodes[producer].inputs[0], scaled, append(Tensor(newBias, shape: [newBias.count]))]
            setInputs(of: producer, to: newInputs)
            redirect(nodes[index].results[0], to: nodes[producer].results[0])
            release(replaced)
        }
        followOutputs()
    }

    /// `conv(x) + y` becomes a convolution that adds to where `y` lies.
    private mutating func fuseResiduals() {
        for index in nodes.indices {
            guard (nodes[index].operation as? BinaryMap)?.binary == .add else { continue }
            let sum = nodes[index]
            let shape = values[sum.results[0]].shape
            guard sum.inputs[0] != sum.inputs[1], sum.inputs.allSatisfy({ values[$0].shape == shape }) else { continue }
            // Of two convolutions the later one takes the sum: by then the other's result is there.
            let producers = sum.inputs.map(soleProducer)
            let candidates = [0, 1].filter { side in
                guard let producer = producers[side] else { return false }
                let convolution = nodes[producer].operation as? Convolution
                return convolution?.activation == nil && convolution?.addsResidual == false
                    && constant(sum.inputs[1 - side]) == nil
            }
            guard let side = candidates.max(by: { producers[$0] ?? 0 < producers[$1] ?? 0 }),
                let producer = producers[side], var convolution = nodes[producer].operation as? Convolution
            else { continue }
            convolution.addsResidual = true
            // The sum's place in the order is after both inputs: the convolution moves there.
            replace(
                index,
                by: Node(
                    operation: convolution, inputs: nodes[producer].inputs + [sum.inputs[1 - side]],
                    results: sum.results, scope: nodes[producer].scope))
            for result in sum.results { values[result].origin = .result(node: index, index: 0) }
            forget(producer)
        }
    }

    /// `relu(conv(x))` is one pass over memory.
    private mutating func fuseActivations() {
        for index in nodes.indices {
            follow(index)
            guard let map = nodes[index].operation as? UnaryMap, let activation = Activation(map.unary),
                let producer = soleProducer(of: nodes[index].inputs[0]),
                let fused = (nodes[producer].operation as? any FusesActivation)?.fusing(activation)
            else { continue }
            nodes[producer].operation = fused
            redirect(nodes[index].results[0], to: nodes[producer].results[0])
        }
        followOutputs()
    }

    /// A convolution and the pooling behind it become one step, which may do a stripe of rows at a time.
    private mutating func joinPoolings() {
        for index in nodes.indices {
            guard let pooling = nodes[index].operation as? Pooling, !pooling.keepsIndices,
                let producer = soleProducer(of: nodes[index].inputs[0]),
                let convolution = nodes[producer].operation as? Convolution,
                let joined = ConvolutionAndPooling(
                    convolution, pooling, inputs: nodes[producer].inputs.map { values[$0].shape })
            else { continue }
            replace(
                index,
                by: Node(
                    operation: joined, inputs: nodes[producer].inputs, results: nodes[index].results,
                    scope: nodes[producer].scope))
            forget(producer)
        }
    }

    private mutating func dropUnused() {
        var used = Set(outputs)
        for index in nodes.indices.reversed() {
            if nodes[index].results.contains(where: used.contains) {
                used.formUnion(nodes[index].inputs)
            } else {
                forget(index)
            }
        }
        nodes.removeAll { $0.results.isEmpty }
        renumber()
        release(values.indices)
    }

    mutating func renumber() {
        for (index, node) in nodes.enumerated() {
            for (position, result) in node.results.enumerated() {
                values[result].origin = .result(node: index, index: position)
            }
        }
    }

    private func constant(_ value: Int) -> Tensor? {
        guard case .constant(let tensor) = values[value].origin else { return nil }
        guard let factors = values[value].factors else { return tensor }
        let multiplied = Storage(byteCount: Arrangement.byteCount(of: nil, tensor.shape))
        multiplied.fill(with: tensor.rowMajorStorage, tensor.shape, times: factors)
        return Tensor(shape: tensor.shape, content: .stored(multiplied, nil))
    }

    private mutating func append(_ tensor: Tensor) -> Int { append(tensor.shape, .constant(tensor.rowMajor)) }

    /// The node that makes a value which a node reads, and nobody else; an output of the network has one more reader.
    func soleProducer(of value: Int) -> Int? {
        guard case .result(let node, 0) = values[value].origin, uses.count(value) == 1 else { return nil }
        return node
    }

    /// Takes a node out of the order; it is swept away with the others that nobody reads.
    mutating func forget(_ node: Int) {
        setInputs(of: node, to: [])
        nodes[node].results = []
    }

    mutating func setInputs(of node: Int, to inputs: [Int]) {
        uses.remove(nodes[node].inputs)
        uses.add(inputs)
        nodes[node].inputs = inputs
    }

    private mutating func replace(_ index: Int, by node: Node) {
        setInputs(of: index, to: node.inputs)
        nodes[index] = node
    }

    /// Makes every reader of one value read another, and forgets the node that made the first.
    ///
    /// Readers come behind the node that made the value: they are changed when their turn comes, by ``follow(_:)``.
    private mutating func redirect(_ value: Int, to other: Int) {
        if case .result(let node, _) = values[value].origin { forget(node) }
        uses.replace(value, by: other)
    }

    /// Makes a node read what has taken the place of its inputs.
    private mutating func follow(_ node: Int) {
        for (place, input) in nodes[node].inputs.enumerated() { nodes[node].inputs[place] = uses.current(input) }
    }

    private mutating func followOutputs() { outputs = outputs.map { uses.current($0) } }
}

/// An operation that can apply an activation to its result before storing it.
protocol FusesActivation: Operation {
    var activation: Activation? { get set }
}

extension FusesActivation {
    func fusing(_ activation: Activation) -> Self? {
        guard self.activation == nil else { return nil }
        var fused = self
        fused.activation = activation
        return fused
    }
}

extension Convolution: FusesActivation {}
