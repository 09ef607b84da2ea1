import SaccadeTensors

/// ONNX counts places in the whole tensor, `((n · C + c) · H + row) · W + column`, where a pooling here counts them in each
/// plane.
extension StepWriter {
    /// What the places in the whole tensor are called.
    var placesName: String { between("places") }

    mutating func poolWithPlaces(
        _ kernel: Pair, _ stride: Pair, _ padding: Padding, _ dilation: Pair, _ ceilMode: Bool
    ) {
        var attributes = window(stride: stride, padding: padding, dilation: dilation)
        attributes["kernel_shape"] = .integers(kernel.both)
        if ceilMode { attributes["ceil_mode"] = .integer(1) }
        add("MaxPool", also: [placesName], with: attributes)
        guard wantsPlanes else { return }
        let plane = product(lengths[0][2], lengths[0][3], to: between("plane"))
        add("Mod", [placesName] + plane.inputs, constants: plane.constants, to: between("places in planes"))
        add("Cast", [between("places in planes")], to: results[1], with: Self.toFloat)
    }

    mutating func unpool() throws {
        let (plane, size) = (lengths[0].dropFirst(2), resultLengths.dropFirst(2))
        guard zip(plane, size).allSatisfy({ zip($0.samples, $1.samples).allSatisfy(<=) }) else {
            let (from, to) = (plane.map { $0.samples[0] }, size.map { $0.samples[0] })
            throw Problem.unsupported(
                "an unpooling from planes of \(Pair(from[0], from[1])) to smaller ones of \(Pair(to[0], to[1]))")
        }
        let places = flatPlaces ?? flattenPlaces()
        // The size follows from windows side by side, or is said.
        let windows = zip(plane, size).compactMap { window(from: $0.samples, to: $1.samples) }
        let isMultiple = windows.count == 2
        let attribute = ONNXNode.Attribute.integers(isMultiple ? windows : [1, 1])
        add(
            "MaxUnpool", [inputs[0], places], constants: isMultiple ? [] : [.lengths(resultLengths)],
            with: ["kernel_shape": attribute, "strides": attribute])
    }

    /// How long windows are that make up other lengths, so many of them side by side; `nil` where there are none.
    private func window(from counts: [Int], to lengths: [Int]) -> Int? {
        guard counts[0] > 0, lengths[0] % counts[0] == 0 else { return nil }
        let window = lengths[0] / counts[0]
        return zip(counts, lengths).allSatisfy { $0 * window == $1 } ? window : nil
    }

    /// Places in planes as places in the whole tensor.
    ///
    /// - Returns: What they are called.
    private mutating func flattenPlaces() -> String {
        func number(_ number: Int) -> Constant { .integers([number], shape: []) }
        let (images, channels) = (lengths[0][0], lengths[0][1])
        let count = product(images, channels, to: between("planes"))
        add("Squeeze", count.inputs, constants: count.constants, to: between("count"))
        // Their count, …, 1 are taken from the count: what stays are the planes' numbers.
        add("Range", [between("count")], constants: [number(0), number(-1)], to: between("countdown"))
        add("Sub", [between("count"), between("countdown")], to: between("numbers of planes"))
        let plane = product(resultLengths[2], resultLengths[3], to: between("plane"))
        add("Mul", [between("numbers of planes")] + plane.inputs, constants: plane.constants, to: between("starts"))
        let one = Length(samples: images.samples.map { _ in 1 })
        add(
            "Reshape", [between("starts")], constants: [.lengths([images, channels, one, one])],
            to: between("starts of planes"))
        add("Cast", [inputs[1]], to: between("places in planes"), with: ["to": .integer(ElementType.int64.rawValue)])
        add("Add", [between("places in planes"), between("starts of planes")], to: placesName)
        return placesName
    }

    /// The product of two lengths, as one more input of a node: a constant, or else what the file computes when it is run.
    private mutating func product(
        _ first: Length, _ second: Length, to name: String
    ) -> (inputs: [String], constants: [Constant]) {
        if let first = first.fixed, let second = second.fixed { return ([], [.integers([first * second])]) }
        add("Mul", [], constants: [.lengths([first]), .lengths([second])], to: name)
        return ([name], [])
    }
}
