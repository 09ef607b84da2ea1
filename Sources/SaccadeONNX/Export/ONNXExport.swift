import Foundation
public import SaccadeFiles
public import SaccadeLayers
public import SaccadeTensors
import SwiftProtobuf

/// A network as ONNX says it: opset 17, weights as float32 under their own names, any batch, and any size where it says so.
///
///     try ONNXExport(network, input: [3, 224, 224]).write(to: "network.onnx")
///
///     let side = 64  // what is fed in while it is written down
///     let export = try ONNXExport(
///         inputs: [("image", [.free("N"), .fixed(3), .free("H", example: side), .free("W", example: side)])],
///         outputs: ["scores"], weightsOf: network
///     ) { [network($0[0])] }
///
/// The network is traced, so everything that can be made into a plan and has a word in ONNX can be exported; what has
/// none throws. Batch norms stay batch norms; dropout does nothing and is left away. ``ONNXModel`` reads such files back.
public struct ONNXExport: Sendable {
    /// The version of ONNX's operators that files are made of.
    public static let opset = 17
    /// The version of the format: the one that came with that opset.
    static let irVersion = 8

    /// The length of an input's axis.
    public enum Axis: Sendable, Hashable {
        case fixed(Int)
        /// Any length; axes of one name are equally long.
        ///
        /// - Parameters:
        ///   - name: What the file calls it, such as `N` or `H`.
        ///   - example: A length that the network can be applied to, as well as to all that are longer by a multiple of
        ///     `multipleOf`; so large that nothing is 1 that would be longer elsewhere.
        ///   - multipleOf: The steps between lengths that there can be.
        case free(_ name: String, example: Int = 2, multipleOf: Int = 1)
    }

    private let model: ONNXModelProto

    /// A network of one input, called `input`, of shape `[N, …]` with any N, and one output, called `output`.
    ///
    /// - Parameters:
    ///   - layer: The network, as it predicts.
    ///   - input: The shape of one sample, without the batch.
    ///   - name: What the file calls the network.
    ///   - metadata: Texts to store with it, such as the names of classes.
    /// - Throws: ``FileError`` with the code `unsupported`, and the operation that ONNX has no word for.
    public init(
        _ layer: some Layer, input: Shape, name: String = "network", metadata: [String: String] = [:]
    ) throws(FileError) {
        let sample = input.dimensions.map(Axis.fixed)
        try self.init(
            inputs: [("input", [.free("N")] + sample)], outputs: ["output"], name: name, metadata: metadata,
            weightsOf: layer
        ) { [layer($0[0])] }
    }

