import SaccadePrelude

extension Plan {
    /// Runs of a plan one after another, where some outputs of a run are inputs of the next: the state of a recurrent
    /// network, which stays in the session's memory from step to step.
    ///
    ///     let plan = Plan(for: [[1, 1], [1, 512]]) { … }     // a token and a state to scores and the next state
    ///     let session = plan.session(carrying: [(output: 1, input: 1)])
    ///     for token in text { scores = session.step([token])[0] }
    ///
    /// One thread at a time may use a session; a plan may have many.
    public func session(carrying pairs: [(output: Int, input: Int)]) -> Session { Session(self, pairs) }

    public final class Session {
        private let plan: Plan
        private let memory: ProgramMemory
        private let pairs: [(output: Int, input: Int)]
        /// The inputs of each run: those that are carried, and in the others' places what the caller gave last.
        private var storages: [Storage]
        /// Which inputs and outputs the caller knows.
        private let given: [Int]
        private let returned: [Int]

        init(_ plan: Plan, _ pairs: [(output: Int, input: Int)]) {
            for (output, input) in pairs {
                require(
                    plan.outputShapes.indices.contains(output) && plan.inputShapes.indices.contains(input)
                        && plan.outputShapes[output] == plan.inputShapes[input],
                    "a session cannot carry output \(output) of \(plan.outputShapes) to input \(input) of "
                        + "\(plan.inputShapes)")
            }
            (self.plan, self.pairs) = (plan, pairs)
            memory = ProgramMemory(plan.program)
            given = plan.inputShapes.indices.filter { index in !pairs.contains { $0.input == index } }
            returned = plan.outputShapes.indices.filter { index in !pairs.contains { $0.output == index } }
            storages = plan.program.inputs.map { Storage(byteCount: $0.byteCount) }
            reset()
        }

        /// Carries zeros into the next run.
        public func reset() {
            state = pairs.map { Tensor(filledWith: 0, shape: plan.inputShapes[$0.input]) }
        }

        /// What the next run is given of the last, in the order of the pairs.
        ///
        /// - Precondition: What is set has the shapes of the inputs.
        public var state: [Tensor] {
            get {
                pairs.map { pair in
                    let input = plan.program.inputs[pair.input]
                    let copy = Storage(byteCount: input.byteCount)
                    copy.address.copyMemory(from: storages[pair.input].address, byteCount: input.byteCount)
                    return Tensor(shape: input.shape, content: .stored(copy, input.arrangement)).rowMajor
                }
            }
            set {
                require(
                    newValue.count == pairs.count, "a session carries \(pairs.count) tensors, got \(newValue.count)")
                for (pair, tensor) in zip(pairs, newValue) {
                    let input = plan.program.inputs[pair.input]
                    require(tensor.shape == input.shape, "a session carries \(input.shape), got \(tensor.shape)")
                    let own = tensor.arranged(input.arrangement).stored("the state of").0
                    withExtendedLifetime(own) {
                        storages[pair.input].address.copyMemory(from: own.address, byteCount: input.byteCount)
                    }
                }
            }
        }

        /// Runs once.
        ///
        /// - Parameter inputs: Those that are not carried, in order.
        /// - Returns: The outputs that are not carried, in order.
        /// - Precondition: The inputs have the shapes that the plan was made for.
        public func step(_ inputs: [Tensor]) -> [Tensor] {
            require(
                inputs.map(\.shape) == given.map { plan.inputShapes[$0] },
                "a session of \(given.map { plan.inputShapes[$0] }) was given \(inputs.map(\.shape))")
            for (index, tensor) in zip(given, inputs) {
                storages[index] = tensor.arranged(plan.program.inputs[index].arrangement).stored("the elements of").0
            }
            memory.read(storages)
            plan.program.run(in: memory)
            let results = returned.map { memory.copy(plan.program.outputs[$0], shape: plan.outputShapes[$0]) }
            // Behind all: a carried output may be an input that another result still needs as it was.
            let next = pairs.map { memory.copy(plan.program.outputs[$0.output], shape: plan.outputShapes[$0.output]) }
            for (pair, tensor) in zip(pairs, next) {
                let input = plan.program.inputs[pair.input]
                let own = tensor.arranged(input.arrangement).stored("the state of").0
                withExtendedLifetime(own) {
                    storages[pair.input].address.copyMemory(from: own.address, byteCount: input.byteCount)
                }
            }
            return results
        }
    }
}
