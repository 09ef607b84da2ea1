import Foundation
import SaccadeOneDNN
import Synchronization

/// Remembers which of several kernels is the fastest, in this process and on disk.
///
/// The winner depends on shape, direction and machine, so candidates are timed. Their answers differ in the
/// last digits, and which one wins can differ between two timings: the first result is kept on disk, for
/// this machine, library version and thread count, so that the same seed goes on giving the same bytes.
final class Tuner: Sendable {
    static let shared = Tuner(folder: Tuner.defaultFolder)

    private let folder: URL?
    private let choices = Mutex<[String: String]?>(nil)

    /// - Parameter folder: Where choices are kept; `nil` keeps them in memory.
    init(folder: URL?) { self.folder = folder }

    static var defaultFolder: URL? {
        let environment = ProcessInfo.processInfo.environment
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            return URL(fileURLWithPath: cache).appendingPathComponent("saccade")
        }
        return environment["HOME"].map { URL(fileURLWithPath: $0).appendingPathComponent(".cache/saccade") }
    }

    /// The candidate that won before, or wins now.
    ///
    /// - Parameter constants: Inputs that are put into a kernel's arrangement beforehand, such as a plan's weights.
    func fastest(
        of candidates: [Kernel], for operation: some Operation, _ request: KernelRequest, constants: Set<Int> = []
    ) -> Kernel {
        let key = Tuner.key(operation, request, constants)
        if let label = choice(for: key), let kernel = candidates.first(where: { $0.label == label }) {
            return kernel
        }
        let winner = Timing.fastest(of: candidates, request, constants)
        remember(key, winner.label)
        return winner
    }

    private static func key(_ operation: some Operation, _ request: KernelRequest, _ constants: Set<Int>) -> String {
        let inputs = request.inputs.enumerated().map { (constants.contains($0) ? "=" : "") + "\($1.shape)" }.joined()
        return
            "\(operation) \(inputs) \(request.precision.rawValue) \(request.order)\(request.isTraining ? " training" : "")"
    }

    /// What was chosen under `key` before.
    func choice(for key: String) -> String? {
        choices.withLock { choices in
            if choices == nil { choices = stored() }
            return choices?[key]
        }
    }

    func remember(_ key: String, _ label: String) {
        choices.withLock { choices in
            // Another process may have added its own since we read the file.
            var all = stored().merging(choices ?? [:]) { $1 }
            all[key] = label
            choices = all
            guard let file, let data = try? JSONEncoder().encode(all) else { return }
            // A cache: if it cannot be written, the next process times again.
            try? FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? data.write(to: file, options: .atomic)
        }
    }

    private func stored() -> [String: String] {
        guard let file, let data = try? Data(contentsOf: file) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }

    private var file: URL? {
        let name = "\(Machine.processor)-onednn\(Library.version)-\(Threads.count)threads"
        let safe = String(name.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
        return folder?.appendingPathComponent("tuning-\(safe).json")
    }
}

/// Times kernels on memory that holds zeros.
enum Timing {
    static func fastest(of candidates: [Kernel], _ request: KernelRequest, _ constants: Set<Int>) -> Kernel {
        let trials = candidates.map { Trial($0, request, constants) }
        for trial in trials { trial.run() }  // warms caches and memory
        var best = [Duration](repeating: .seconds(1000), count: trials.count)
        var spent = Duration.zero
        let clock = ContinuousClock()
        var running = Array(trials.indices)
        // In turn, so that a disturbance meets all of them; the shortest run of each is what it can do.
        for round in 0..<20 where round < 3 || spent < .milliseconds(200) {
            for index in running {
                let elapsed = clock.measure { trials[index].run() }
                best[index] = min(best[index], elapsed)
                spent += elapsed
            }
            // Those far behind will not catch up, and large shapes make each of their runs dear.
            let leader = best.min() ?? .zero
            running.removeAll { best[$0] > leader * 1.25 }
        }
        // The plainest come first: each must lose clearly to be passed over.
        var winner = 0
        for index in best.indices where best[index] < best[winner] * 0.97 { winner = index }
        return candidates[winner]
    }

    /// A kernel with inputs of zeros; a run includes the reorders that the kernel makes necessary.
    private struct Trial {
        let kernel: Kernel
        let inputs: [Tensor]
        let results: [Shape]

        init(_ kernel: Kernel, _ request: KernelRequest, _ constants: Set<Int>) {
            self.kernel = kernel
            results = request.results
            inputs = request.inputs.enumerated().map { index, operand in
                let storage = Storage(byteCount: operand.byteCount)
                storage.address.initializeMemory(as: UInt8.self, repeating: 0, count: operand.byteCount)
                let tensor = Tensor(shape: operand.shape, content: .stored(storage, operand.arrangement))
                return constants.contains(index) ? tensor.arranged(kernel.inputs[index]) : tensor
            }
        }

        func run() { _ = kernel.results(of: inputs, shapes: results) }
    }
}
