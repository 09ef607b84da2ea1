import SaccadeTensors

/// ONNX counts places in the whole tensor, `((n · C + c) · H + row) · W + column`, where a pooling here counts them in each
/// plane.
extension StepWriter {
    /// What the places in the whole tensor are called.
    var placesName: String { between("places") }

    mutating func poolWithPlaces(
        _ kernel: Pair, _ stride: Pair, _ padding: Padding, _ dilation: Pair, _ roundsUp: Bool
    ) throws {
        guard case .fixed(let height) = lengths[0][2], case .fixed(let width) = lengths[0][3] else {
            throw dependsOnBatch
        }
        var attributes = window(stride: stride, padding: padding, dilation: dilation)
        attributes["kernel_shape"] = .integers(kernel.both)
        if roundsUp { attributes["ceil_mode"] = .integer(1) }
        add("MaxPool", also: [placesName], with: attributes)
        guard wantsPlanes else { return }
        add("Mod", [placesName], constants: [.integers([height * width])], to: between("places in planes"))
        add("Cast", [between("places in planes")], to: results[1], with: Self.toFloat)
    }

    mutating func unpool(to size: Pair) throws {
        guard case .fixed(let channels) = lengths[0][1], case .fixed(let height) = lengths[0][2],
            case .fixed(let width) = lengths[0][3]
        else { throw dependsOnBatch }
        guard size.height >= height, size.width >= width else {
            throw Problem.unsupported("an unpooling from planes of \(Pair(height, width)) to smaller ones of \(size)")
        }
        let places = flatPlaces ?? flattenPlaces(channels, size)
        let isMultiple = size.height % height == 0 && size.width % width == 0
        // The size follows from windows side by side, or is said.
        let window = isMultiple ? [size.height / height, size.width / width] : [1, 1]
        if !isMultiple {
            add("Shape", [inputs[0]], to: between("batch and channels"), with: ["end": .integer(2)])
            add(
                "Concat", [between("batch and channels")], constants: [.integers(size.both)], to: between("shape"),
                with: ["axis": .integer(0)])
        }
        add(
            "MaxUnpool", [inputs[0], places] + (isMultiple ? [] : [between("shape")]),
            with: ["kernel_shape": .integers(window), "strides": .integers(window)])
    }

    /// Places in planes as places in the whole tensor.
    ///
    /// - Returns: What they are called.
    private mutating func flattenPlaces(_ channels: Int, _ size: Pair) -> String {
        func number(_ number: Int) -> Constant { .integers([number], shape: []) }
        let one: Shape = [1, channels, 1, 1]
        let plane = size.product
        add("Shape", [inputs[0]], to: between("batch"), with: ["end": .integer(1)])
        add("Squeeze", [between("batch")], to: between("count"))
        // N, …, 1 are taken from N: what stays are the pictures' numbers.
        add("Range", [between("count")], constants: [number(0), number(-1)], to: between("countdown"))
        add("Sub", [between("count"), between("countdown")], to: between("pictures"))
        add("Mul", [between("pictures")], constants: [number(channels * plane)], to: between("starts"))
        add("Reshape", [between("starts")], constants: [.integers([-1, 1, 1, 1])], to: between("starts of pictures"))
        add(
            "Add", [between("starts of pictures")],
            constants: [.integers((0..<channels).map { $0 * plane }, shape: one)], to: between("starts of planes"))
        add("Cast", [inputs[1]], to: between("places in planes"), with: ["to": .integer(ElementType.int64.rawValue)])
        add("Add", [between("places in planes"), between("starts of planes")], to: placesName)
        return placesName
    }
}
