import Foundation
import TestSupport
import Testing

@testable import SaccadeTraining

@Suite struct ScheduleTests {
    static let cases: [(String, Schedule)] = [
        ("constant", .constant),
        ("step", .step(every: 3, factor: 0.5)),
        ("multiStep", .multiStep(at: [2, 5, 6])),
        ("cosine", .cosine(over: 8, minimum: 0.01)),
        ("oneCycle", .oneCycle(over: 20)),
        ("warmUp", .warmUp(over: 4, start: 0.2, next: .cosine(over: 6))),
    ]

    @Test("rates are those of PyTorch", arguments: cases)
    func rates(_ name: String, _ schedule: Schedule) throws {
        let expected = try #require(try TrainingFixtures.load().schedules[name])
        let rate = LearningRate(0.1, schedule, epochs: expected.count, batchesPerEpoch: 1)
        for (step, value) in expected.enumerated() {
            #expect(abs(rate(batch: step) - value) <= 1e-12, "step \(step)")
        }
    }

    @Test("a plateau lowers the rate when PyTorch does")
    func plateau() throws {
        let fixtures = try TrainingFixtures.load()
        let expected = try #require(fixtures.schedules["plateau"])
        let rule = Schedule.Plateau(factor: 0.5, patience: 2, cooldown: 1, minimum: 0.02)
        var rate = LearningRate(0.1, .plateau(rule), epochs: expected.count, batchesPerEpoch: 3)
        for (epoch, value) in expected.enumerated() {
            #expect(abs(rate(batch: epoch * 3) - value) <= 1e-12, "epoch \(epoch)")
            rate.observe(loss: fixtures.losses[epoch])
        }
        #expect(Set(expected).count > 2, "the losses must make the rate fall more than once")
    }

    @Test("lengths in epochs count batches")
    func batches() {
        let step = LearningRate(1, .step(every: 1.5, factor: 0.5), epochs: 4, batchesPerEpoch: 10)
        #expect((0..<40).map { step(batch: $0) }.firstIndex(of: 0.5) == 15)
        let cosine = LearningRate(1, .cosine(), epochs: 2, batchesPerEpoch: 10)
        #expect(abs(cosine(batch: 10) - 0.5) < 1e-12)
        #expect(cosine(batch: 20) == 0)
        #expect(cosine(batch: 35) == 0, "behind its end it stays there")
    }

    @Test("lengths in steps do not care for epochs, and count the batches of each step")
    func steps() throws {
        let inSteps = Schedule.bySteps(.warmUp(over: 4, start: 0, next: .multiStep(at: [6, 10], factor: 0.1)))
        for batchesPerEpoch in [3, 10, 1000] {
            let rate = LearningRate(1, inSteps, epochs: 1, batchesPerEpoch: batchesPerEpoch)
            #expect([0, 2, 4, 9, 10, 13, 14].map { rate(batch: $0) } == [0, 0.5, 1, 1, 0.1, 0.1, 0.1 * 0.1])
        }
        let rate = LearningRate(1, inSteps, epochs: 1, batchesPerEpoch: 7, accumulation: 5)
        #expect([0, 10, 20, 49, 50, 69, 70].map { rate(batch: $0) } == [0, 0.5, 1, 1, 0.1, 0.1, 0.1 * 0.1])
        let text = #"{"kind": "step", "every": 30000, "unit": "step"}"#
        let read = try JSONDecoder().decode(Schedule.self, from: Data(text.utf8))
        #expect(read == .bySteps(.step(every: 30000)))
        for wrong in [#"{"kind": "step", "every": 3, "unit": "stpe"}"#, #"{"kind": "cosine", "unti": "step"}"#] {
            let error = try #require(throws: DecodingError.self) {
                _ = try JSONDecoder().decode(Schedule.self, from: Data(wrong.utf8))
            }
            #expect("\(error)".contains("did you mean"))
        }
    }

    @Test(
        "what is stored is what is read",
        arguments: cases.map(\.1) + [.plateau(.init(patience: 3)), .bySteps(.warmUp(over: 3, next: .cosine()))])
    func coding(_ schedule: Schedule) throws {
        let data = try JSONEncoder().encode(schedule)
        #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
    }

    @Test(
        "senseless values are refused",
        arguments: [
            Schedule.step(every: 0), .step(every: 1, factor: -1), .multiStep(at: [3, 2]), .cosine(over: -1),
            .oneCycle(rise: 2), .warmUp(over: .infinity, next: .constant), .warmUp(over: 1, next: .step(every: .nan)),
            .plateau(.init(patience: -1)), .step(every: 1e300), .multiStep(at: [1, 1e18]), .cosine(over: 1e300),
            .oneCycle(over: 1e18), .warmUp(over: 1e300, next: .constant), .bySteps(.cosine(over: 1e300)),
        ])
    func problems(_ schedule: Schedule) {
        #expect(schedule.problem != nil)
    }

    @Test("the longest lengths there may be give rates, whatever batches there are")
    func longest() {
        let length = Schedule.longest
        for schedule: Schedule in [
            .step(every: length), .multiStep(at: [length]), .cosine(over: length), .oneCycle(over: length),
            .warmUp(over: length, next: .cosine(over: length)),
        ] {
            let rate = LearningRate(0.1, schedule, epochs: 1_000_000, batchesPerEpoch: 1_000_000)
            for batch in [0, 1, 999_999_999_999] { #expect((0...0.1).contains(rate(batch: batch))) }
        }
    }
}
