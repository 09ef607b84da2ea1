import Foundation
public import SaccadeFiles
public import SaccadeLayers
public import SaccadeTensors
import SwiftProtobuf

/// A network as ONNX says it: opset 17, weights as float32 under their own names, any batch.
///
///     try ONNXExport(network, input: [3, 224, 224]).write(to: "network.onnx")
///
/// The network is traced, so everything that can be made into a plan and has a word in ONNX can be exported; what has
/// none throws. The input is called `input` and has the shape `[N, …]`, the output `output`. Batch norms stay batch
/// norms; dropout does nothing and is left away. ``ONNXModel`` reads such files back.
public struct ONNXExport: Sendable {
    /// The version of ONNX's operators that files are made of.
    public static let opset = 17
    /// The version of the format: the one that came with that opset.
    static let irVersion = 8

    private let model: ONNXModelProto

    /// - Parameters:
    ///   - layer: The network, as it predicts.
    ///   - input: The shape of one sample, without the batch.
    ///   - name: What the file calls the network.
    ///   - metadata: Texts to store with it, such as the names of classes.
    /// - Throws: ``FileError`` with the code `unsupported`, and the operation that ONNX has no word for.
    /// - Precondition: The layer takes such inputs.
    public init(
        _ layer: some Layer, input: Shape, name: String = "network", metadata: [String: String] = [:]
    ) throws(FileError) {
        // Everything that a batch changes shows where two batches are compared; 1 would hide in broadcasting.
        let names = layer.parameterNames
        let graphs = (2...3).map { batch in
            Trace.of([Shape([batch] + input.dimensions)], names: names) { [layer($0[0])] }
        }
        do {
            var writer = try GraphWriter(graphs[0], graphs[1], names: WeightNames(layer))
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

    /// A whole network with one input and one output.
    ///
    /// - Parameters:
    ///   - model: The network, as it predicts.
    ///   - name: What the file calls the network.
    ///   - metadata: Texts to store with it, such as the names of classes.
    /// - Throws: As for a layer.
    public init(
        _ model: some Model, name: String = "network", metadata: [String: String] = [:]
    ) throws(FileError) {
        try self.init(
            ModelAsLayer(model: model), input: Shape(Array(model.inputs[0].shape(batch: 1).dimensions.dropFirst())),
            name: name, metadata: metadata)
    }

    private struct ModelAsLayer<Base: Model>: Layer {
        let model: Base
        var children: [(name: String, value: Any)] { model.children }
        func callAsFunction(_ x: Tensor) -> Tensor { model([x])[0] }
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

/// What weights and statistics are called.
struct WeightNames {
    private var parameters: [ObjectIdentifier: String] = [:]
    private var statistics: [ObjectIdentifier: String] = [:]

    init(_ module: some Module) {
        for (name, parameter) in module.parameters { parameters[ObjectIdentifier(parameter)] = name }
        for (name, statistic) in module.statistics {
            if let storage = statistic.value.storageIdentity { statistics[storage] = name }
        }
    }

    func name(of parameter: Parameter) -> String? { parameters[ObjectIdentifier(parameter)] }

    /// That of the statistic whose value a constant is.
    func name(of constant: Tensor) -> String? { constant.storageIdentity.flatMap { statistics[$0] } }
}

extension Tensor {
    /// The memory that the elements lie in.
    fileprivate var storageIdentity: ObjectIdentifier? {
        if case .stored(let storage, _) = content { ObjectIdentifier(storage) } else { nil }
    }
}
