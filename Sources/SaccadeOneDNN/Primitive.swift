import CSaccadeOneDNN

/// What a tensor is to a primitive.
package enum Role: Hashable, Sendable {
    case source, source1, weights, bias, destination, mean, variance, scale, shift, workspace, scratchpad
    case dSource, dWeights, dBias, dDestination, dScale, dShift
    case concatenated(Int)

    var bridged: Int32 {
        let role =
            switch self {
            case .source: SDNN_SOURCE
            case .source1: SDNN_SOURCE_1
            case .weights: SDNN_WEIGHTS
            case .bias: SDNN_BIAS
            case .destination: SDNN_DESTINATION
            case .mean: SDNN_MEAN
            case .variance: SDNN_VARIANCE
            case .scale: SDNN_SCALE
            case .shift: SDNN_SHIFT
            case .workspace: SDNN_WORKSPACE
            case .scratchpad: SDNN_SCRATCHPAD
            case .dSource: SDNN_D_SOURCE
            case .dWeights: SDNN_D_WEIGHTS
            case .dBias: SDNN_D_BIAS
            case .dDestination: SDNN_D_DESTINATION
            case .dScale: SDNN_D_SCALE
            case .dShift: SDNN_D_SHIFT
            case .concatenated(let index): sdnn_role(rawValue: UInt32(sdnn_source(Int32(index))))
            }
        return Int32(role.rawValue)
    }
}

/// Which way a primitive goes through its operation.
package enum Pass: Hashable, Sendable {
    case inference, training, backwardData, backwardWeights

    var bridged: sdnn_pass {
        switch self {
        case .inference: SDNN_INFERENCE
        case .training: SDNN_TRAINING
        case .backwardData: SDNN_BACKWARD_DATA
        case .backwardWeights: SDNN_BACKWARD_WEIGHTS
        }
    }
}

/// A primitive that oneDNN is willing to make: its implementation and the layouts it wants.
package struct Descriptor: ~Copyable {
    let pointer: OpaquePointer

    /// Takes ownership of what `create` stores into its out-parameter.
    init(_ function: StaticString, create: (inout OpaquePointer?) -> Int32) throws(OneDNNError) {
        var pointer: OpaquePointer?
        try check(function, create(&pointer))
        guard let pointer else { throw OneDNNError(function: function, status: 0) }
        self.pointer = pointer
    }

    deinit { sdnn_descriptor_free(pointer) }

    /// The implementation's name in oneDNN's verbose output, such as `jit:avx512_core`.
    package var name: String { String(cString: sdnn_descriptor_name(pointer)) }

    /// The layout that the primitive expects of an argument, or `nil` where it takes none.
    package func layout(of role: Role) -> Layout? {
        var layout: OpaquePointer?
        guard sdnn_descriptor_layout(pointer, role.bridged, &layout) == 0, let layout else { return nil }
        return Layout.unique(owning: layout)
    }

    /// Moves on to oneDNN's next implementation of the same thing; `false` after the last.
    package func advance() -> Bool { sdnn_descriptor_next(pointer) == 0 }
}

