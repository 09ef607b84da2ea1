extension Graph {
    /// The most bytes that values take at one time when the operations run in order and each value is freed after
    /// its last reader. Inputs count, parameters and constants do not; neither does the scratch memory of kernels.
    ///
    /// - Parameter overwrites: Whether an elementwise operation may put its result where its input was, as plans do.
    package func peakByteCount(overwrites: Bool) -> Int {
        // A reshape is another name for the same memory.
        var memory = Array(values.indices)
        for node in nodes where node.operation is Reshape { memory[node.results[0]] = memory[node.inputs[0]] }
        let isCounted = values.map { value in
            switch value.origin {
            case .input, .result: true
            case .parameter, .constant, .released: false
            }
        }
        var lastReader = [Int](repeating: -1, count: values.count)
        for (index, node) in nodes.enumerated() {
            for value in node.inputs { lastReader[memory[value]] = index }
        }
        for output in outputs { lastReader[memory[output]] = nodes.count }

        func byteCount(_ value: Int) -> Int { values[value].shape.elementCount * MemoryLayout<Float>.stride }
        var live = 0
        for (index, value) in values.enumerated() {
            if case .input = value.origin { live += byteCount(index) }
        }
        var peak = live
        for (index, node) in nodes.enumerated() where !(node.operation is Reshape) {
            var dying = Set(node.inputs.map { memory[$0] }.filter { isCounted[$0] && lastReader[$0] == index })
            if overwrites, node.operation.isElementwise,
                let victim = dying.first(where: { values[$0].shape == values[node.results[0]].shape })
            {
                dying.remove(victim)
                live -= byteCount(victim)
            }
            live += node.results.reduce(0) { $0 + byteCount($1) }
            peak = max(peak, live)
            live -= dying.reduce(0) { $0 + byteCount($1) }
            // Results that nobody reads.
            live -= node.results.reduce(0) { $0 + (lastReader[$1] < 0 ? byteCount($1) : 0) }
        }
        return peak
    }
}

extension Operation {
    /// Whether each element of the result depends on the elements at the same place only.
    fileprivate var isElementwise: Bool { self is UnaryMap || self is BinaryMap || self is BatchNormInference }
}
