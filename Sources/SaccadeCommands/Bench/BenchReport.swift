import Foundation
import SaccadeCommandSupport
import SaccadeTensors

/// What was measured of one subject, by us and by others in turn.
struct BenchRow {
    struct Peer {
        let name: String
        /// The median of each turn, in milliseconds.
        var times: [Double] = []
        /// The 90th percentile of each turn, where the peer's script tells it.
        var slowTimes: [Double] = []
        /// The share of the machine that others used in each turn.
        var otherLoads: [Double] = []
        /// The most that its process held in memory, in MiB, where it was asked for.
        var memory: Double?
        /// The largest difference of its results from ours, as a share of the largest of ours.
        var difference: Double?

        init(name: String) { self.name = name }

        mutating func add(_ turn: SaccadeCommands.Peer.Turn) {
            times.append(turn.milliseconds)
            if let slow = turn.percentile90 { slowTimes.append(slow) }
            otherLoads.append(turn.otherLoad)
            memory = turn.memory ?? memory
        }
    }

    let subject: String
    var ours: [Measurement]
    /// Multiplications and additions of one run; 0 where they are not the point.
    let work: Double
    var peers: [Peer] = []
    /// The most that a process of ours held in memory, in MiB, where it was measured.
    var memory: Double?

    /// The median of the turns' medians.
    var time: Double { BenchRow.median(ours.map(\.median)) }
    var rate: Double { work / time / 1e6 }
    /// The median of the turns' 90th percentiles.
    var slowTime: Double { BenchRow.median(ours.map(\.percentile90)) }
    /// The most that others used of the machine in any turn, ours or a peer's.
    var otherLoad: Double { (ours.map(\.otherLoad) + peers.flatMap(\.otherLoads)).max() ?? 0 }
    /// Whether the machine was left to those who had turns, and to the busy processes that were asked for.
    var isQuiet: Bool { otherLoad <= MachineLoad.mostWhenQuiet }

    static func median(_ times: [Double]) -> Double {
        let sorted = times.sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }

    /// How many times as long the peer takes as we do, with the smallest and the largest ratio of any turn.
    func ratio(to peer: Peer) -> (median: Double, low: Double, high: Double) {
        let turns = zip(peer.times, ours).map { $0 / $1.median }
        return (BenchRow.median(peer.times) / time, turns.min() ?? .nan, turns.max() ?? .nan)
    }

    /// The same for the 90th percentiles; `nil` where the peer does not tell its own.
    func slowRatio(to peer: Peer) -> Double? {
        peer.slowTimes.isEmpty ? nil : BenchRow.median(peer.slowTimes) / slowTime
    }
}

/// Rows as a table, as Markdown and as JSON.
struct BenchReport {
    let threads: Int
    /// Multiplications and additions a second that the machine does at most.
    let peak: Double
    private(set) var rows: [BenchRow] = []
    private(set) var notes: [String] = []

    init(threads: Int, peak: Double) { (self.threads, self.peak) = (threads, peak) }

    mutating func add(_ row: BenchRow) {
        rows.append(row)
        // Measuring takes minutes: show each as it comes.
        FileHandle.standardError.write(Data((line(row) + "\n").utf8))
    }

    mutating func note(_ text: String) { notes.append(text) }

    private static func number(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }

    /// A rate as a share of what the machine does at most.
    private func share(_ row: BenchRow) -> Double { row.rate * 1e9 / peak }

    private func line(_ row: BenchRow) -> String {
        let number = BenchReport.number
        var line = "\(row.subject): \(number(row.time)) ms (90 % within \(number(row.slowTime)))"
        if row.work > 0 { line += ", \(number(row.rate)) GFLOP/s (\(percent(share(row), decimals: 0)) of the peak)" }
        if let memory = row.memory { line += ", \(number(memory)) MiB" }
        if !row.isQuiet {
            line += "; not quiet: others used up to \(percent(row.otherLoad, decimals: 0)) of the machine"
        }
        for peer in row.peers {
            let ratio = row.ratio(to: peer)
            line +=
                "\n    \(peer.name): \(number(BenchRow.median(peer.times))) ms, "
                + "\(number(ratio.median))× ours (\(number(ratio.low))–\(number(ratio.high)))"
                + (row.slowRatio(to: peer).map {
                    "; 90 % within \(number(BenchRow.median(peer.slowTimes))) ms, \(number($0))×"
                } ?? "")
                + (peer.memory.map { ", \(number($0)) MiB" } ?? "")
                + (peer.difference.map { String(format: ", results within %.0e", $0) } ?? "")
        }
        return line
    }

