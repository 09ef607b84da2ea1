import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeTraining

extension Bench {
    /// A file of COCO's annotations, opened: once in this process, or in turn with pycocotools, each time in a new one.
    func annotationsRow(_ path: String) throws -> BenchRow {
        let subject = "annotations, \((path as NSString).lastPathComponent) opened"
        guard try engines.contains(.pycocotools) else {
            var objects = 0
            let time = try Measurement.ofTimes {
                let start = ContinuousClock.now
                objects = try DetectionDataset(at: path, format: .coco).recordCount
                return [start.duration(to: .now).seconds * 1e3]
            }
            var row = BenchRow(subject: "\(subject), \(objects) objects", ours: [time], work: 0)
            row.memory = ProcessMemory.peak.map { Double($0) / 0x1p20 }
            return row
        }
        struct Report: Decodable {
            struct Row: Decodable {
                let milliseconds: Double
                let mebibytes: Double?
            }
            let rows: [Row]
        }
        let peer = try Peer.annotations(path, python: python, scripts: scripts)
        var (theirs, memory) = (BenchRow.Peer(name: peer.label), 0.0)
        var ours: [Measurement] = []
        for _ in 0..<rounds {
            ours.append(
                try Measurement.ofTimes {
                    let child = try ChildProcess(Bench.program, ["bench", "annotations:\(path)", "--json"])
                    let report = try JSONDecoder().decode(Report.self, from: Data(child.output.utf8))
                    memory = max(memory, report.rows.first?.mebibytes ?? 0)
                    return report.rows.map(\.milliseconds)
                })
            theirs.add(try peer.turn(budget: budget, threads: 1))
        }
        var row = BenchRow(subject: subject, ours: ours, work: 0)
        row.memory = memory
        row.peers = [theirs]
        return row
    }
}
