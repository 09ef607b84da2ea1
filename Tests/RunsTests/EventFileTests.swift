import Foundation
import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

@Suite struct EventFileTests {
    private func record(_ epoch: Int, validation: Double? = 0.5) -> EpochRecord {
        EpochRecord(
            epoch: epoch, learningRate: 0.1, training: [.loss: Double(epoch) + 0.25, .accuracy: 0],
            validation: validation.map { [.loss: $0, .accuracy: $0, .top5: $0] } ?? [:])
    }

    @Test("holds the version, a session's start, and the scalars of each epoch")
    func contents() throws {
        let folder = try TemporaryFolder()
        let timings = [EpochTiming(epoch: 1, seconds: 1, samples: 1, ended: 1000.5)]
        let file = try EventFile(replacingThoseIn: folder.path, records: [record(1)], timings: timings)
        try file.append(record(2, validation: nil), at: 2000.25)
        let events = try EventReader.events(ofRunAt: folder.path)
        #expect(events.map(\.version) == ["brain.Event:2", nil, nil, nil])
        #expect(events.map(\.sessionStatus) == [nil, 1, nil, nil])
        #expect(events.map(\.step) == [0, 0, 1, 2])
        #expect(events.suffix(2).map(\.time) == [1000.5, 2000.25])
        #expect(
            events[2].scalars == [
                "train/loss": 1.25, "train/accuracy": 0, "validation/loss": 0.5, "validation/accuracy": 0.5,
                "validation/top5": 0.5, "learning_rate": 0.1,
            ])
        #expect(events[3].scalars == ["train/loss": 2.25, "train/accuracy": 0, "learning_rate": 0.1])
    }

    @Test("a new file takes the place of old ones and comes behind them by name")
    func replaced() throws {
        let folder = try TemporaryFolder()
        let old = try EventFile(replacingThoseIn: folder.path, records: [], timings: [])
        // One that was cut short by the end of a process.
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(folder.path)/events.out.tfevents.1999999999.host"))
        let new = try EventFile(replacingThoseIn: folder.path, records: [record(1), record(2)], timings: [])
        #expect(new.path > old.path && new.path.contains(".2000000000."))
        #expect(try EventReader.events(ofRunAt: folder.path).map(\.step) == [0, 0, 1, 2])
    }

    @Test("a hostile name of an old file is no trouble")
    func hostile() throws {
        let folder = try TemporaryFolder()
        for name in [
            "events.out.tfevents.", "events.out.tfevents.\(Int.max).x", "events.out.tfevents.99999999999999999999",
        ] {
            try Data().write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
        }
        _ = try EventFile(replacingThoseIn: folder.path, records: [], timings: [])
        #expect(try EventReader.events(ofRunAt: folder.path).count == 2)
    }
}
