import CSaccadeKernels
import SaccadeOneDNN

/// `source · weightsᵀ + bias` and an activation. Inputs: `[N, I]`, `[O, I]`, then `[O]` if there is a bias.
struct InnerProduct: FusesActivation {
    let hasBias: Bool
    var activation: Activation?

    var name: String { "linear" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[0].rank == 2, inputs[1].rank == 2, inputs[0][1] == inputs[1][1] else {
            throw ShapeError("linear: inputs \(inputs[0]) and weights \(inputs[1]) differ in their last axis")
        }
        if hasBias && inputs[2] != [inputs[1][0]] {
            throw ShapeError("linear: a bias of shape \(inputs[2]) does not fit \(inputs[1][0]) outputs")
        }
        return [[inputs[0][0], inputs[1][0]]]
    }

    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { inputs[0][0] * inputs[1].elementCount }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let geometry = InnerProductGeometry(inputs: request.inputs[0].shape, weights: request.inputs[1].shape)
        let kernels = geometry.kernels(
            .inference, request, fused: Fused(activation: activation?.unary.eltwise),
            roles: [.source, .weights] + (hasBias ? [.bias] : []) + [.destination])
        // Ours first: where it is as fast, the weights need no second copy in another order.
        return (rowProducts(request, geometry).map { [$0] } ?? []) + kernels
    }

    /// Our own kernel for few vectors and large weights, which reads those once and in order.
    private func rowProducts(_ request: KernelRequest, _ geometry: InnerProductGeometry) -> Kernel? {
        let (vectors, width, outputs) = (geometry.inputs[0], geometry.inputs[1], geometry.weights[0])
        guard request.precision == .float32, activation == nil || activation == .relu, (1...16).contains(vectors),
            geometry.multiplyAdds > 1_000_000
        else { return nil }
        let (hasBias, rectifies) = (hasBias, activation == .relu)
        var kernel = Kernel(request) { at in
            sk_row_products(
                vectors, width, outputs, at[0], at[1], hasBias ? at[2] : nil, rectifies ? 1 : 0, at[hasBias ? 3 : 2])
        }
        kernel.label = "rows"
        return kernel
    }
}

/// The gradient of the source. Inputs: weights, output gradient.
struct InnerProductSourceGradient: Operation {
    let geometry: InnerProductGeometry

    var name: String { "linear source gradient" }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [geometry.inputs] }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.multiplyAdds }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        geometry.kernels(.backwardData, request, roles: [.weights, .dDestination, .dSource])
    }
}

/// The gradients of weights and bias. Inputs: source, output gradient.
struct InnerProductWeightGradient: Operation {
    let geometry: InnerProductGeometry
    let hasBias: Bool

    var name: String { "linear weight gradient" }
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { geometry.multiplyAdds }
    func resultShapes(_ inputs: [Shape]) -> [Shape] { [geometry.weights] + (hasBias ? [[geometry.weights[0]]] : []) }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        geometry.kernels(
            .backwardWeights, request, roles: [.source, .dDestination, .dWeights] + (hasBias ? [.dBias] : []))
    }
}

/// What a linear layer and its gradients know about each other.
struct InnerProductGeometry: Hashable, Sendable {
    let inputs: Shape  // [N, I]
    let weights: Shape  // [O, I]

    var multiplyAdds: Int { inputs[0] * weights.elementCount }

    /// - Parameter roles: The inputs of the pass, then its results.
    func kernels(_ pass: Pass, _ request: KernelRequest, fused: Fused = Fused(), roles: [Role]) -> [Kernel] {
        let (counts, type) = (request.results.map(\.elementCount), request.precision.elementType)
        if inputs.elementCount == 0 || weights.elementCount == 0 { return [sumOfNothing(pass, request, counts)] }
        let output: Shape = [inputs[0], weights[0]]
        let bias: Layout? = roles.contains { $0 == .bias || $0 == .dBias } ? .rowMajor([weights[0]]) : nil
        func kernel(_ label: String, _ layout: ([Int], ElementType) -> Layout) throws(OneDNNError) -> Kernel {
            let descriptor = try Descriptor.innerProduct(
                pass, source: layout(inputs.dimensions, type),
                // Gradients go to an optimizer, which wants rows.
                weights: pass == .backwardWeights
                    ? .rowMajor(weights.dimensions, type) : layout(weights.dimensions, type), bias: bias,
                destination: layout(output.dimensions, type), fused: fused)
            return Kernel(
                try Primitive(descriptor, roles: roles), inputs: request.inputs.count, label: label)
        }
        do {
            let plain = try kernel("plain") { .rowMajor($0, $1) }
            // Blocked weights pay where they are laid out once and used often, as in a plan.
            guard multiplyAdds > 1_000_000, let blocked = try? kernel("blocked", { .any($0, $1) }),
                blocked.inputs != plain.inputs || blocked.results != plain.results
            else { return [plain] }
            return [plain, blocked]
        } catch {
            unavailable("a linear layer of \(inputs) by \(weights)", error)
        }
    }

    /// oneDNN leaves results alone where there is nothing to add up.
    private func sumOfNothing(_ pass: Pass, _ request: KernelRequest, _ counts: [Int]) -> Kernel {
        let (arguments, rows) = (request.inputs.count, inputs[0])
        return Kernel(request) { at in
            for (result, count) in counts.enumerated() { at[arguments + result].update(repeating: 0, count: count) }
            guard pass == .inference, arguments == 3, let outputs = counts.first.map({ $0 / max(rows, 1) }) else {
                return
            }
            for row in 0..<rows { (at[3] + row * outputs).update(from: at[2], count: outputs) }
        }
    }
}
