import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining
import Testing
import TrainingTestSupport

@Suite struct RunProblemTests {
    private func error<E: Error>(_: E.Type, _ body: () throws -> Void) throws -> E {
        try #require(throws: E.self) { try body() }
    }

    @Test("a value that is not finite stops the training, naming layer, batch and checkpoint")
    func notFinite() throws {
        let folder = try TemporaryFolder()
        let training = SyntheticBatches(poisoned: (sample: 13, value: 3e38), poisonedFrom: 1)
        let error = try error(RunError.self) { try trainSmall(at: folder.path, training: training) }
        #expect(error.code == .notFinite)
        // 3e38 times a weight, summed over a window, exceeds what a float can hold in the first layer.
        for part in ["epoch 2", "layer 0", "conv2D", "image-13.png", "\(folder.path)/checkpoint.safetensors"] {
            #expect(error.description.contains(part), "\(part) in: \(error)")
        }
        // What the checkpoint holds is from before, and good.
        let file = try SafetensorsFile(at: "\(folder.path)/checkpoint.safetensors")
        for name in file.shapes.keys { #expect(try file.tensor(name).isFinite) }
    }

    @Test("images and weights that are not finite are told apart")
    func places() throws {
        let folder = try TemporaryFolder()
        let training = SyntheticBatches(poisoned: (sample: 2, value: .nan))
        let images = try error(RunError.self) { try trainSmall(at: folder.path, training: training) }
        #expect(images.description.contains("the inputs hold"))
        #expect(images.description.contains("no checkpoint yet"))

        let other = try TemporaryFolder()
        let network = smallNetwork()
        let weight = network.parameters[3].parameter
        weight.assign(Tensor(filledWith: .infinity, shape: weight.shape))
        let weights = try error(RunError.self) { try trainSmall(at: other.path, network: network) }
        #expect(weights.description.contains("parameter 6.weight"))
    }

    @Test("steps that are not finite are left out where that is wanted")
    func skipped() throws {
        let folder = try TemporaryFolder()
        let training = SyntheticBatches(poisoned: (sample: 13, value: .infinity), poisonedFrom: 1)
        let records = try trainSmall(at: folder.path, training: training) { $0.stopsWhenNotFinite = false }
        #expect(records.map(\.skippedSteps) == [0, 1, 1])
        // The running averages are as if the batch had never been seen.
        let file = try SafetensorsFile(at: "\(folder.path)/checkpoint.safetensors")
        for name in file.shapes.keys { #expect(try file.tensor(name).isFinite, "\(name)") }
    }

    @Test("a training that diverges is stopped, not stored")
    func diverges() throws {
        let folder = try TemporaryFolder()
        let error = try error(RunError.self) {
            try trainSmall(at: folder.path) {
                $0.epochs = 500
                $0.learningRate = 1e30
                $0.schedule = .constant
            }
        }
        #expect(error.code == .notFinite)
    }

    @Test("a checkpoint cut short anywhere is refused", arguments: [0, 7, 8, 100, 5000, -1])
    func cutShort(_ length: Int) throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.epochs = 1 }
        let path = "\(folder.path)/checkpoint.safetensors"
        let data = try #require(FileManager.default.contents(atPath: path))
        let cut = length < 0 ? data.count + length : min(length, data.count - 1)
        try data.prefix(cut).write(to: URL(fileURLWithPath: path))
        let error = try error(FileError.self) { try trainSmall(at: folder.path, resuming: true) }
        #expect(error.path == path)
        #expect(error.code == .truncated)
    }

