import Dispatch
import Foundation
import Synchronization

/// Remembers which of several kernels is the fastest, in this process and on disk.
///
/// The winner depends on shape, direction and machine, so candidates are timed. Their answers differ in the
/// last digits, and which one wins can differ between two timings: the first result is kept on disk, for
/// this machine, library version and thread count, so that the same seed goes on giving the same bytes. A training
/// keeps those that it used beside its checkpoint as well: it goes on with them when that file on disk is gone.
///
/// What was timed while others disturbed the machine is good enough to go on with, and no more: plans that are made a while
/// later time it again. On disk it is kept for some minutes, so that on a machine that is never quiet not every process
/// begins by timing everything.
///
/// Files are written at most once a second, and at the end of the process: one that is killed loses the choices of a
/// second. Whoever writes down what was computed with them calls ``save()`` first.
package final class Tuner: Sendable {
    package static let shared: Tuner = {
        atexit { Tuner.shared.save() }
        return Tuner(folder: TuningFiles.defaultFolder)
    }()

    private struct State {
        /// What is kept for this machine; `nil` until somebody asks.
        var kept: [String: TunedChoice]?
        /// What this process computes with.
        var used: [String: TunedChoice] = [:]
        /// What this process computes with that was not timed: sizes of images have no end.
        var borrowed = LeastRecentlyUsed<String, String>(capacity: 1 << 14)
        /// Those that were timed, by family; `nil` where some have come since.
        var families: [String: [TunedChoice]]?
        /// When choices of which we know that they were disturbed were made.
        var doubtful: [String: ContinuousClock.Instant] = [:]
        /// Files that the used choices go to as well.
        var copies: [URL] = []

        /// What this machine's file does not have yet.
        var toKeep: [String: TunedChoice] = [:]
        /// Whether there is something that the copies do not have.
        var hasNews = false
        var lastWrite: ContinuousClock.Instant?
        var isScheduled = false
        var writeCount = 0

        /// What a copy holds.
        var copied: [String: TunedChoice] {
            let borrowed = borrowed.all.map { ($0.key, TunedChoice(kernel: $0.value, isBorrowed: true)) }
            return used.merging(borrowed) { timed, _ in timed }
        }

        mutating func use(_ key: String, _ choice: TunedChoice) {
            borrowed.remove(key)
            guard used.updateValue(choice, forKey: key) != choice else { return }
            hasNews = true
        }
    }

    private let folder: URL?
    /// How long a disturbed choice is gone by before a plan times it again.
    private let patience: Duration
    /// How long a disturbed choice is kept for other processes.
    private let endurance: Duration
    /// The time between two writes.
    private let interval: Duration
    private let state = Mutex(State())
    /// Held while files are written, so that the later state is not overwritten by the earlier.
    private let writing = Mutex(())

    /// - Parameter folder: Where choices are kept; `nil` keeps them in memory.
    init(
        folder: URL?, patience: Duration = .seconds(60), endurance: Duration = .seconds(900),
        interval: Duration = .seconds(1)
    ) {
        self.folder = folder
        self.patience = patience
        self.endurance = endurance
        self.interval = interval
    }

    deinit { save() }

    /// The candidate that won before, or wins now, or won for a neighbour.
    ///
    /// - Parameters:
    ///   - candidates: The plainest first.
    ///   - operation: What they all do.
    ///   - request: For what they were made.
    ///   - network: The weights of all layers, among which these are used.
    ///   - policy: What to do where nothing was chosen before.
    func fastest(
        of candidates: [Kernel], for operation: any Operation, _ request: KernelRequest,
        among network: ColdWeights? = nil, by policy: TuningPolicy = .exact
    ) -> Kernel {
        func plainest() -> Kernel { candidates.first(where: \.isCompilable) ?? candidates[0] }
        guard policy != .plainest else { return plainest() }
        let key = TuningKey(operation, request, candidates: candidates.count, among: network)
        // Kernels outside plans are kept for as long as the process lasts, and so must their choices be.
        let renews = !request.constantInputs.isEmpty && policy == .exact
        if let label = choice(for: key.text, renewing: renews),
            let kernel = candidates.first(where: { $0.label == label })
        {
            return kernel
        }
        if policy == .nearest || policy == .nearestOrExact {
            let wins = labels(near: key).lazy.compactMap { label in candidates.first { $0.label == label } }
            let win = wins.first(where: \.isCompilable)
            if let kernel = win ?? (policy == .nearest ? plainest() : nil) {
                borrow(key, kernel.label)
                return kernel
            }
        }
        let winner = Timing.fastest(of: candidates, request, network)
        remember(key.text, winner.kernel.label, winner.disturbance, as: key.neighbourhood)
        return winner.kernel
    }

    /// What won for neighbours, the nearest first.
    func labels(near key: TuningKey) -> [String] {
        let family = state.withLock { state in
            if state.families == nil {
                let kept = state.kept ?? readKept()
                state.kept = kept
                let known = kept.merging(state.used) { $1 }.values.filter { !Self.isOver($0) }
                state.families = Dictionary(grouping: known) {
                    $0.neighbourhood?.family ?? ""
                }
            }
            return state.families?[key.neighbourhood.family] ?? []
        }
        let near = family.compactMap { choice in
            choice.neighbourhood.flatMap { $0.distance(to: key.neighbourhood) }.map { ($0, choice.kernel) }
        }
        return near.sorted { $0 < $1 }.map(\.1)
    }

    /// Goes by a choice that was not timed whenever this key comes again, until somebody times it.
    func borrow(_ key: TuningKey, _ label: String) {
        state.withLock { state in
            state.borrowed.set(label, for: key.text)
            state.hasNews = true
        }
        writeSoon()
    }

    /// What was chosen under `key` before.
    ///
    /// - Parameter renewing: Whether to answer `nil` where a disturbed or a borrowed choice should be timed: for those who
    ///   compute with nothing that was chosen under this key.
    package func choice(for key: String, renewing: Bool = false) -> String? {
        let (label, isNew): (String?, Bool) = state.withLock { state in
            // A run computes with the same kernels to its end.
            let renews = renewing && state.copies.isEmpty
            if let choice = state.used[key] {
                guard renews, let made = state.doubtful[key], .now - made >= patience else {
                    return (choice.kernel, false)
                }
                return (nil, false)
            }
            if !renews, let label = state.borrowed[key] { return (label, false) }
            let kept = state.kept ?? readKept()
            state.kept = kept
            guard let choice = kept[key], !Self.isOver(choice) else { return (nil, false) }
            if choice.isDoubtful { state.doubtful[key] = .now }
            var own = choice
            own.expiry = nil  // from now on this process computes with it
            state.use(key, own)
            return (choice.kernel, true)
        }
        if isNew { writeSoon() }
        return label
    }

    /// - Parameters:
    ///   - disturbance: How far the timing was disturbed; `nil` where nothing had to be timed.
    ///   - neighbourhood: Whom the choice may serve beside those of the same key.
    package func remember(_ key: String, _ kernel: String, _ disturbance: Disturbance? = nil) {
        remember(key, kernel, disturbance, as: nil)
    }

    func remember(
        _ key: String, _ kernel: String, _ disturbance: Disturbance?, as neighbourhood: TuningKey.Neighbourhood?
    ) {
        let choice = TunedChoice(kernel: kernel, disturbance: disturbance, neighbourhood: neighbourhood)
        var kept = choice
        if choice.isDoubtful { kept.expiry = Date().timeIntervalSince1970 + endurance / .seconds(1) }
        state.withLock { state in
            state.doubtful[key] = choice.isDoubtful ? .now : nil
            if state.kept == nil { state.kept = readKept() }
            state.kept?[key] = kept
            state.toKeep[key] = kept
            state.use(key, choice)
            state.families = nil
        }
        writeSoon()
    }

    /// Goes by the choices in a file from now on, and adds to it whatever is used.
    ///
    /// Where this process has already computed with another choice, it stays with that.
    package func keepCopy(at path: String) {
        let copy = URL(fileURLWithPath: path)
        writing.withLock { _ in
            let (found, all) = state.withLock { state in
                let found = TuningFiles.readCopy(copy)
                for (key, choice) in found where state.used[key] == nil {
                    guard choice.isBorrowed else {
                        state.use(key, choice)
                        continue
                    }
                    if state.borrowed[key] == nil { state.borrowed.set(choice.kernel, for: key) }
                }
                for (key, choice) in found where choice == state.used[key] && choice.isDoubtful {
                    state.doubtful[key] = .now
                }
                state.families = nil
                state.copies.append(copy)
                return (found, state.copied)
            }
            if found != all { TuningFiles.writeCopy(all, to: copy) }
        }
    }

    /// Adds no more to a file that ``keepCopy(at:)`` began with.
    package func endCopy(at path: String) {
        let copy = URL(fileURLWithPath: path)
        writing.withLock { _ in
            let all = state.withLock { state -> [String: TunedChoice]? in
                guard let index = state.copies.firstIndex(of: copy) else { return nil }
                state.copies.remove(at: index)
                return state.hasNews ? state.copied : nil
            }
            if let all { TuningFiles.writeCopy(all, to: copy) }
        }
    }

    /// Writes what is not in the files yet.
    package func save() {
        writing.withLock { _ in
            let (new, used, copies) = state.withLock { state in
                defer {
                    state.toKeep = [:]
                    state.hasNews = false
                    state.lastWrite = .now
                    state.isScheduled = false
                }
                let used = state.hasNews && !state.copies.isEmpty
                state.writeCount += (state.toKeep.isEmpty || file == nil ? 0 : 1) + (used ? state.copies.count : 0)
                return (state.toKeep, used ? state.copied : nil, state.copies)
            }
            if let file, !new.isEmpty {
                // Another process may have added its own since we read the file.
                let all = readKept().merging(new) { old, new in new.isDoubtful && !old.isDoubtful ? old : new }
                TuningFiles.write(all, to: file)
                state.withLock { state in
                    state.kept = all.merging(state.toKeep) { $1 }
                    state.families = nil
                }
            }
            if let used { for copy in copies { TuningFiles.writeCopy(used, to: copy) } }
        }
    }

    /// How many choices were timed, or read from a file.
    var usedCount: Int { state.withLock(\.used.count) }

    /// How many times a file was written.
    var writeCount: Int { state.withLock(\.writeCount) }

    /// Sees to it that news are written: now, where nothing was for an interval, or when it is over.
    private func writeSoon() {
        let wait = state.withLock { state -> Duration? in
            let hasNews = !state.toKeep.isEmpty || (state.hasNews && !state.copies.isEmpty)
            guard hasNews, !state.isScheduled else { return nil }
            state.isScheduled = true
            return max(state.lastWrite.map { interval - (.now - $0) } ?? .zero, .zero)
        }
        guard let wait else { return }
        if wait == .zero { return save() }
        let seconds = wait / .seconds(1)
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + seconds) { [weak self] in self?.save() }
    }

    /// Whether a choice is to be made again.
    private static func isOver(_ choice: TunedChoice) -> Bool {
        choice.expiry.map { $0 < Date().timeIntervalSince1970 } ?? false
    }

    private func readKept() -> [String: TunedChoice] {
        TuningFiles.read(file, as: [String: TunedChoice].self) ?? [:]
    }

    private var file: URL? { TuningFiles.own(in: folder) }
}
