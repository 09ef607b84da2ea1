public import Foundation
public import SaccadeTraining

/// A run as the registry knows it: a line of `saccade runs`.
public struct RunEntry: Sendable, Equatable {
    /// The best epoch so far.
    public struct Best: Sendable, Equatable {
        public var epoch: Int
        public var monitor: Monitor
        public var value: Double
    }

    /// The run's name: its folder's.
    public var name: String
    /// The absolute path of its folder.
    public var folder: String
    /// What the recipe calls its network.
    public var network: String
    /// Where the data were, as the user named them.
    public var data: String
    public var state: RunState
    /// Epochs that are over, and those that are wanted.
    public var epochs: (done: Int, wanted: Int)
    public var best: Best?
    /// Seconds of learning and judging.
    public var seconds: Double
    /// The share of the learning in which it waited for data.
    public var waitingFraction: Double?
    public var peakMemory: Int?
    /// When something last became of it.
    public var lastActive: Date
    /// Tells whether the folder's files have changed since they were read.
    var stamp: String

    init(
        name: String, folder: String, network: String, data: String, state: RunState,
        epochs: (done: Int, wanted: Int), best: Best?, seconds: Double, waitingFraction: Double?, peakMemory: Int?,
        lastActive: Date, stamp: String
    ) {
        self.name = name
        self.folder = folder
        self.network = network
        self.data = data
        self.state = state
        self.epochs = epochs
        self.best = best
        self.seconds = seconds
        self.waitingFraction = waitingFraction
        self.peakMemory = peakMemory
        self.lastActive = lastActive
        self.stamp = stamp
    }

    /// What the registry would know of a run.
    public init(_ run: RunSummary) { self.init(run, stamp: Self.stamp(of: run.folder)) }

    init(_ run: RunSummary, stamp: String) {
        self.init(
            name: run.name, folder: run.folder, network: run.network, data: run.description.data, state: run.state,
            epochs: run.epochs,
            best: run.best.flatMap { best in
                let monitor = run.description.monitor
                return monitor.value(of: best).map { Best(epoch: best.epoch, monitor: monitor, value: $0) }
            }, seconds: run.seconds, waitingFraction: run.waitingFraction, peakMemory: run.peakMemory,
            lastActive: run.lastActive, stamp: stamp)
    }

    public static func == (a: RunEntry, b: RunEntry) -> Bool {
        (a.name, a.folder, a.network, a.data, a.state) == (b.name, b.folder, b.network, b.data, b.state)
            && a.epochs == b.epochs
            && (a.best, a.seconds, a.waitingFraction, a.peakMemory, a.lastActive, a.stamp)
                == (b.best, b.seconds, b.waitingFraction, b.peakMemory, b.lastActive, b.stamp)
    }

    /// Changes whenever one of the files that a run is known by does.
    static func stamp(of folder: String) -> String {
        ["run.json", "metrics.jsonl", "timings.jsonl", RunFiles.stopped].map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(attributes?[.size] as? Int ?? -1)@\(date)"
        }.joined(separator: " ")
    }
}
