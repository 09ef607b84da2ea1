import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeTensors

/// Another engine, measured by `Benchmarks/peers/bench.py` in a process of its own.
struct Peer {
    enum Engine: String, CaseIterable {
        case pytorch, onnxruntime, openvino
        /// For files of annotations only.
        case pycocotools
    }

    let label: String
    private let arguments: [String]
    private let python: String
    private let script: String
    /// How a busy machine is dealt with; the loader's script counts processor time and needs nothing.
    private var waiting = ["--wait-idle", "1", "--noise", "1"]

    /// What our recipes are called over there.
    private static let models = [
        "exercise-1": "ex1", "alexnet": "alexnet", "vgg-16": "vgg16", "googlenet": "googlenet", "resnet-18": "resnet18",
        "resnet-50": "resnet50", "unet": "unet", "segnet": "segnet", "fcn-8s": "fcn8s", "fcn-resnet-50": "fcn_resnet50",
        "fasterrcnn-resnet-50-fpn": "fasterrcnn", "maskrcnn-resnet-50-fpn": "maskrcnn",
    ]

    /// The ways to run an engine. PyTorch's depend on layout and allocator, so each counts as a peer.
    static func all(
        _ engine: Engine, model: String, batch: Int, isTraining: Bool, precision: Precision, python: String,
        folder: String
    ) throws -> [Peer] {
        guard let model = models[model] else {
            throw CommandError.data(
                "there is no peer for \(model): the script knows \(models.keys.sorted().joined(separator: ", "))")
        }
        let script = try script("bench.py", in: folder)
        let common = ["--model", model, "--batch", "\(batch)", "--mode", isTraining ? "train" : "infer"]
        let ways: [(String, [String])] =
            switch engine {
            case .pytorch:
                [
                    ("PyTorch", ["--engine", "eager"]),
                    ("PyTorch, channels last, memory kept", ["--engine", "eager_cl", "--alloc", "retain"]),
                ]
                    + (isTraining
                        ? []
                        : [
                            ("PyTorch, frozen TorchScript", ["--engine", "jit_cl"])
                        ])
                    // Its compiler cannot take the detectors, whose numbers of boxes are not known beforehand.
                    + (isTraining || model.hasSuffix("rcnn")
                        ? [] : [("PyTorch, compiled", ["--engine", "compile_frz", "--keep-cache"])])
            case .onnxruntime: [("ONNX Runtime", ["--engine", "ort"])]
            case .openvino where precision == .float32:
                [("OpenVINO f32", ["--engine", "openvino", "--precision", "f32"])]
            case .openvino: [("OpenVINO, its own choice", ["--engine", "openvino", "--precision", "default"])]
            case .pycocotools: []
            }
        guard !isTraining || engine == .pytorch else { return [] }
        return ways.map { Peer(label: $0.0, arguments: common + $0.1, python: python, script: script) }
    }

    /// The ways to run a single operation.
    static func operations(_ name: String, python: String, folder: String) throws -> [Peer] {
        let script = try script("bench.py", in: folder)
        let ways = [
            ("PyTorch", ["--engine", "eager"]),
            ("PyTorch, channels last, memory kept", ["--engine", "eager_cl", "--alloc", "retain"]),
        ]
        return ways.map { label, arguments in
            Peer(
                label: label, arguments: ["--model", name, "--mode", "op"] + arguments, python: python, script: script)
        }
    }

    /// The ways to load weights and classify a JPEG in a process of its own.
    static func starts(_ engine: Engine, model: String, python: String, folder: String) throws -> [Peer] {
        guard model == "resnet-50" else {
            throw CommandError.data("the peers' script starts with resnet-50 only: give start:resnet-50")
        }
        let script = try script("bench.py", in: folder)
        let ways: [(String, String)] =
            switch engine {
            case .pytorch: [("PyTorch", "eager"), ("PyTorch, mapped weights", "eager_mmap")]
            case .onnxruntime: [("ONNX Runtime", "ort")]
            case .openvino: [("OpenVINO", "openvino"), ("OpenVINO, cached", "openvino_cached")]
            case .pycocotools: []
            }
        return ways.map { label, engine in
            Peer(
                label: label, arguments: ["--model", "classify_jpeg", "--mode", "startup", "--engine", engine],
                python: python, script: script)
        }
    }

    /// torchvision's ways to compute an operation on images and boxes.
    ///
    /// - Parameter operation: What the script calls it.
    static func regions(_ operation: String, python: String, folder: String) throws -> [Peer] {
        let script = try script("bench.py", in: folder)
        return [("torchvision", []), ("torchvision, memory kept", ["--alloc", "retain"])].map { label, allocation in
            Peer(
                label: label, arguments: ["--model", operation, "--mode", "op", "--engine", "eager"] + allocation,
                python: python, script: script)
        }
    }

    /// torchvision's ways to make batches of JPEGs.
    static func loaders(folder: String, pipeline: String, python: String, scripts: String) throws -> [Peer] {
        let script = try script("loader.py", in: scripts)
        return [("torchvision, Pillow", "pillow"), ("torchvision, tensors", "tensor")].map { label, backend in
            Peer(
                label: label, arguments: [folder, "--pipeline", pipeline, "--backend", backend], python: python,
                script: script, waiting: [])
        }
    }

    /// pycocotools, opening a file of annotations.
    static func annotations(_ path: String, python: String, scripts: String) throws -> Peer {
        Peer(
            label: "pycocotools", arguments: [path], python: python,
            script: try script("annotations.py", in: scripts), waiting: [])
    }

    private static func script(_ name: String, in folder: String) throws -> String {
        let script = "\(folder)/\(name)"
        guard Path(script).exists else {
            throw CommandError.data("\(script) is missing: run from the repository's folder, or give --scripts")
        }
        return script
    }

    /// What came of one turn.
    struct Turn {
        /// The median.
        let milliseconds: Double
        let percentile90: Double?
        /// The share of the machine that others used meanwhile.
        let otherLoad: Double
        /// The most that the process held in memory, in MiB; nil where the script does not tell.
        let memory: Double?
    }

    /// - Parameter exchange: Tells the script what to compute with.
    func turn(budget: Double, threads: Int, _ exchange: [String] = []) throws -> Turn {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [python, script] + arguments + exchange
            + ["--budget", "\(budget)", "--threads", "\(threads)"] + waiting
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let load = MachineLoad()
        do { try process.run() } catch { throw CommandError.data("\(python) cannot be started: \(error)") }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        struct Result: Decodable {
            let medianMs: Double
            let p90Ms: Double?
            let peakRssMb: Double?
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard process.terminationStatus == 0, let line = text.split(separator: "\n").last,
            let result = try? decoder.decode(Result.self, from: Data(line.utf8))
        else {
            let command = ([python, script] + arguments + exchange).joined(separator: " ")
            throw CommandError.data("\(label) could not be measured; see what this says: \(command)")
        }
        return Turn(
            milliseconds: result.medianMs, percentile90: result.p90Ms, otherLoad: load.others(),
            memory: result.peakRssMb)
    }
}
