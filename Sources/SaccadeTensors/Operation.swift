package import SaccadeOneDNN

/// One step of a network: a rule for shapes, and the kernels that can compute it.
///
/// An operation is a value that holds its own settings (stride, axis, …) and no tensors. The public function
/// beside it applies it and says what its gradient is. Operations run eagerly, or become nodes of a ``Trace``
/// from which a ``Plan`` is made.
package protocol Operation: Hashable, Sendable {
    /// The name of the public function, for messages and tables.
    var name: String { get }

    /// The shapes of the results for inputs of these shapes, or why there can be none.
    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape]

    /// Kernels that compute the operation, the plainest first; at least one. Where there are several, they are
    /// timed.
    func kernels(_ request: KernelRequest) -> [Kernel]

    /// Multiplications that are followed by an addition.
    func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int

    /// The most elements that its weights may take beyond their own number in a kernel that computes less.
    func additionalWeights(_ inputs: [Shape]) -> Int
}

extension Operation {
    package func multiplyAdds(_ inputs: [Shape], _ results: [Shape]) -> Int { 0 }
    package func additionalWeights(_ inputs: [Shape]) -> Int { 0 }
}

/// What a kernel is wanted for.
package struct KernelRequest: Hashable, Sendable {
    package var inputs: [Operand]
    package var results: [Shape]
    /// The element type that heavy operations should compute with.
    package var precision: Precision
    /// Whether an operation of float32 numbers may round them to bfloat16 before it multiplies them, where that is
    /// faster; sums stay float32.
    package var allowsBFloat16: Bool
    /// Whether Winograd's algorithm may be used.
    package var allowsWinograd: Bool
    /// The order that results should lie in, where the kernel has a choice.
    package var order: ElementOrder
    /// Whether a gradient may be asked for, so that weights change between two runs.
    package var isTraining: Bool
    /// The inputs that are there now and never change, such as a plan's weights: they may be prepared at any cost.
    package var constantInputs: Set<Int>

    package init(
        inputs: [Operand], results: [Shape], precision: Precision = .float32, allowsWinograd: Bool = true,
        order: ElementOrder = .blocked, isTraining: Bool = false, allowsBFloat16: Bool = false,
        constantInputs: Set<Int> = []
    ) {
        self.inputs = inputs
        self.results = results
        self.precision = precision
        self.allowsWinograd = allowsWinograd
        self.order = order
        self.isTraining = isTraining
        self.allowsBFloat16 = allowsBFloat16
        self.constantInputs = constantInputs
    }
}

/// How images lie between the convolutions of a network. Changing from one to the other costs a pass over
/// memory, so a network stays with one.
package enum ElementOrder: String, Hashable, Sendable, CaseIterable {
    /// Sixteen or so channels of a pixel together: oneDNN's own order, which every kernel knows.
    case blocked
    /// All channels of a pixel together.
    case channelsLast
}

/// The numbers that a plan multiplies.
public enum Precision: String, Sendable, CaseIterable {
    case float32 = "f32"
    /// Eight bits of exponent as in float32, seven of fraction; sums are kept in float32.
    case bfloat16 = "bf16"

    var elementType: ElementType { self == .float32 ? .float32 : .bfloat16 }

    /// What convolutions and their gradients may multiply within ``withGradients(phase:except:precision:_:)``.
    @TaskLocal static var current = Precision.float32

    var isSupported: Bool { self == .float32 || Library.hasBFloat16 }
}

/// Where a kernel finds its inputs, results and scratch memory, in this order.
package struct Addresses {
    let base: UnsafePointer<UnsafeMutableRawPointer?>

    package subscript(index: Int) -> UnsafeMutablePointer<Float> {
        // Kernels are only run with every address present.
        base[index].unsafelyUnwrapped.assumingMemoryBound(to: Float.self)
    }
}

/// Makes what a kernel reads of a constant from its elements, row by row.
package struct ConstantTransform: Sendable {
    /// Tells it from every other one that makes something of the same layout: what was made is found again by it.
    package let name: String
    package let run: @Sendable (_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>) -> Void

    package init(
        _ name: String,
        run: @escaping @Sendable (_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>) -> Void
    ) {
        self.name = name
        self.run = run
    }
}

