import SaccadeLayers
import SaccadeTensors

/// A line of a network before it is worked out: which operations of the trace belong to it.
///
/// Both a table of layers and a look at them one by one are made of lines.
struct TracedLine {
    /// With the names of the blocks around it and dots between.
    var name: String
    /// How many blocks it lies in.
    var depth: Int
    /// What it is; nil where its operations say.
    var kind: LayerKind?
    /// Indices into the graph's nodes, in the order in which they run; none where it hands on what it is given.
    var nodes: [Int]
    /// The value that it hands on, an index into the graph's values.
    var output: Int
    /// Whether it belongs to an auxiliary head.
    var isAuxiliary = false
}

/// A part of a network that runs as one straight line, and how its trace falls into lines.
struct TracedStage {
    /// Empty where the network is one part.
    let name: String
    let model: any Model
    /// Of its inputs, for one sample.
    let shapes: [Shape]
    let lines: @Sendable (Graph) -> [TracedLine]

    /// The parts of any network.
    ///
    /// - Parameter sizes: Lengths of free axes by the name of the input, in place of the usual ones.
    static func of(_ model: some StagedModel, sizes: [String: [Int]] = [:]) -> [TracedStage] {
        model.stages.map { name, part in
            TracedStage(
                name: name, model: part, shapes: part.inputs.map { $0.shape(batch: 1, free: sizes[$0.name]) }
            ) { $0.lines(results: part.outputs.count) }
        }
    }

    /// A network from a recipe, whose lines are the recipe's.
    static func of(_ network: ResolvedNetwork) -> TracedStage {
        // Nothing is joined across lines, so that every line has operations of its own.
        TracedStage(
            name: "", model: Network(network, fuses: false), shapes: [Shape([1] + network.input.dimensions)]
        ) { network.lines(in: $0) }
    }

    /// What it does to its inputs while it predicts, and beside it what auxiliary heads make of the way.
    var graph: Graph { graph(for: shapes) }

    func graph(for shapes: [Shape]) -> Graph {
        Trace.of(shapes, names: model.parameterNames) { inputs in
            let results = model.trainingResults(inputs)
            return results.outputs + results.auxiliary.map(\.result)
        }
    }
}

extension ModelInput {
    /// - Parameter free: Lengths of the free axes, in order; nil for the usual ones.
    func shape(batch: Int, free: [Int]?) -> Shape {
        var free = (free ?? [])[...]
        return Shape(
            zip(lengths, shape(batch: batch).dimensions).map { length, usual in
                if case .free = length { free.popFirst() ?? usual } else { usual }
            })
    }
}
