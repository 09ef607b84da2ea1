import SaccadeTensors

/// The length of an axis in every trace of a network: two that are equal in all of them are taken to be equal always.
struct Length: Hashable {
    let samples: [Int]

    /// The length, where it is the same in all traces.
    var fixed: Int? { samples.allSatisfy { $0 == samples[0] } ? samples[0] : nil }
}

/// A network traced for several lengths of each free axis, to see what depends on which.
struct Traces {
    struct FreeAxis {
        let name: String
        let example: Int
        let multiple: Int
    }

    /// How many multiples are added to an example. The large ones are for what is rounded down: behind five strides of 2 a
    /// few pixels more make no difference.
    private static let steps = [1, 2, 3, 16, 65]

    let axes: [FreeAxis]
    let graphs: [Graph]
    /// For each graph, how many multiples each axis is longer than its example.
    private let steps: [[Int]]

    /// The first, for the examples.
    var graph: Graph { graphs[0] }
    var outputs: [Int] { graph.outputs }

    /// - Throws: `Problem` where axes contradict each other, the network cannot be applied to such inputs, or does different
    ///   things for different lengths.
    init(
        of inputs: [[ONNXExport.Axis]], names parameterNames: [Parameter: String] = [:],
        _ network: ([Tensor]) throws -> [Tensor]
    ) throws {
        axes = try Self.freeAxes(of: inputs)
        let axes = self.axes
        // Each alone, and all at once.
        let alone: [[Int]] = axes.indices.flatMap { axis in
            Self.steps.map { step in axes.indices.map { $0 == axis ? step : 0 } }
        }
        let together: [[Int]] = axes.count > 1 ? [axes.indices.map { 3 + 2 * $0 }] : []
        steps = [axes.map { _ in 0 }] + alone + together
        graphs = try steps.map { steps in
            let lengths = zip(axes, steps).map { $0.example + $0.multiple * $1 }
            let shapes = inputs.map { input in
                input.map { axis in
                    switch axis {
                    case .fixed(let length): length
                    case .free(let name, _, _): lengths[axes.firstIndex { $0.name == name } ?? 0]
                    }
                }
            }
            do {
                return try Trace.checked(shapes.map(Shape.init), names: parameterNames, network)
            } catch {
                let sizes = zip(axes, lengths).map { "\($0.name) = \($1)" }.joined(separator: ", ")
                throw Problem.unsupported("it cannot be applied where \(sizes): \(Problem(error).reason)")
            }
        }
        for (other, steps) in zip(graphs, steps)
        where other.nodes.count != graph.nodes.count || other.values.count != graph.values.count
            || zip(other.values, graph.values).contains(where: { $0.shape.rank != $1.shape.rank })
        {
            throw Problem.unsupported("it does different things for different \(names(where: steps.map { $0 > 0 }))")
        }
    }

    private static func freeAxes(of inputs: [[ONNXExport.Axis]]) throws -> [FreeAxis] {
        var axes: [FreeAxis] = []
        for axis in inputs.joined() {
            switch axis {
            case .fixed(let length):
                guard length >= 0 else { throw Problem.unsupported("an axis of length \(length)") }
            case .free(let name, let example, let multiple):
                guard multiple >= 1, multiple <= Limits.window, example >= 1, example <= Limits.elements,
                    !name.isEmpty
                else {
                    throw Problem.unsupported(
                        "the axis “\(name)”, in steps of \(multiple), cannot have the length \(example)")
                }
                if let same = axes.first(where: { $0.name == name }) {
                    guard (same.example, same.multiple) == (example, multiple) else {
                        throw Problem.unsupported("the axis \(name) is described in two ways")
                    }
                } else {
                    axes.append(FreeAxis(name: name, example: example, multiple: multiple))
                }
            }
        }
        return axes
    }

    /// The lengths of a value's axes.
    func lengths(of value: Int) -> [Length] {
        graph.values[value].shape.dimensions.indices.map { axis in
            Length(samples: graphs.map { $0.values[value].shape[axis] })
        }
    }

    /// A length that is `times` for every multiple of a free axis, and `plus`.
    struct Formula {
        let axis: Int
        let times: Int
        let plus: Int
    }

    /// - Returns: `nil` for lengths that are fixed, depend on several axes, or are rounded.
    func formula(of length: Length) -> Formula? {
        let varying = varying(length.samples)
        guard varying.count == 1, let axis = varying.first,
            let one = steps.firstIndex(where: { $0[axis] == 1 && $0.count(where: { $0 > 0 }) == 1 })
        else { return nil }
        let base = length.samples[0]
        let times = length.samples[one] - base
        guard zip(length.samples, steps).allSatisfy({ $0 == base + times * $1[axis] }) else { return nil }
        return Formula(axis: axis, times: times, plus: base - times * (axes[axis].example / axes[axis].multiple))
    }

    /// The free axes that something depends on, of which these are the values in all traces.
    func varying(_ samples: [some Equatable]) -> [Int] {
        axes.indices.filter { axis in
            zip(samples, steps).contains { sample, steps in
                steps[axis] > 0 && steps.count(where: { $0 > 0 }) == 1 && sample != samples[0]
            }
        }
    }

    /// Their names, for messages.
    func names(_ axes: [Int]) -> String { axes.map { self.axes[$0].name }.joined(separator: " and ") }

    private func names(where isMeant: [Bool]) -> String { names(axes.indices.filter { isMeant[$0] }) }
}
