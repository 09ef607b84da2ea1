package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import SaccadeTraining

package struct RunModel: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a network on tensors from a file.",
        discussion: """
            Nothing is done to the numbers before: the input is [N, C, H, W], or [N, C] for a network on vectors, of any \
            size that the network’s arithmetic allows. A .npy file holds one tensor; of the tensors of a .safetensors or \
            .pth file the one called input is taken, or the only one. The result is called output. An .onnx file takes and \
            gives tensors of the names that it says.

            EXAMPLES:
              saccade run my-run --input x.npy --output y.npy
              saccade run resnet-18 --input x.npy --output y.safetensors --precision bf16
              saccade run --arch resnet-18 --classes 10 --weights mine.pth --input x.safetensors --output y.npy
              saccade run model.onnx --input x.npy --output y.npy
              saccade run --arch network.yaml --seed 1 --input x.npy --output y.npy --eager

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.help)
    var model: String?

    @Option(help: ArgumentHelp("The numbers to begin with.", valueName: "file.npy|safetensors|pth"))
    var input: String

    @Option(help: ArgumentHelp("Where the result goes.", valueName: "file.npy|safetensors|pth"))
    var output: String

    @Flag(help: "Compute layer by layer, without making a plan first.")
    var eager = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    package func validate() throws {
        try options.requireOneModel(model)
        guard WeightsFormat(endingOf: output) != nil else {
            throw ValidationError("--output must end with .npy, .safetensors or .pth; got “\(output)”.")
        }
        guard !eager || compute.precision == .float32 else {
            throw ValidationError("--eager computes in f32: leave out --precision.")
        }
    }

    package func run() async throws {
        try compute.apply()
        if let model, RunONNX.isMeant(model) {
            return try await RunONNX.run(
                model, input: input, output: output, eager: eager, options: compute.planOptions)
        }
        let x = try Self.tensor(in: input)
        var request = try options.request(model: model)
        request.input = try Self.size(of: x.shape, in: input)
        let model = try LoadedModel(request, mapped: !eager)
        ModelOptions.report(model.difference)
        guard let network = model.network as? any Model, network.inputs.count == 1 else {
            throw CommandError.data("\(model.name): run is for networks with one stage and one input")
        }
        if let problem = network.inputs[0].problem(with: x.shape) { throw CommandError.data("\(input): \(problem)") }
        let (eager, planOptions) = (eager, compute.planOptions)
        let results = try await ComputeThread.run {
            if eager { return network([x]) }
            return Plan(for: [x.shape], options: planOptions, releasesWeights: true) { network($0) }.run([x])
        }
        let outputs = zip(network.outputs, results).map { ($0, $1) }
        try WeightsFile.write(outputs, to: output)
        let memory = ProcessMemory.peak.map { String(format: "; at most %.0f MiB in memory", Double($0) / 1_048_576) }
        let shapes = outputs.map { "\($0) \($1.shape)" }.joined(separator: ", ")
        print("\(output): \(shapes) of \(model.name)\(memory ?? "")")
    }

    /// The tensor to begin with.
    private static func tensor(in path: String) throws -> Tensor {
        let file = try WeightsFile(at: path)
        let names = file.entries.map(\.name)
        guard let name = names.count == 1 ? names[0] : names.first(where: { $0 == "input" }) else {
            throw CommandError.data(
                "\(path): of its \(names.count) tensors none is called input (\(names.prefix(8).joined(separator: ", "))); "
                    + "give a file with one tensor, or call it so")
        }
        return try file.tensor(name)
    }

    /// What a network has to be made for to take a tensor.
    private static func size(of shape: Shape, in path: String) throws -> InputSize {
        guard shape.rank == 4 || shape.rank == 2, shape.elementCount > 0 else {
            throw CommandError.data(
                "\(path): a network takes [N, C, H, W] or [N, C], none of them 0, and this is \(shape); "
                    + "put a 1 before the shape of a single image")
        }
        let lengths = shape.dimensions.dropFirst()
        guard lengths.allSatisfy({ $0 <= InputSize.maximumLength }),
            lengths.reduce(1, *) <= InputSize.maximumElementCount
        else { throw CommandError.data("\(path): inputs of \(shape) are beyond what any network here takes") }
        return shape.rank == 2
            ? .vector(shape[1]) : .image(height: shape[2], width: shape[3], channels: shape[1])
    }

    package init() {}
}
