import SaccadeCommandSupport
import SaccadeFiles
import SaccadeInterchange
import SaccadeONNX
import SaccadeTensors
import SaccadeTraining

/// `saccade run` for an ONNX file: any number of inputs and outputs, by name.
enum RunONNX {
    /// Whether the argument MODEL is such a file.
    static func isMeant(_ model: String?) -> Bool { model?.lowercased().hasSuffix(".onnx") ?? false }

    static func run(
        _ path: String, input: String, output: String, eager: Bool, options: Plan.Options
    ) async throws {
        let model = try ONNXModel(contentsOf: path)
        let tensors = try tensors(for: model, in: input)
        let outputs = try await ComputeThread.run {
            guard !eager else { return try model(tensors) }
            // Whole numbers may be shapes that the plan depends on.
            let pairs = Array(zip(model.inputs, tensors))
            let values = pairs.filter(\.0.isInteger).map { ($0.0.name, $0.1) }
            let plan = try model.plan(
                for: tensors.map(\.shape), values: Dictionary(values) { first, _ in first }, options: options)
            return try plan.run(pairs.filter { !$0.0.isInteger }.map(\.1))
        }
        let named = zip(model.outputs, outputs).map { (name: $0.0.name, tensor: $0.1) }
        guard named.count == 1 || WeightsFormat(endingOf: output) != .numpy else {
            throw CommandError.data(
                "\(output): a .npy file holds one tensor, and the network has \(named.count) outputs; "
                    + "end the name with .safetensors")
        }
        try WeightsFile.write(named, to: output)
        let list = named.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", ")
        print("\(output): \(list) of \(path)")
    }

    /// One tensor for each input: by name, or the only one.
    private static func tensors(for model: ONNXModel, in path: String) throws -> [Tensor] {
        let file = try WeightsFile(at: path)
        let names = file.entries.map(\.name)
        if model.inputs.count == 1, names.count == 1 { return [try file.tensor(names[0])] }
        let missing = model.inputs.map(\.name).filter { !names.contains($0) }
        guard missing.isEmpty else {
            throw CommandError.data(
                "\(path): the network takes \(missing.joined(separator: ", ")), and the file has "
                    + "\(names.prefix(8).joined(separator: ", ")); give a file with tensors of those names")
        }
        return try model.inputs.map { try file.tensor($0.name) }
    }
}