    @Test("a position with numbers that no training leaves is refused")
    func implausiblePosition() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path)
        let path = "\(folder.path)/checkpoint.safetensors"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = Int(whole.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        let header = String(decoding: whole[8..<8 + length], as: UTF8.self)
        let field = try #require(header.firstRange(of: #/\\"skippedSteps\\":0/#))
        for number in ["9223372036854775807", "-5"] {
            let text = header.replacingCharacters(in: field, with: #"\"skippedSteps\":"# + number)
            var damaged = Data()
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { damaged.append(contentsOf: $0) }
            damaged += Data(text.utf8) + whole[(8 + length)...]
            try damaged.write(to: URL(fileURLWithPath: path))
            let error = try #require(throws: (any Error).self) { try trainSmall(at: folder.path, resuming: true) }
            #expect("\(error)".contains("checkpoint"), "\(error)")
        }
    }

    @Test("checkpoints of other networks, other shapes and other optimizers are refused")
    func otherNetworks() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.epochs = 1 }
        let wide = try error(LoadingError.self) {
            try trainSmall(at: folder.path, resuming: true, network: smallNetwork(width: 7))
        }
        #expect(wide.misshapen.map(\.name).contains("6.weight"))

        var generator = SplitMix64(seed: 1)
        let other = Sequential {
            Flatten()
            Linear(in: 64, out: 3, using: &generator)
        }
        #expect(throws: (any Error).self) { try trainSmall(at: folder.path, resuming: true, network: other) }

        let weights = "\(folder.path)/best.safetensors"
        try FileManager.default.removeItem(atPath: "\(folder.path)/checkpoint.safetensors")
        try FileManager.default.copyItem(atPath: weights, toPath: "\(folder.path)/checkpoint.safetensors")
        let plain = try error(RunError.self) { try trainSmall(at: folder.path, resuming: true) }
        #expect(plain.code == .damaged)
    }

    @Test("a run is not begun twice, nor resumed as another or with other data")
    func otherRuns() throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.epochs = 1 }
        #expect(try error(RunError.self) { try trainSmall(at: folder.path) }.code == .exists)
        let different = try error(RunError.self) {
            try trainSmall(at: folder.path, resuming: true) { $0.learningRate = 0.5 }
        }
        #expect(different.code == .different)
        #expect(different.description.contains("learningRate (0.5, was 0.05)"))
        let data = try error(RunError.self) {
            try trainSmall(at: folder.path, resuming: true, training: SyntheticBatches(samplesPerEpoch: 40))
        }
        #expect(data.code == .different)
        #expect(data.description.contains("40"))
        let missing = "\(folder.path)/nothing"
        #expect(try error(RunError.self) { try trainSmall(at: missing, resuming: true) }.code == .missing)
        #expect(!FileManager.default.fileExists(atPath: missing))
    }

    @Test("a run that ended before it had learnt anything is begun anew, with another recipe if need be")
    func begunAnew() throws {
        let folder = try TemporaryFolder()
        let whole = try TemporaryFolder()
        try trainSmall(at: whole.path)
        try FileManager.default.copyItem(atPath: "\(whole.path)/run.json", toPath: "\(folder.path)/run.json")
        let records = try trainSmall(at: folder.path) { $0.epochs = 1 }
        #expect(records.count == 1)
        #expect(try RunDescription(ofRunAt: folder.path).settings.epochs == 1)
        #expect(try error(RunError.self) { try trainSmall(at: folder.path) }.code == .exists)
    }

    @Test("a network with another number of classes, and no samples, are refused before anything is trained")
    func noSense() throws {
        let folder = try TemporaryFolder()
        let error1 = try error(RunError.self) { try trainSmall(at: folder.path, network: smallNetwork(classes: 5)) }
        #expect(error1.description.contains("3 classes"))
        let other = try TemporaryFolder()
        let error2 = try error(RunError.self) {
            try trainSmall(at: other.path, training: SyntheticBatches(samplesPerEpoch: 0))
        }
        #expect(error2.code == .noSamples)
    }

    @Test(
        "a checkpoint that lies about its moment is refused",
        arguments: [
            #""batch":0"#: #""batch":-1"#, #""epoch":1"#: #""epoch":-1"#, #""metricsLength":"#: #""metricsLength":-"#,
        ])
    func impossiblePosition(_ found: String, _ lie: String) throws {
        let folder = try TemporaryFolder()
        try trainSmall(at: folder.path) { $0.epochs = 1 }
        let path = "\(folder.path)/checkpoint.safetensors"
        let file = try SafetensorsFile(at: path)
        var metadata = file.metadata
        let position = try #require(metadata["position"])
        #expect(position.contains(found))
        metadata["position"] = position.replacingOccurrences(of: found, with: lie)
        let tensors = try file.shapes.keys.sorted().map { (name: $0, tensor: try file.tensor($0)) }
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
        let error = try error(RunError.self) { try trainSmall(at: folder.path, resuming: true) }
        #expect(error.code == .damaged)
    }

    @Test("a description of a run that is damaged is refused", arguments: ["", "{}", "[", "{\"settings\": 3}"])
    func damagedDescription(_ text: String) throws {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/run.json"))
        #expect(try error(RunError.self) { try trainSmall(at: folder.path, resuming: true) }.code == .damaged)
        let damaged = try error(RunError.self) { _ = try RunDescription(ofRunAt: folder.path) }
        #expect(damaged.code == .damaged && !damaged.description.contains("DecodingError"), "\(damaged)")
    }

    @Test("only one process trains a run, and the lock goes with it")
    func lock() throws {
        let folder = try TemporaryFolder()
        var run: RunFolder? = try RunFolder(at: folder.path, try description(), resuming: false)
        #expect(run?.path == folder.path)
        let locked = try error(RunError.self) {
            _ = try RunFolder(at: folder.path, try description(), resuming: true)
        }
        #expect(locked.code == .locked)
        run = nil
        _ = try RunFolder(at: folder.path, try description(), resuming: true)
    }

    @Test("a full disk is an error that loses nothing, and training goes on when there is room")
    func fullDisk() async throws {
        let (whole, full) = (try TemporaryFolder(), try TemporaryFolder())
        try trainSmall(at: whole.path) { $0.schedule = .constant }
        try trainSmall(at: full.path) {
            $0.epochs = 1
            $0.schedule = .constant
        }
        let path = full.path
        let before = try comparedFiles(path)
        // The largest file that the child may write is smaller than a checkpoint: to it the disk is full.
        await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 2000, rlim_max: 2000)
            #if canImport(Glibc)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            do {
                try trainSmall(at: path, resuming: true) { $0.schedule = .constant }
            } catch let error as FileError where error.code == .diskFull {
                let isNamed = error.description.contains(".safetensors: there is no room")
                exit(isNamed ? 42 : 1)
            }
            exit(2)
        }
        let after = try comparedFiles(path)
        #expect(after["checkpoint.safetensors"] == before["checkpoint.safetensors"])
        #expect(after["best.safetensors"] == before["best.safetensors"])
        #expect(after.keys.sorted() == before.keys.sorted(), "no unfinished file is left")
        try trainSmall(at: path, resuming: true) { $0.schedule = .constant }
        #expect(try comparedFiles(path) == comparedFiles(whole.path))
    }
}