/// Code for one operation on inputs of fixed shapes and arrangements.
package struct Kernel: Sendable {
    package enum Body: Sendable {
        /// oneDNN's; its arguments are the inputs, then the results, then the scratchpad.
        case primitive(Primitive)
        /// Several lists of primitives: those of a list one after another, the lists on different threads.
        case lanes([[Part]])
        case loop(@Sendable (Addresses) -> Void)

        /// The primitives that a run needs.
        var primitives: [Primitive] {
            switch self {
            case .primitive(let primitive): [primitive]
            case .lanes(let lanes): lanes.flatMap { $0.map(\.primitive) }
            case .loop: []
            }
        }
    }

    /// A primitive that does a part of a kernel's work.
    package struct Part: Sendable {
        let primitive: Primitive
        /// For each argument of the primitive: which address of the kernel's, and how many bytes behind it.
        let operands: [(index: Int, offset: Int)]
    }

    /// How each input must lie; `nil` is row-major.
    package var inputs: [Arrangement?]
    /// How each result will lie.
    package var results: [Arrangement?]
    package var scratchByteCount: Int
    /// Tells this kernel from the others for the same operation, also in another process.
    package var label: String
    /// The input that the result must lie on top of, because the kernel adds to what is there.
    package var addend: Int?
    /// Whether the first result may lie where this input lies.
    package var inPlace: Int?
    /// Whether the result is the inputs as they lie, one behind the other: whoever makes them may make them there.
    package var joinsEndToEnd = false
    /// By input, for some of the request's constant ones: what makes the elements that the kernel reads. The input's
    /// arrangement, which it must have, then only says how many bytes come out.
    package var transforms: [Int: ConstantTransform] = [:]
    package var body: Body

    /// A loop over row-major tensors.
    package init(_ request: KernelRequest, inPlace: Int? = nil, _ body: @escaping @Sendable (Addresses) -> Void) {
        inputs = request.inputs.map { _ in nil }
        results = request.results.map { _ in nil }
        scratchByteCount = 0
        label = "loop"
        self.inPlace = inPlace
        self.body = .loop(body)
    }

    package init(
        inputs: [Arrangement?], results: [Arrangement?], inPlace: Int? = nil,
        loop body: @escaping @Sendable (Addresses) -> Void
    ) {
        self.inputs = inputs
        self.results = results
        scratchByteCount = 0
        label = "loop"
        self.inPlace = inPlace
        self.body = .loop(body)
    }

    /// - Parameter rowMajor: For each argument of the primitive, but the scratchpad, the layout that it has
    ///   when its tensor is row-major; `nil` where that is what its dimensions say.
    package init(
        _ primitive: Primitive, inputs count: Int, label: String? = nil, inPlace: Int? = nil, rowMajor: [Layout?]? = nil
    ) {
        let arguments = primitive.arguments.filter { $0.role != .scratchpad }
        let arrangements = arguments.enumerated().map { index, argument in
            let plain = rowMajor?[index] ?? .rowMajor(argument.layout.dimensions)
            return Arrangement(argument.layout, rowMajor: plain)
        }
        inputs = Array(arrangements.prefix(count))
        results = Array(arrangements.dropFirst(count))
        scratchByteCount = primitive.scratchByteCount
        self.label = label ?? primitive.name
        self.inPlace = inPlace
        body = .primitive(primitive)
    }

    /// - Parameter addresses: Those of the inputs, the results and the scratch memory.
    package func run(at addresses: UnsafePointer<UnsafeMutableRawPointer?>) {
        switch body {
        case .primitive(let primitive): primitive.run(at: addresses)
        case .lanes(let lanes):
            Threads.forEach(lanes.count) { lane in
                for part in lanes[lane] { part.run(at: addresses) }
            }
        case .loop(let loop): loop(Addresses(base: addresses))
        }
    }
}

extension Kernel.Part {
    fileprivate func run(at addresses: UnsafePointer<UnsafeMutableRawPointer?>) {
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: operands.count) { own in
            for (position, operand) in operands.enumerated() {
                own.initializeElement(at: position, to: addresses[operand.index].map { $0 + operand.offset })
            }
            primitive.run(at: UnsafePointer(own.baseAddress.unsafelyUnwrapped))
        }
    }
}

/// An operation that oneDNN should be able to do, and is not: a bug of this package.
func unavailable(_ operation: String, _ error: OneDNNError) -> Never {
    preconditionFailure("oneDNN cannot do \(operation): \(error)")
}
