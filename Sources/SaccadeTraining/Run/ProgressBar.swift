import Foundation
import SaccadeMetrics

/// Shows the progress of a training on standard error: one line that is redrawn on a terminal, plain lines every few
/// seconds elsewhere.
public final class ProgressBar: TrainingObserver {
    private let write: (String) -> Void
    private let summary: (EpochRecord) -> String
    private let now: () -> Double
    private let isTerminal: Bool
    private let width: Int
    /// Seconds between two lines.
    private let pause: Double

    private var lastShown = -Double.infinity
    private var hasLine = false
    /// Of the epoch's learning.
    private var waitingFraction = 0.0
    /// Samples and seconds since the beginning, for the speed.
    private var meter = Meter()

    private struct Meter {
        var last: (time: Double, phase: TrainingProgress.Phase, epoch: Int, samples: Int)?
        var samples = 0.0
        var seconds = 0.0

        mutating func add(_ progress: TrainingProgress, at time: Double) {
            if let last, last.phase == progress.phase, last.epoch == progress.epoch, progress.samples > last.samples {
                // What is long past counts less: half after some hundred batches.
                samples = samples * 0.995 + Double(progress.samples - last.samples)
                seconds = seconds * 0.995 + time - last.time
            }
            last = (time, progress.phase, progress.epoch, progress.samples)
        }
    }

    /// Shows progress on standard error, as suits what that is.
    ///
    /// - Parameter summary: The line that stays of an epoch.
    public convenience init(summary: @escaping (EpochRecord) -> String = ProgressBar.summary(of:)) {
        let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
        self.init(isTerminal: isTerminal, width: ProgressBar.terminalWidth) {
            // Nobody may be listening any more; training goes on.
            try? FileHandle.standardError.write(contentsOf: Data($0.utf8))
        } now: {
            ProcessInfo.processInfo.systemUptime
        } summary: {
            summary($0)
        }
    }

    /// - Parameters:
    ///   - isTerminal: Whether a line can be redrawn.
    ///   - width: Columns of the terminal.
    ///   - write: Takes what is to be shown.
    ///   - now: The time in seconds, from any beginning.
    ///   - summary: The line that stays of an epoch.
    public init(
        isTerminal: Bool, width: Int, write: @escaping (String) -> Void, now: @escaping () -> Double,
        summary: @escaping (EpochRecord) -> String = ProgressBar.summary(of:)
    ) {
        self.isTerminal = isTerminal
        self.width = max(width, 20)
        self.write = write
        self.summary = summary
        self.now = now
        pause = isTerminal ? 0.1 : 5
    }

    public func progressed(_ progress: TrainingProgress) {
        let time = now()
        meter.add(progress, at: time)
        if progress.phase == .training { waitingFraction = progress.waitingFraction }
        guard time - lastShown >= pause else { return }
        lastShown = time
        let text = line(progress)
        if isTerminal {
            write("\r\u{1B}[K" + text.prefix(width - 1))
            hasLine = true
        } else {
            write(text + "\n")
        }
    }

    public func finished(_ record: EpochRecord) {
        if hasLine { write("\r\u{1B}[K") }
        hasLine = false
        write(summary(record) + (Self.waiting(waitingFraction).map { "; \($0)" } ?? "") + "\n")
    }

    /// Everything that an epoch came to, on one line.
    public static func summary(of record: EpochRecord) -> String {
        func words(_ metrics: [Metric: Double]) -> String {
            metrics.inOrder.filter { !$0.metric.isMinor }.map { "\($0.metric.title) \($0.metric.text($0.value))" }
                .joined(separator: ", ")
        }
        let validation = record.validation.isEmpty ? "" : "val: \(words(record.validation))"
        let parts = [words(record.training), validation].filter { !$0.isEmpty }
        var text = "epoch \(record.epoch): \(parts.joined(separator: "; "))"
        if record.skippedSteps > 0 { text += "; \(record.skippedSteps) steps skipped" }
        return text + (record.isBest ? " (best so far)" : "")
    }

    private func line(_ progress: TrainingProgress) -> String {
        let word = progress.phase == .training ? "learning" : "validating"
        let start = "epoch \(progress.epoch)/\(progress.epochs) \(word) "
        var end = "\(progress.samples)/\(progress.samplesInAll)"
        if progress.phase == .training { end += ", loss \(Self.digits(progress.loss, 4))" }
        if meter.seconds > 0, meter.samples > 0 {
            let speed = meter.samples / meter.seconds
            let left = Double(progress.samplesInAll - progress.samples + progress.samplesToCome) / speed
            end += ", \(Self.digits(speed, speed < 10 ? 1 : 0)) samples/s, \(ProgressBar.time(left)) left"
        }
        if progress.phase == .training { end += Self.waiting(progress.waitingFraction).map { ", \($0)" } ?? "" }
        // The bar takes the room that is left, if it is worth it.
        let room = min(width - 2 - start.count - end.count, 20)
        guard isTerminal, room >= 4 else { return start + end }
        let share = Double(progress.samples) / Double(max(progress.samplesInAll, 1))
        let full = min(Int(share * Double(room)), room)
        return start + String(repeating: "█", count: full) + String(repeating: "░", count: room - full) + " " + end
    }

    /// `1:02:03`, or `02:03` below an hour.
    public static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "a long time" }
        let whole = Int(seconds.rounded(.up))
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let short = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole < 3600 ? short : "\(whole / 3600):\(short)"
    }

    /// What to say of a computation that waits for its data so much that one should know.
    private static func waiting(_ share: Double) -> String? {
        share > 0.02 ? "\(digits(share * 100, 0)) % waiting for data" : nil
    }

    private static func digits(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }

    private static var terminalWidth: Int {
        var size = winsize()
        let request = UInt(TIOCGWINSZ)
        return ioctl(FileHandle.standardError.fileDescriptor, request, &size) == 0 && size.ws_col > 0
            ? Int(size.ws_col) : 80
    }
}