    /// A network of any inputs and outputs.
    ///
    /// To find out what lengths depend on, the network is traced for the examples and for larger inputs. Output lengths that
    /// are a multiple of an axis and a constant, such as `H - 4`, are written down so; others are left open. A number that
    /// depends on a free axis is computed when the file is run, from the shapes of what is there.
    ///
    /// - Parameters:
    ///   - inputs: What they are called, and how long their axes are.
    ///   - outputs: What they are called, in the order in which the network returns them.
    ///   - name: What the file calls the network.
    ///   - metadata: Texts to store with it.
    ///   - module: Whose weights keep their names.
    ///   - network: The network, as it predicts.
    /// - Throws: ``FileError`` with the code `unsupported`: the operation that ONNX has no word for, the constant that depends
    ///   on a free axis, or the lengths that the network cannot be applied to.
    public init(
        inputs: [(name: String, axes: [Axis])], outputs: [String], name: String = "network",
        metadata: [String: String] = [:], weightsOf module: (any Module)? = nil,
        _ network: ([Tensor]) throws -> [Tensor]
    ) throws(FileError) {
        do {
            let names = inputs.map(\.name) + outputs
            guard Set(names).count == names.count, !names.contains("") else {
                throw Problem.unsupported("inputs and outputs need names of their own, got \(names)")
            }
            let traces = try Traces(
                of: inputs.map(\.axes), names: module?.parameterNames ?? [:], network)
            guard traces.outputs.count == outputs.count else {
                throw Problem.unsupported(
                    "there are \(traces.outputs.count) outputs, and \(outputs.count) names for them")
            }
            var writer = GraphWriter(
                traces, inputs: inputs.map(\.name), outputs: outputs, weights: WeightNames(module))
            try writer.write()
            model = .with {
                $0.irVersion = Int64(Self.irVersion)
                $0.producerName = "Saccade"
                $0.opsetImport = [.with { $0.version = Int64(Self.opset) }]
                $0.graph = writer.graph(named: name)
                $0.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
                    .with { ($0.key, $0.value) = (key, value) }
                }
            }
        } catch {
            throw FileError(
                .unsupported, path: name, reason: "it cannot be written as ONNX: \(Problem(error).reason)",
                remedy: "keep it as safetensors, or change the network")
        }
    }

    /// A whole network, under the names of its inputs and outputs.
    ///
    /// - Parameters:
    ///   - model: The network, as it predicts.
    ///   - hasFreeSizes: Whether axes are left open that may have several lengths, such as height and width; otherwise they
    ///     have their usual ones. The batch is open in any case.
    ///   - name: What the file calls the network.
    ///   - metadata: Texts to store with it.
    /// - Throws: As for inputs and outputs.
    public init(
        _ model: some Model, hasFreeSizes: Bool = false, name: String = "network", metadata: [String: String] = [:]
    ) throws(FileError) {
        let inputs = model.inputs.map { input in
            (name: input.name, axes: Self.axes(of: input, isFree: hasFreeSizes, isOnly: model.inputs.count == 1))
        }
        try self.init(
            inputs: inputs, outputs: model.outputs, name: name, metadata: metadata, weightsOf: model
        ) { model($0) }
    }

    /// `N`, `H` and `W` of an image; of several inputs each has its own.
    private static func axes(of input: ModelInput, isFree: Bool, isOnly: Bool) -> [Axis] {
        let names = input.freeAxisNames.map { isOnly ? $0 : "\(input.name)_\($0)" }
        var next = names.makeIterator()
        return input.lengths.map { length in
            switch length {
            case .batch: return .free("N")
            case .fixed(let length): return .fixed(length)
            case .free(let rule):
                let name = next.next() ?? "L"
                guard isFree else { return .fixed(rule.usual) }
                return .free(name, example: rule.usual, multipleOf: rule.multipleOf)
            }
        }
    }

    /// The file's contents.
    ///
    /// - Throws: ``FileError`` where it would be larger than Protocol Buffers can be, 2 GiB.
    public func bytes() throws(FileError) -> [UInt8] {
        do {
            return try model.serializedBytes()
        } catch {
            throw FileError(
                .tooLarge, path: model.graph.name, reason: "the network is too large for one ONNX file (\(error))",
                remedy: "keep it as safetensors")
        }
    }

    /// Writes the file, whole or not at all.
    public func write(to path: String) throws(FileError) { try AtomicFile.write(bytes(), to: path) }
}

/// What weights and buffers are called.
struct WeightNames {
    private var parameters: [ObjectIdentifier: String] = [:]
    private var buffers: [ObjectIdentifier: String] = [:]

    init(_ module: (any Module)?) {
        guard let module else { return }
        for (name, parameter) in module.parameters { parameters[ObjectIdentifier(parameter)] = name }
        for (name, buffer) in module.buffers {
            if let storage = buffer.value.storageIdentity { buffers[storage] = name }
        }
    }

    func name(of parameter: Parameter) -> String? { parameters[ObjectIdentifier(parameter)] }

    /// That of the buffer whose value a constant is.
    func name(of constant: Tensor) -> String? { constant.storageIdentity.flatMap { buffers[$0] } }
}

extension Tensor {
    /// The memory that the elements lie in.
    var storageIdentity: ObjectIdentifier? {
        if case .stored(let storage, _) = content { ObjectIdentifier(storage) } else { nil }
    }
}
