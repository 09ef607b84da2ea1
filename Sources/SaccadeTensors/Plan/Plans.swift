import SaccadePrelude
import Synchronization

/// A network's plans for inputs of any shapes, each made when inputs of its shapes first come.
///
///     let plans = Plans(rounding: [[.powerOfTwo(upTo: 512), .exact]], options: .init(tuning: .nearest)) { [head($0[0])] }
///     let scores = try plans.run([features])[0]   // [K, classes] for [K, D], any K
///
/// The plans share their weights where they want them in the same order, so that another shape costs little memory. Past
/// the limits the plan that was not asked for the longest is let go. Any number of tasks may use them at once. The weights
/// are those at the time of the first plan.
///
/// Kernels for a new shape are timed, unless ``Plan/Options/tuning`` says otherwise: where sizes vary, that should be
/// ``TuningPolicy/nearest``.
public final class Plans: Sendable {
    /// How the length of an axis is rounded, so that fewer plans are needed. What is added are zeros behind the others.
    public enum Rounding: Sendable, Hashable {
        /// A plan for every length.
        case exact
        /// Up to the next multiple. Outputs are those of the larger input: they are not cut back, and differ wherever the
        /// network sees the zeros.
        case multiple(of: Int)
        /// The first axis, up to 1, 2, 4, … and beyond `upTo` to a multiple of it. Outputs are cut back to the length that
        /// they have without the additional rows. So a row of the outputs must depend on no other row of this input.
        case powerOfTwo(upTo: Int)

        func length(_ length: Int) -> Int {
            func multiple(_ step: Int) -> Int { (length + step - 1) / step * step }
            switch self {
            case .exact: return length
            case .multiple(let step): return multiple(step)
            case .powerOfTwo(let most):
                guard length < most else { return multiple(most) }
                return length < 2 ? length : min(1 << (Int.bitWidth - (length - 1).leadingZeroBitCount), most)
            }
        }
    }

    private struct State {
        /// By the shapes of the inputs, and how they lie.
        var plans: LeastRecentlyUsed<[Operand], Plan>
        /// The shapes of outputs, where they are not those of a plan.
        var outputShapes = LeastRecentlyUsed<[Shape], [Shape]>(capacity: 1024)
    }

    private let rounding: [[Rounding]]?
    private let memory: Int
    private let options: Plan.Options
    private let names: [Parameter: String]
    private let network: @Sendable ([Tensor]) throws -> [Tensor]
    private let constants = SharedConstants()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - rounding: For every axis of every input; `nil` rounds nothing.
    ///   - limit: How many plans to keep; at least 1.
    ///   - memory: How many bytes the plans kept may need for one run of each, beside the weights; the last one stays in any
    ///     case.
    ///   - names: What checkpoints call the parameters, for the names of operations.
    ///   - network: What to apply to inputs, as they are or rounded. It is traced; see ``Plan``.
    public init(
        rounding: [[Rounding]]? = nil, limit: Int = 8, memory: Int = .max, options: Plan.Options = Plan.Options(),
        names: [Parameter: String] = [:], _ network: @escaping @Sendable ([Tensor]) throws -> [Tensor]
    ) {
        require(limit >= 1, "Plans: the limit must be at least 1, got \(limit)")
        for (axis, rule) in (rounding ?? []).flatMap({ $0.enumerated() }) {
            switch rule {
            case .exact: break
            case .multiple(let step): require(step >= 1, "Plans: multiples of \(step)")
            case .powerOfTwo(let most):
                require(axis == 0, "Plans: axis \(axis) cannot be cut back, the first alone can")
                require(most >= 1, "Plans: powers of 2 up to \(most)")
            }
        }
        self.rounding = rounding
        self.memory = memory
        self.options = options
        self.names = names
        self.network = network
        state = Mutex(State(plans: LeastRecentlyUsed(capacity: limit)))
    }

