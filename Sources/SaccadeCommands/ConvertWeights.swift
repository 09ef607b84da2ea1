import ArgumentParser
import SaccadeInterchange
import SaccadeTraining

/// Weights of one format written as another.
enum ConvertWeights {
    /// Whether IN and OUT are files of tensors, not data sets.
    static func isMeant(from input: String, to output: String) -> Bool {
        WeightsFormat.isRecognised(at: input) || WeightsFormat(endingOf: output) != nil
    }

    static func validate(output: String) throws {
        guard WeightsFormat(endingOf: output) != nil else {
            throw ValidationError(
                "Weights become a file that ends with .safetensors, .pth or .npy; got “\(output)”.")
        }
    }

    /// The file that IN names: itself, or the best weights of a run.
    static func path(of input: String) -> String {
        WeightsFormat.isRecognised(at: input) ? input : RunFolder.weights(ofRun: input) ?? input
    }

    /// - Parameter names: The tensors to write; all if there are none.
    static func run(from input: String, to output: String, only names: [String]) throws {
        let file = try WeightsFile(at: path(of: input))
        try file.convert(to: output, only: names.isEmpty ? nil : names)
        let count = names.isEmpty ? file.entries.count : Set(names).count
        let what = count == 1 ? "1 tensor" : "\(count) tensors"
        print("\(output): \(what), from \(file.format.title) to \(WeightsFormat(endingOf: output)?.title ?? "")")
        if WeightsFormat(endingOf: output) != .safetensors, !file.metadata.isEmpty {
            print("Not kept: \(file.metadata.keys.sorted().joined(separator: ", "))")
        }
    }
}
