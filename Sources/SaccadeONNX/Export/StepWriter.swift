import Foundation
import SaccadeTensors
import SwiftProtobuf

/// Writes down one operation, which may take several nodes of ONNX.
struct StepWriter {
    /// A node, and the constants that are its own.
    struct Part {
        var node: ONNXNodeProto
        var constants: [(name: String, Constant)]
    }

    enum Constant {
        case floats(Tensor)
        case integers([Int], shape: Shape? = nil)
        /// Whole numbers that may depend on free axes.
        case lengths([Length])

        func proto(named name: String) -> ONNXTensorProto {
            .with {
                $0.name = name
                switch self {
                case .floats(let tensor):
                    $0.dims = tensor.shape.dimensions.map(Int64.init)
                    $0.dataType = Int32(ElementType.float.rawValue)
                    $0.rawData = tensor.withScalars { scalars in
                        if 1.littleEndian == 1 { return Data(buffer: scalars) }
                        return scalars.reduce(into: Data()) { data, scalar in
                            withUnsafeBytes(of: scalar.bitPattern.littleEndian) { data.append(contentsOf: $0) }
                        }
                    }
                case .integers(let numbers, let shape): $0.setIntegers(numbers, shape)
                case .lengths(let lengths): $0.setIntegers(lengths.map { $0.samples[0] })
                }
            }
        }
    }

    /// In every trace.
    let forms: [OperationForm]
    /// What the node is called that makes the first result.
    let label: String
    let results: [String]
    let inputs: [String]
    let lengths: [[Length]]
    let resultLengths: [Length]
    /// Which lengths of the first result can be read from what is there, when the file is run.
    let readable: [Bool]
    /// Those that the forms depend on, for messages.
    let freeAxes: String
    /// What the second input is called where it is there as places in the whole tensor: see ``GraphWriter``.
    var flatPlaces: String?
    /// Whether somebody wants the places of a pooling as places in planes.
    var wantsPlanes = true
    private(set) var parts: [Part] = []
    /// What is applied behind the operation, to a value called ``beforeActivation``.
    var activation: Activation?

    var beforeActivation: String { between("before activation") }

    /// For the examples.
    var form: OperationForm { forms[0] }

    init(
        forms: [OperationForm], label: String, results: [String], inputs: [String], lengths: [[Length]],
        resultLengths: [Length], readable: [Bool], freeAxes: String
    ) {
        (self.forms, self.label, self.results, self.inputs) = (forms, label, results, inputs)
        (self.lengths, self.resultLengths, self.readable) = (lengths, resultLengths, readable)
        self.freeAxes = freeAxes
    }

    /// Adds a node.
    ///
    /// - Parameters:
    ///   - inputs: Names; those of this step's inputs where nothing is said.
    ///   - constants: Further inputs, behind the others or before them.
    ///   - output: A name; the first result's where nothing is said.
    mutating func add(
        _ type: String, _ inputs: [String]? = nil, constants: [Constant] = [], constantsComeFirst: Bool = false,
        to output: String? = nil, also others: [String] = [], with attributes: [String: ONNXNode.Attribute] = [:]
    ) {
        let output = output ?? results[0]
        let inputs = inputs ?? self.inputs
        let named = constants.enumerated().map { ("\(output)/\(type).\($0.offset)", $0.element) }
        parts.append(
            Part(
                node: .with {
                    $0.opType = type
                    // Nodes are called after what they make, as that is called after the layer.
                    $0.name = output == results[0] ? label : output
                    $0.input = constantsComeFirst ? named.map(\.0) + inputs : inputs + named.map(\.0)
                    $0.output = [output] + others
                    $0.attribute = attributes.sorted { $0.key < $1.key }.map { $1.proto(named: $0) }
                }, constants: named))
    }

    /// A name for a value between two nodes of this step.
    func between(_ word: String) -> String { "\(results[0])/\(word)" }
}

extension ONNXTensorProto {
    fileprivate mutating func setIntegers(_ numbers: [Int], _ shape: Shape? = nil) {
        dims = shape?.dimensions.map(Int64.init) ?? [Int64(numbers.count)]
        dataType = Int32(ElementType.int64.rawValue)
        int64Data = numbers.map(Int64.init)
    }
}

extension ONNXNode.Attribute {
    func proto(named name: String) -> ONNXAttributeProto {
        .with {
            $0.name = name
            switch self {
            case .float(let number): ($0.type, $0.f) = (.float, number)
            case .integer(let number): ($0.type, $0.i) = (.int, Int64(number))
            case .string(let text): ($0.type, $0.s) = (.string, Data(text.utf8))
            case .floats(let numbers): ($0.type, $0.floats) = (.floats, numbers)
            case .integers(let numbers): ($0.type, $0.ints) = (.ints, numbers.map(Int64.init))
            case .strings(let texts): ($0.type, $0.strings) = (.strings, texts.map { Data($0.utf8) })
            case .tensor: break  // constants of exported networks are initializers
            }
        }
    }
}
