import ArgumentParser
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeONNX
import SaccadeTensors
import SaccadeTraining

/// Networks written as ONNX, and the weights of ONNX files in other formats.
enum ConvertONNX {
    /// Whether OUT is to become an ONNX file, or IN is one.
    static func isMeant(from input: String, to output: String) -> Bool {
        RunONNX.isMeant(input) || RunONNX.isMeant(output)
    }

    static func validate(from input: String, to output: String) throws {
        guard !RunONNX.isMeant(input) || !RunONNX.isMeant(output) else {
            throw ValidationError("An .onnx file is not written anew as .onnx.")
        }
        guard RunONNX.isMeant(output) || WeightsFormat(endingOf: output) != nil else {
            throw ValidationError("The weights of an .onnx file become .safetensors, .pth or .npy; got “\(output)”.")
        }
    }

    /// - Parameters:
    ///   - names: The tensors to write; all if there are none.
    ///   - arch: The network whose weights `input` is.
    ///   - seed: Where fresh weights begin, for the network `input`.
    ///   - hasFreeSizes: Whether height and width are left open.
    static func run(
        from input: String, to output: String, only names: [String], arch: String?, seed: UInt64?, hasFreeSizes: Bool
    ) throws {
        if RunONNX.isMeant(output) {
            var request = ModelRequest(model: arch == nil ? input : nil)
            if let arch { (request.architecture, request.weights) = (arch, input) }
            request.seed = seed
            let model = try LoadedModel(request)
            try model.onnx(hasFreeSizes: hasFreeSizes).write(to: output)
            let kept = [
                model.classNames.map { "\($0.count) names of classes" },
                model.preprocessing.map { _ in "how images are prepared" },
            ].compactMap { $0 }
            let inputs = model.network.stages.flatMap(\.model.inputs).map {
                hasFreeSizes ? "\($0)" : "\($0.shape(batch: 1))".replacing("[1, ", with: "[N, ")
            }.joined(separator: ", ")
            print(
                "\(output): \(model.name) for \(inputs), opset \(ONNXExport.opset)"
                    + (kept.isEmpty ? "" : ", with " + kept.joined(separator: " and ")))
            return
        }
        let weights = try ONNXModel(contentsOf: input).parameters
        if let missing = names.first(where: { name in !weights.contains { $0.name == name } }) {
            throw CommandError.data(
                "\(input): there are no weights called \(missing); saccade inspect lists those that there are")
        }
        let wanted = weights.filter { names.isEmpty || names.contains($0.name) }
        try WeightsFile.write(wanted.map { ($0.name, $0.parameter.value) }, to: output)
        let what = wanted.count == 1 ? "1 tensor" : "\(wanted.count) tensors"
        print("\(output): \(what), from ONNX to \(WeightsFormat(endingOf: output)?.title ?? "")")
    }
}
