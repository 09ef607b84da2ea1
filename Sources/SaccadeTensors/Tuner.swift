import Foundation
import SaccadeOneDNN
import Synchronization

/// Remembers which of several kernels is the fastest, in this process and on disk.
///
/// The winner depends on shape, direction and machine, so candidates are timed. Their answers differ in the
/// last digits, and which one wins can differ between two timings: the first result is kept on disk, for
/// this machine, library version and thread count, so that the same seed goes on giving the same bytes. A training
/// keeps those that it used beside its checkpoint as well: it goes on with them when that file on disk is gone.
///
/// What was timed while others disturbed the machine is good enough to go on with, and no more: it is not kept on disk for
/// other processes, and plans that are made a while later time it again.
package final class Tuner: Sendable {
    package static let shared = Tuner(folder: Tuner.defaultFolder)

    private struct State {
        /// What is kept for this machine; `nil` until somebody asks.
        var kept: [String: TunedChoice]?
        /// What this process computes with.
        var used: [String: TunedChoice] = [:]
        /// When choices of which we know that they were disturbed were made.
        var doubtful: [String: ContinuousClock.Instant] = [:]
        /// Files that the used choices go to as well.
        var copies: [URL] = []
    }

    private let folder: URL?
    /// How long a disturbed choice is gone by before a plan times it again.
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameter folder: Where choices are kept; `nil` keeps them in memory.
    init(folder: URL?, patience: Duration = .seconds(60)) {
        self.folder = folder
        self.patience = patience
    }

    /// `$SACCADE_TUNING`, or `saccade` in the user's folder for caches.
    static var defaultFolder: URL? {
        let environment = ProcessInfo.processInfo.environment
        if let own = environment["SACCADE_TUNING"], !own.isEmpty { return URL(fileURLWithPath: own) }
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            return URL(fileURLWithPath: cache).appendingPathComponent("saccade")
        }
        return environment["HOME"].map { URL(fileURLWithPath: $0).appendingPathComponent(".cache/saccade") }
    }

    /// The candidate that won before, or wins now.
    ///
    /// - Parameters:
    ///   - candidates: The plainest first.
    ///   - operation: What they all do.
    ///   - request: For what they were made.
    ///   - network: The weights of all layers, among which these are used.
    func fastest(
        of candidates: [Kernel], for operation: some Operation, _ request: KernelRequest,
        among network: WeightsInTurn? = nil
    ) -> Kernel {
        // Another program version may know of more kernels: then the choice is made again.
        let key =
            Tuner.key(operation, request) + " of \(candidates.count)"
            + (network.map { " among \($0.byteCount >> 20) MiB" } ?? "")
        // Kernels outside plans are kept for as long as the process lasts, and so must their choices be.
        if let label = choice(for: key, renewing: !request.constantInputs.isEmpty),
            let kernel = candidates.first(where: { $0.label == label })
        {
            return kernel
        }
        let winner = Timing.fastest(of: candidates, request, network)
        remember(key, winner.kernel.label, winner.disturbance)
        return winner.kernel
    }

    private static func key(_ operation: some Operation, _ request: KernelRequest) -> String {
        let constants = request.constantInputs
        let inputs = request.inputs.enumerated().map { (constants.contains($0) ? "=" : "") + "\($1.shape)" }.joined()
        let precision = request.precision.rawValue + (request.allowsBFloat16 ? "/bf16" : "")
        return "\(operation) \(inputs) \(precision) \(request.order)\(request.isTraining ? " training" : "")"
    }

    /// What was chosen under `key` before.
    ///
    /// - Parameter renewing: Whether to answer `nil` where a disturbed choice should be made again: for those who compute
    ///   with nothing that was chosen under this key.
    package func choice(for key: String, renewing: Bool = false) -> String? {
        state.withLock { state in
            if let choice = state.used[key] {
                // A run computes with the same kernels to its end.
                guard renewing, let made = state.doubtful[key], state.copies.isEmpty, .now - made >= patience else {
                    return choice.kernel
                }
                return nil
            }
            let kept = state.kept ?? read(file, as: [String: TunedChoice].self) ?? [:]
            state.kept = kept
            guard let choice = kept[key] else { return nil }
            use(key, choice, &state)
            return choice.kernel
        }
    }

    /// - Parameter disturbance: How far the timing was disturbed; `nil` where nothing had to be timed.
    package func remember(_ key: String, _ kernel: String, _ disturbance: Disturbance? = nil) {
        let choice = TunedChoice(kernel: kernel, disturbance: disturbance)
        state.withLock { state in
            if disturbance?.isSerious == true {
                state.doubtful[key] = .now
            } else {
                state.doubtful[key] = nil
                // Another process may have added its own since we read the file.
                var all = (read(file, as: [String: TunedChoice].self) ?? [:]).merging(state.kept ?? [:]) { $1 }
                all[key] = choice
                state.kept = all
                if let file { write(all, to: file) }
            }
            use(key, choice, &state)
        }
    }

    /// Goes by the choices in a file from now on, and adds to it whatever is used.
    ///
    /// Where this process has already computed with another choice, it stays with that.
    package func keepCopy(at path: String) {
        let copy = URL(fileURLWithPath: path)
        state.withLock { state in
            let copied = read(copy, as: [String: [String: TunedChoice]].self)?[Tuner.machine] ?? [:]
            state.used.merge(copied) { own, _ in own }
            for (key, choice) in copied where choice == state.used[key] && choice.disturbance?.isSerious == true {
                state.doubtful[key] = .now
            }
            state.copies.append(copy)
            if state.used != copied { writeCopy(state.used, to: copy) }
        }
    }

    /// Adds no more to a file that ``keepCopy(at:)`` began with.
    package func endCopy(at path: String) {
        let copy = URL(fileURLWithPath: path)
        state.withLock { state in
            if let index = state.copies.firstIndex(of: copy) { state.copies.remove(at: index) }
        }
    }

    private func use(_ key: String, _ choice: TunedChoice, _ state: inout State) {
        state.used[key] = choice
        for copy in state.copies { writeCopy(state.used, to: copy) }
    }

    /// A copy has the choices of every machine that it was used on: a run may move between two.
    private func writeCopy(_ used: [String: TunedChoice], to copy: URL) {
        var all = read(copy, as: [String: [String: TunedChoice]].self) ?? [:]
        all[Tuner.machine] = used
        write(all, to: copy)
    }

    private func read<Content: Decodable>(_ file: URL?, as type: Content.Type) -> Content? {
        file.flatMap { try? Data(contentsOf: $0) }.flatMap { try? JSONDecoder().decode(type, from: $0) }
    }

    /// What cannot be written is timed again by the next process.
    private func write(_ content: some Encodable, to file: URL) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(content) else { return }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? data.write(to: file, options: .atomic)
    }

    /// What choices are good for.
    private static var machine: String {
        "\(Machine.processor) \(Machine.instructionSets)-onednn\(Library.version)-\(Threads.count)threads"
    }

    private var file: URL? {
        let safe = String(Tuner.machine.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
        return folder?.appendingPathComponent("tuning-\(safe).json")
    }
}
