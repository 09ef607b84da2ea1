import SaccadeOneDNN

/// What a choice between kernels was made for.
struct TuningKey: Sendable {
    /// Tells it from every other.
    let text: String
    let neighbourhood: Neighbourhood

    /// Of choices that differ in batch and area alone.
    struct Neighbourhood: Hashable, Sendable, Codable {
        /// A hash of everything else.
        let family: String
        /// The batch and the area of each input that varies.
        let sizes: [Int]

        /// The largest factor between a size here and there; `nil` for those of another family, or beyond 2.
        func distance(to other: Neighbourhood) -> Double? {
            guard family == other.family, sizes.count == other.sizes.count else { return nil }
            var largest = 1.0
            for (a, b) in zip(sizes, other.sizes) where a != b {
                guard min(a, b) > 0 else { return nil }
                largest = max(largest, Double(max(a, b)) / Double(min(a, b)))
            }
            return largest <= 2 ? largest : nil
        }
    }

    init(text: String, family: String, sizes: [Int]) {
        self.text = text
        neighbourhood = Neighbourhood(family: Self.hash(of: family), sizes: sizes)
    }

    /// - Parameter count: Of the candidates: another version of the program may know of more, and then chooses again.
    init(
        _ operation: any Operation, _ request: KernelRequest, candidates count: Int, among network: ColdWeights?
    ) {
        let constants = request.constantInputs
        func word(_ index: Int, _ lengths: [String]) -> String {
            (constants.contains(index) ? "=" : "") + "[\(lengths.joined(separator: ", "))]"
        }
        let sized = operation as? any SizedOperation
        let fixed = constants.union(sized?.weightInputs ?? [1])
        var (exact, open, sizes) = ("", "", [Int]())
        for (index, input) in request.inputs.enumerated() {
            let lengths = input.shape.dimensions
            exact += word(index, lengths.map(String.init))
            guard lengths.count > 1, !fixed.contains(index) else {
                open += word(index, lengths.map(String.init))
                continue
            }
            // Rows are [N, …, D], images [N, C, H, W].
            let features = lengths.count == 4 ? 1 : lengths.count - 1
            open += word(index, lengths.indices.map { $0 == features ? "\(lengths[$0])" : "?" })
            sizes.append(lengths[0])
            sizes.append(lengths.indices.reduce(1) { $1 == 0 || $1 == features ? $0 : $0 * lengths[$1] })
        }
        let precision = request.precision.rawValue + (request.allowsBFloat16 ? "/bf16" : "")
        let rest = "\(precision) \(request.order)\(request.isTraining ? " training" : "")"
        self.init(
            text: "\(operation) \(exact) \(rest) of \(count)"
                + (network.map { " among \($0.byteCount >> 20) MiB" } ?? ""),
            family: "\(sized?.settings ?? "\(operation)") \(open) \(rest)", sizes: sizes)
    }

    /// 64-bit FNV-1a, the same in every process.
    static func hash(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

/// An operation that holds lengths of its inputs, as gradients do, or has its weights in an unusual place.
protocol SizedOperation: Operation {
    /// What it does, without the batch, the height and the width of what it does it to.
    var settings: String { get }
    /// Which inputs are weights; of other operations the second is.
    var weightInputs: Set<Int> { get }
}

extension ConvolutionGeometry {
    fileprivate var settings: String {
        "\(window.kernel) \(window.stride) \(window.dilation) \(window.paddingBefore) \(groups) \(isTransposed) \(weights)"
    }
}

extension ConvolutionSourceGradient: SizedOperation {
    var settings: String { "\(name) \(geometry.settings)" }
    var weightInputs: Set<Int> { [0] }
}

extension ConvolutionWeightGradient: SizedOperation {
    var settings: String { "\(name) \(geometry.settings) \(hasBias)" }
    var weightInputs: Set<Int> { [] }
}

extension PooledConvolution: SizedOperation {
    var settings: String {
        "\(name) \(geometry.window.kernel) \(geometry.window.stride) \(geometry.window.paddingBefore) "
            + "\(geometry.weights) \(geometry.pool) \(geometry.poolStride) \(geometry.rectifies) \(hasBias)"
    }
    var weightInputs: Set<Int> { [1] }
}

extension InnerProductSourceGradient: SizedOperation {
    var settings: String { "\(name) \(geometry.weights)" }
    var weightInputs: Set<Int> { [0] }
}

extension InnerProductWeightGradient: SizedOperation {
    var settings: String { "\(name) \(geometry.weights) \(hasBias)" }
    var weightInputs: Set<Int> { [] }
}
