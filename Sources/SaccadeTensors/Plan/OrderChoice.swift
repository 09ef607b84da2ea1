import Foundation
import SaccadeOneDNN

extension Lowering {
    /// One way to compute a whole network.
    private struct Way {
        var precision: Precision
        var order: ElementOrder
        var label: String { "\(order.rawValue) \(precision.rawValue)" }
    }

    /// The program that runs fastest, of those that keep images in one order throughout.
    ///
    /// Kernel by kernel one would jump between orders, and pay for each jump; so whole programs are timed. One that
    /// multiplies bfloat16 must be faster than those in float32, too: without matrix units it often is not.
    static func fastestProgram(
        for graph: consuming Graph, _ options: Plan.Options, sharing constants: SharedConstants? = nil
    ) -> Program {
        guard graph.nodes.contains(where: { $0.operation is Convolution }) else {
            return program(for: graph, options, .blocked, sharing: constants)
        }
        func choosing(_ way: Way) -> Plan.Options {
            Plan.Options(
                precision: way.precision, allowsWinograd: options.allowsWinograd, tuning: options.tuning,
                keepsLayouts: options.keepsLayouts)
        }
        let precisions = [.float32] + (options.precision == .float32 ? [] : [options.precision])
        let ways = precisions.flatMap { precision in ElementOrder.allCases.map { Way(precision: precision, order: $0) }
        }
        let key = graph.key(
            "\(options.precision.rawValue) winograd \(options.allowsWinograd)"
                + (options.keepsLayouts ? " keeping layouts" : ""))
        // Images in blocks are what every kernel knows.
        let plainest = Way(precision: options.precision, order: .blocked)
        guard options.tuning != .plainest else {
            return program(for: graph, choosing(plainest), plainest.order, sharing: constants)
        }
        let known = Tuner.shared.choice(for: key.text, renewing: options.tuning == .exact)
        if let known = ways.first(where: { $0.label == known }) {
            return program(for: graph, choosing(known), known.order, sharing: constants)
        }
        if options.tuning == .nearest || options.tuning == .nearestOrExact {
            let wins = Tuner.shared.labels(near: key).lazy.compactMap { label in ways.first { $0.label == label } }
            if let way = wins.first ?? (options.tuning == .nearest ? plainest : nil) {
                Tuner.shared.borrow(key, way.label)
                return program(for: graph, choosing(way), way.order, sharing: constants)
            }
        }
        // One at a time, and made once more in the end: each holds all weights in an order of its own. Twice, for
        // what disturbs the machine lasts longer than one of them takes.
        let watch = Disturbance.Watch()
        var times = [[Duration]](repeating: [], count: ways.count)
        var meetings = [Int](repeating: 0, count: ways.count)
        for _ in 0..<2 {
            for (index, way) in ways.enumerated() {
                let runs = runs(of: program(for: copy graph, choosing(way), way.order))
                times[index] += runs.times
                meetings[index] = runs.meetings
            }
        }
        let best = times.map { $0.min() ?? .zero }
        let fastest = best.indices.min { best[$0] < best[$1] } ?? 0
        let winner = Timing.calmest(fastest, best, meetings: meetings)
        Tuner.shared.remember(
            key.text, ways[winner].label, watch.end(spread: Timing.spread(of: times[winner])), as: key.neighbourhood)
        return program(for: graph, choosing(ways[winner]), ways[winner].order, sharing: constants)
    }

    /// How long a program takes, over and over, and how often its threads meet in a run.
    private static func runs(of program: Program) -> (times: [Duration], meetings: Int) {
        let memory = ProgramMemory(program)
        // Zeros in, so that no kernel meets a number that slows it down.
        let inputs = program.inputs.map { input in
            let storage = Storage(byteCount: input.byteCount)
            storage.address.initializeMemory(as: UInt8.self, repeating: 0, count: input.byteCount)
            return storage
        }
        memory.read(inputs)
        let meetings = Threads.meetings { program.run(in: memory) }
        let clock = ContinuousClock()
        var times: [Duration] = []
        var spent = Duration.zero
        // Of long programs one run tells enough: somebody waits for it.
        while times.isEmpty || (times.count < 20 && spent < .milliseconds(300)) {
            let elapsed = clock.measure { program.run(in: memory) }
            times.append(elapsed)
            spent += elapsed
        }
        return withExtendedLifetime(inputs) { (times, meetings) }
    }
}

extension Graph {
    /// Raised where plans learn what changes which order is the fastest, such as other kernels for one of them: a choice
    /// of before, which a machine keeps, must not stand for ever.
    private static let generation = 2

    /// What the choice of an order is kept under.
    fileprivate func key(_ options: String) -> TuningKey {
        let sizes = inputs.map(\.shape).flatMap { shape in
            shape.rank < 2 ? [shape.elementCount] : [shape[0], shape.elementCount / max(shape[0], 1)]
        }
        // Images that another plan has lent lie in one of two orders.
        let orders = inputs.map { input in
            guard let layout = input.arrangement?.layout else { return "" }
            let isChannelsLast =
                layout.dimensions.count == 4
                && layout
                    === Layout.channelsLast(
                        layout.dimensions, layout.elementType ?? .float32)
            return isChannelsLast ? " channels last" : " blocks"
        }
        let options = options + orders.joined()
        // Operations hold lengths of their inputs: names and the shapes of the weights have to do.
        let family = nodes.map { node in
            "\(node.operation.name)"
                + node.inputs.map { value in
                    if case .constant = values[value].origin { "\(value)\(values[value].shape)" } else { "\(value)" }
                }.joined(separator: " ")
        }
        return TuningKey(
            text: "plan \(Self.generation) \(signature) \(options)",
            family: "plan \(Self.generation) \(family.joined(separator: "\n")) \(options)", sizes: sizes)
    }

    /// Tells graphs apart by their operations and shapes: a 64-bit FNV-1a hash, the same in every process.
    private var signature: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        var texts: [AnyHashable: String] = [:]  // to make one takes longer than to mix it
        for node in nodes {
            let operation = AnyHashable(node.operation)
            let text = texts[operation] ?? "\(node.operation)"
            texts[operation] = text
            mix(text)
            for value in node.inputs { mix("\(value)\(values[value].shape)") }
        }
        return String(hash, radix: 16)
    }
}