    private var heading: String {
        "\(Machine.processor) (\(Machine.instructionSets)), \(threads) thread(s)\(foreign), float32 unless said; "
            + "the machine multiplies and adds \(BenchReport.number(peak / 1e9)) billion numbers a second at most"
    }

    private var foreign: String { Threads.whyForeign.map { " of OpenMP (\($0))" } ?? "" }

    var text: String { ([heading] + rows.map(line) + notes).joined(separator: "\n") }

    var markdown: String {
        var lines = [
            "# Measured", "", heading + ".", "",
            "| subject | ours, ms | 90 % within | GFLOP/s | of peak | MiB | others used | peer | its ms | ratio | spread "
                + "| 90 % within | ratio | its MiB | difference |",
            "|\(String(repeating: "---|", count: 15))",
        ]
        for row in rows {
            let number = BenchReport.number
            let rate = row.work > 0 ? [number(row.rate), percent(share(row), decimals: 0)] : ["–", "–"]
            let others = percent(row.otherLoad, decimals: 0) + (row.isQuiet ? "" : ", not quiet")
            let ours =
                [row.subject, number(row.time), number(row.slowTime)] + rate + [row.memory.map(number) ?? "–", others]
            for peer in row.peers {
                let ratio = row.ratio(to: peer)
                let theirs = [
                    peer.name, number(BenchRow.median(peer.times)), number(ratio.median),
                    "\(number(ratio.low))–\(number(ratio.high))",
                    peer.slowTimes.isEmpty ? "–" : number(BenchRow.median(peer.slowTimes)),
                    row.slowRatio(to: peer).map(number) ?? "–", peer.memory.map(number) ?? "–",
                    peer.difference.map { String(format: "%.0e", $0) } ?? "–",
                ]
                lines.append("| \((ours + theirs).joined(separator: " | ")) |")
            }
            if row.peers.isEmpty {
                lines.append("| \(ours.joined(separator: " | ")) |\(String(repeating: " |", count: 8))")
            }
        }
        return (lines + [""] + notes + [""]).joined(separator: "\n")
    }

    func json() throws -> String {
        struct Row: Encodable {
            struct Peer: Encodable {
                let name: String, milliseconds: [Double], ratio: Double, percentile90Ratio: Double?, mebibytes: Double?
                let difference: Double?
            }
            let subject: String, milliseconds: Double, percentile90: Double, gigaflopsPerSecond: Double?
            let mebibytes: Double?, otherLoad: Double, isQuiet: Bool
            let turns: [Measurement], peers: [Peer]
        }
        struct Report: Encodable {
            let machine: String, instructionSets: String, threads: Int, peakGigaflopsPerSecond: Double, rows: [Row],
                notes: [String]
        }
        let report = Report(
            machine: Machine.processor, instructionSets: Machine.instructionSets, threads: threads,
            peakGigaflopsPerSecond: peak / 1e9,
            rows: rows.map { row in
                Row(
                    subject: row.subject, milliseconds: row.time, percentile90: row.slowTime,
                    gigaflopsPerSecond: row.work > 0 ? row.rate : nil, mebibytes: row.memory,
                    otherLoad: row.otherLoad, isQuiet: row.isQuiet, turns: row.ours,
                    peers: row.peers.map {
                        Row.Peer(
                            name: $0.name, milliseconds: $0.times, ratio: row.ratio(to: $0).median,
                            percentile90Ratio: row.slowRatio(to: $0), mebibytes: $0.memory, difference: $0.difference)
                    })
            }, notes: notes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}
