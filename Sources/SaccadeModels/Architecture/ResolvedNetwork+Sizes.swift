import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors

// Which sizes beside the usual one a network takes.
extension ResolvedNetwork {
    /// What the network makes of an input, worked out layer by layer with the weights that there are.
    ///
    /// - Parameter shape: `[N, C, H, W]` or `[N, C]`.
    /// - Returns: `[N, …]`.
    /// - Throws: ``RecipeError`` with the layer at fault and the arithmetic that does not work out.
    func output(for shape: Shape) throws(RecipeError) -> Shape {
        let place = Location(file: source)
        guard shape.rank == input.rank + 1, shape[1] == input[0] else {
            throw RecipeError("\(name) is for inputs \(modelInput(named: "input")), got \(shape)", at: place)
        }
        let size = Shape(Array(shape.dimensions.dropFirst()))
        if size == input { return try output.with(batch: shape[0], place) }
        if let layer = layerThatFixesSize {
            let wanted = "[N, \(input.dimensions.map(String.init).joined(separator: ", "))]"
            throw layer.place(source).error(
                "it fixes the size of the input, for it has weights for each place; \(name) is for inputs \(wanted), "
                    + "got \(shape)")
        }
        guard size.dimensions.allSatisfy({ (1...InputSize.maximumLength).contains($0) }),
            size.elementCount <= InputSize.maximumElementCount
        else {
            throw RecipeError("an input of \(shape) cannot be: each image needs \(InputSize.hint)", at: place)
        }
        return try chain(layers, size).with(batch: shape[0], place)
    }

    private func chain(_ layers: [ResolvedLayer], _ input: Shape) throws(RecipeError) -> Shape {
        var shape = input
        for layer in layers { shape = try result(of: layer, for: shape) }
        return shape
    }

    private func result(of layer: ResolvedLayer, for input: Shape) throws(RecipeError) -> Shape {
        let place = layer.place(source)
        var output = input
        switch layer.body {
        case .layer(let body):
            guard let body = body as? any SizedLayer else {
                wrongProgram("\(layer.path): \(body) has no rule for sizes")
            }
            if let conv = body as? ConvTranspose2D { try Resolver.requireLength(of: input, stride: conv.stride, place) }
            do {
                let shape = try body.resultShape(for: Shape([1] + input.dimensions))
                output = Shape(Array(shape.dimensions.dropFirst()))
            } catch { throw place.error(error) }
        case .activation: break
        case .residual(let body, let shortcut):
            output = try Resolver.sum(chain(body, input), chain(shortcut, input), place)
        case .parallel(let branches):
            var shapes: [Shape] = []
            for branch in branches { shapes.append(try chain(branch, input)) }
            output = try Resolver.joined(shapes, place)
        case .auxiliary(let head, _): _ = try chain(head, input)
        }
        try Resolver.requireBounds(output, place)
        return output
    }
}

extension ResolvedNetwork {
    /// Height and width are free unless a layer fixes them, channels and vectors never.
    func modelInput(named name: String) -> ModelInput {
        let lengths = input.dimensions.enumerated().map { axis, length in
            axis > 0 && layerThatFixesSize == nil ? .free(rule(for: axis)) : ModelInput.Length.fixed(length)
        }
        return ModelInput(name, [.batch] + lengths)
    }

    /// The layer that has weights for each place of an image, so that there can be neither more nor fewer; nil where
    /// none has.
    var layerThatFixesSize: ResolvedLayer? {
        var varies = input.rank == 3
        return Self.layerThatFixesSize(in: layers, &varies)
    }

    /// - Parameter varies: Whether the size of what comes in depends on that of the network's input; then, of what comes
    ///   out.
    private static func layerThatFixesSize(in layers: [ResolvedLayer], _ varies: inout Bool) -> ResolvedLayer? {
        for layer in layers where varies {
            switch layer.body {
            case .layer(is GlobalAveragePool2D), .layer(is AdaptiveAveragePool2D): varies = false
            case .layer(is Linear), .layer(is LayerNorm): return layer
            case .layer(is BatchNorm2D): if layer.input.rank == 1 { return layer }
            case .layer, .activation: break
            case .residual(let body, let shortcut):
                if let layer = layerThatFixesSize(inAny: [body, shortcut], &varies) { return layer }
            case .parallel(let branches):
                if let layer = layerThatFixesSize(inAny: branches, &varies) { return layer }
            case .auxiliary(let head, _):
                var varies = true
                if let layer = layerThatFixesSize(in: head, &varies) { return layer }
            }
        }
        return nil
    }

    private static func layerThatFixesSize(
        inAny branches: [[ResolvedLayer]], _ varies: inout Bool
    ) -> ResolvedLayer? {
        var results: [Bool] = []
        for branch in branches {
            var varies = varies
            if let layer = layerThatFixesSize(in: branch, &varies) { return layer }
            results.append(varies)
        }
        varies = results.contains(true)
        return nil
    }

    /// Which lengths an axis may have, found by trying: where branches meet, only every second, fourth, … may fit.
    private func rule(for axis: Int) -> FreeLength {
        let usual = input[axis]
        func allows(_ length: Int) -> Bool { (try? chain(layers, input.replacing(axis, with: length))) != nil }
        guard let step = (1...Self.longestStep).first(where: { allows(usual + $0) }),
            (1...2 * step + 6).allSatisfy({ allows(usual + $0) == $0.isMultiple(of: step) })
        else {
            // No simple rule: each size is tried when it comes.
            return FreeLength(usual: usual)
        }
        // Kernels that do not fit any more: all smaller lengths are too small as well.
        var (least, below) = (usual, usual % step - step)
        while least - below > step {
            let middle = below + (least - below) / step / 2 * step
            if middle > 0, allows(middle) { least = middle } else { below = middle }
        }
        return FreeLength(usual: usual, multipleOf: step, plus: usual % step, least: least)
    }

    /// Five halvings of the size.
    private static let longestStep = 32
}

extension ResolvedLayer {
    fileprivate func place(_ source: String) -> Resolver.Place {
        .init(path: path, prefix: "", location: specification.location ?? Location(file: source))
    }

    var isAuxiliary: Bool { if case .auxiliary = body { true } else { false } }
}

extension Shape {
    /// `[batch, …]`.
    fileprivate func with(batch: Int, _ place: Location) throws(RecipeError) -> Shape {
        guard !elementCount.multipliedReportingOverflow(by: batch).overflow else {
            throw RecipeError("the results for a batch of \(batch) are too many to count", at: place)
        }
        return Shape([batch] + dimensions)
    }
}