    /// Computes the outputs.
    ///
    /// - Parameter lending: As for ``Plan/run(_:lending:)``.
    /// - Throws: ``ShapeError`` where there are not as many inputs and axes as there are rules, or the network cannot be
    ///   applied to inputs of such sizes, and whatever the network throws.
    public func run(_ inputs: [Tensor], lending: Bool = false) throws -> [Tensor] {
        let shapes = inputs.map(\.shape)
        let (padded, uncut) = (try rounded(shapes), try rounded(shapes, rows: false))
        // A plan needs something to compute; no boxes at all are no reason to fail.
        if shapes.contains(where: { $0.elementCount == 0 }) {
            let results = try outputShapes(for: uncut)
            if results.allSatisfy({ $0.elementCount == 0 }) { return results.map { Tensor([], shape: $0) } }
        }
        let rows = zip(inputs, padded).map { $0.shape == $1 ? $0 : $0.filledUp(to: $1) }
        let results = try plan(for: rows.map(\.operand)).run(rows, lending: lending)
        guard padded != uncut else { return results }
        return zip(results, try outputShapes(for: uncut)).map { result, shape in
            result.shape == shape ? result : result.sliced(axis: 0, 0..<shape[0])
        }
    }

    /// Computes the output of a network that has one input and one output.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let outputs = try run([input])
        require(outputs.count == 1, "these plans have \(outputs.count) outputs: use run(_:)")
        return outputs[0]
    }

    /// The plan for inputs of such shapes, once they are rounded; it is made where there is none yet.
    ///
    /// Two tasks that ask for new shapes at the same time may both make the plan; one of them is kept.
    ///
    /// - Parameter tuning: How kernels are chosen where the plan has to be made; `nil` as the options say. For the sizes that
    ///   come most often ``TuningPolicy/exact`` pays, and those near to them profit.
    /// - Throws: As ``run(_:lending:)``.
    @discardableResult public func plan(for shapes: [Shape], tuning: TuningPolicy? = nil) throws -> Plan {
        try plan(for: try rounded(shapes).map { Operand($0) }, tuning)
    }

    /// How many plans are kept.
    public var count: Int { state.withLock { $0.plans.count } }

    /// Bytes of the weights that the plans made so far hold.
    package var weightByteCount: Int { constants.byteCount }

    private func plan(for operands: [Operand], _ tuning: TuningPolicy? = nil) throws -> Plan {
        if let plan = state.withLock({ $0.plans[operands] }) { return plan }
        var options = options
        options.tuning = tuning ?? options.tuning
        let plan = try Plan(checking: operands, options: options, names: names, sharing: constants, network)
        return state.withLock { state in
            if let other = state.plans[operands] { return other }
            state.plans.set(plan, for: operands)
            while state.plans.count > 1, state.plans.all.reduce(0, { $0 + $1.value.arenaByteCount }) > memory {
                state.plans.removeOldest()
            }
            return plan
        }
    }

    /// - Parameter rows: Whether axes are rounded that outputs are cut back along.
    private func rounded(_ shapes: [Shape], rows: Bool = true) throws(ShapeError) -> [Shape] {
        guard let rounding else { return shapes }
        guard rounding.count == shapes.count, zip(rounding, shapes).allSatisfy({ $0.count == $1.rank }) else {
            throw ShapeError(
                "the network takes \(rounding.count) input(s) of \(rounding.map { "\($0.count)" }.joined(separator: ", ")) "
                    + "axes, and was given \(shapes)")
        }
        return zip(rounding, shapes).map { rules, shape in
            Shape(
                zip(rules, shape.dimensions).map { rule, length in
                    if case .powerOfTwo = rule, !rows { length } else { rule.length(length) }
                })
        }
    }

    private func outputShapes(for shapes: [Shape]) throws -> [Shape] {
        if let known = state.withLock({ $0.outputShapes[shapes] }) { return known }
        let graph = try Trace.checked(shapes, network)
        let made = graph.outputs.map { graph.values[$0].shape }
        state.withLock { $0.outputShapes.set(made, for: shapes) }
        return made
    }
}

extension Tensor {
    /// The elements at the start of each axis of a larger tensor, which is zero elsewhere.
    fileprivate func filledUp(to whole: Shape) -> Tensor {
        var view = View(whole)
        view.lengths = shape.dimensions
        return Placement(view, name: "filled up")(self)
    }
}