/// Code for one operation on tensors of fixed shapes and layouts. It is compiled by ``prepare()``, or by the first run.
///
/// "Primitives … must be executed in the same thread they were created in", says oneDNN, unless they were
/// created with `scratchpad_mode_user`; then "the primitive execution [is] fully thread-safe". The bridge
/// always does that, which is why a caller brings the scratch memory.
package final class Primitive: @unchecked Sendable {  // compiled under a lock, else immutable; runs as quoted above
    let pointer: OpaquePointer
    /// The implementation's name in oneDNN's verbose output.
    package let name: String
    /// What ``run(at:)`` wants the addresses of, in order; a scratchpad, where there is one, comes last.
    package let arguments: [(role: Role, layout: Layout)]
    /// Bytes of scratch memory that a run needs; 0 where it needs none.
    package let scratchByteCount: Int

    private let roles: [Int32]
    private let layouts: [OpaquePointer?]

    /// - Parameter roles: The arguments, in the order in which ``run(at:)`` will get their addresses.
    package init(_ descriptor: borrowing Descriptor, roles: [Role]) throws(OneDNNError) {
        var arguments: [(role: Role, layout: Layout)] = []
        for role in roles {
            guard let layout = descriptor.layout(of: role) else {
                throw OneDNNError(function: "sdnn_descriptor_layout", status: 2)
            }
            arguments.append((role, layout))
        }
        let scratchpad = descriptor.layout(of: .scratchpad)
        if let scratchpad { arguments.append((.scratchpad, scratchpad)) }
        scratchByteCount = scratchpad?.byteCount ?? 0

        var pointer: OpaquePointer?
        try check("sdnn_primitive_make", sdnn_primitive_make(&pointer, descriptor.pointer))
        guard let pointer else { throw OneDNNError(function: "sdnn_primitive_make", status: 0) }
        self.pointer = pointer
        self.arguments = arguments
        name = descriptor.name
        self.roles = arguments.map(\.role.bridged)
        layouts = arguments.map { $0.layout.pointer }
    }

    deinit { sdnn_primitive_free(pointer) }

    /// Compiles the code, unless that was done before.
    package func prepare() throws(OneDNNError) { try check("sdnn_primitive_prepare", sdnn_primitive_prepare(pointer)) }

    /// Runs on the calling thread and its team, and waits.
    ///
    /// - Parameter addresses: One for each of ``arguments``, in order.
    package func run(at addresses: UnsafePointer<UnsafeMutableRawPointer?>) {
        let status = sdnn_run_at(pointer, Int32(roles.count), roles, layouts, addresses)
        // Shapes and layouts were checked when the primitive was made: what is left is a bug of ours.
        guard status == 0 else { primitive(self, returned: status) }
    }

    /// The primitive with its arguments at fixed places, for running again and again.
    ///
    /// - Parameter addresses: One for each of ``arguments``, in order, valid while the call lives; `nil` for those
    ///   that ``BoundPrimitive/move(_:to:)`` will bring.
    package func bound(to addresses: [UnsafeMutableRawPointer?]) throws(OneDNNError) -> BoundPrimitive {
        try BoundPrimitive(self, addresses)
    }
}

/// A ``Primitive`` whose arguments have addresses. Runs on one thread at a time, because it has one scratchpad.
package final class BoundPrimitive {
    private let primitive: Primitive
    private let roles: [Int32]
    private var memories: [OpaquePointer?] = []

    fileprivate init(_ primitive: Primitive, _ addresses: [UnsafeMutableRawPointer?]) throws(OneDNNError) {
        precondition(addresses.count == primitive.arguments.count, "one address for each argument")
        self.primitive = primitive
        roles = primitive.arguments.map(\.role.bridged)
        for (argument, address) in zip(primitive.arguments, addresses) {
            var memory: OpaquePointer?
            try check("sdnn_memory_make", sdnn_memory_make(&memory, argument.layout.pointer, address))
            memories.append(memory)
        }
    }

    deinit { for memory in memories { sdnn_memory_free(memory) } }

    /// Moves one argument to another place.
    package func move(_ argument: Int, to address: UnsafeMutableRawPointer) {
        sdnn_memory_move(memories[argument], address)
    }

    package func run() {
        let status = sdnn_run(primitive.pointer, Int32(roles.count), roles, memories)
        guard status == 0 else { SaccadeOneDNN.primitive(primitive, returned: status) }
    }
}

/// Not a `precondition`, whose message release builds leave out: a version of oneDNN that nobody has tried yet may want
/// an argument that the others did not.
private func primitive(_ primitive: Primitive, returned status: Int32) -> Never {
    let arguments = primitive.arguments.map { "\($0.role) \($0.layout.dimensions)" }.joined(separator: ", ")
    fatalError("oneDNN \(Library.version): \(primitive.name) with \(arguments) returned status \(status)")
}
