public import SaccadeFiles
public import SaccadeLayers
import SaccadeTensors

/// A network from an ONNX file.
///
///     let model = try ONNXModel(contentsOf: "resnet50.onnx")
///     let plan = try model.plan(for: [[1, 3, 224, 224]])
///     let scores = try plan.run([image])[0]
///
/// Feed-forward networks on images and vectors are understood, of opset 1 to 23; ``supportedOperators`` names what
/// they may be made of. Sizes that a graph computes from the shapes of its inputs are worked out when shapes are given.
/// Weights are the module's parameters, under the names that the file gives them.
///
/// Networks are for predicting: dropout does nothing, batch norm uses the averages that are stored, and no gradients
/// are recorded.
public struct ONNXModel: Module {
    /// An input or an output of a network.
    public struct Port: Sendable, Hashable {
        public let name: String
        /// How many axes there are, and what is known of their lengths; `nil` where the file leaves that open.
        public let axes: [Axis]?
        /// Whether elements are whole numbers, such as labels.
        public let isInteger: Bool
    }

    /// What a file says of the length of an axis.
    public enum Axis: Sendable, Hashable, CustomStringConvertible {
        case fixed(Int)
        /// Any length; those of one name are equal.
        case named(String)

        public var description: String {
            switch self {
            case .fixed(let length): "\(length)"
            case .named(let name): name.isEmpty ? "?" : name
            }
        }
    }

    /// What messages call the model.
    public let path: String
    /// The program that wrote the file.
    public let producer: String
    /// The version of the standard operators.
    public let opset: Int
    /// Texts that were stored with the network.
    public let metadata: [String: String]
    /// What has to be given, in order.
    public let inputs: [Port]
    public let outputs: [Port]
    /// How many steps lead to the outputs, by operator.
    public var operatorCounts: [String: Int] {
        nodes.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
    }

    /// Those that the outputs depend on, each after those that it reads from.
    let nodes: [ONNXNode]
    /// Weights and other constants, in the order of the file.
    let initializers: [(name: String, value: Value)]

    public var children: [(name: String, value: Any)] {
        initializers.compactMap { name, value in
            if case .parameter(let parameter) = value { (name, parameter) } else { nil }
        }
    }

    /// Reads a model.
    ///
    /// - Throws: ``FileError``: no such file, damaged, more than is understood. Every operator that
    ///   is not known is named.
    public init(contentsOf path: String) throws(FileError) {
        let bytes = try RegularFile.contents(of: path, limit: Limits.fileBytes)
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try self.init(bytes, path: path, folder: folder)
    }

    /// Reads a model from memory.
    ///
    /// - Parameter name: What messages call it.
    /// - Throws: As ``init(contentsOf:)``.
    public init(decoding bytes: [UInt8], name: String = "model") throws(FileError) {
        try self.init(bytes, path: name, folder: nil)
    }

    private init(_ bytes: [UInt8], path: String, folder: String?) throws(FileError) {
        let graph: CheckedGraph
        do {
            graph = try CheckedGraph(bytes, TensorDecoder(folder: folder))
        } catch {
            throw Problem(error).inFile(path)
        }
        self.path = path
        producer = graph.producer
        opset = graph.opset
        metadata = graph.metadata
        inputs = graph.inputs
        outputs = graph.outputs
        nodes = graph.nodes
        initializers = graph.initializers
    }

    /// The operators of ONNX that are understood, by name.
    public static var supportedOperators: [String] { Operators.all.keys.sorted() }
}
