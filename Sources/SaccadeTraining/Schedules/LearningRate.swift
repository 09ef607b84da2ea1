import Foundation
import SaccadePrelude
import SaccadeTensors

/// The learning rate of every batch of a training: a schedule laid over its epochs.
public struct LearningRate: Sendable {
    /// The rate that the schedule starts from or leads to.
    public let base: Double
    public let schedule: Schedule
    public let epochs: Int
    public let batchesPerEpoch: Int
    /// Batches of each step.
    public let accumulation: Int

    /// What a ``Schedule/plateau(_:)`` has seen so far.
    public var plateau = PlateauState()

    /// - Precondition: `schedule` has no `problem`.
    public init(
        _ base: Double, _ schedule: Schedule = .constant, epochs: Int, batchesPerEpoch: Int,
        accumulation: Int = 1
    ) {
        require(schedule.problem == nil, "LearningRate: \(schedule.problem ?? "")")
        self.base = base
        self.schedule = schedule
        self.epochs = epochs
        self.batchesPerEpoch = batchesPerEpoch
        self.accumulation = accumulation
    }

    /// The rate for a batch, counted from 0 over all epochs.
    public func callAsFunction(batch: Int) -> Double {
        rate(schedule, batch: batch, total: epochs * batchesPerEpoch, unit: batchesPerEpoch)
    }

    /// Tells a plateau the loss of the epoch that is over.
    public mutating func observe(loss: Double) {
        func plateau(in schedule: Schedule) -> Schedule.Plateau? {
            switch schedule {
            case .plateau(let plateau): plateau
            case .warmUp(_, _, let next), .bySteps(let next): plateau(in: next)
            default: nil
            }
        }
        if let rule = plateau(in: schedule) { self.plateau.observe(loss, rule, base: base) }
    }

    /// - Parameters:
    ///   - total: Batches from the schedule's beginning to the training's end.
    ///   - unit: Batches of what the schedule counts in: an epoch, or a step.
    private func rate(_ schedule: Schedule, batch: Int, total: Int, unit: Int) -> Double {
        func batches(_ length: Double) -> Int { max(Int((length * Double(unit)).rounded()), 1) }
        switch schedule {
        case .constant: return base
        case .step(let every, let factor): return base * pow(factor, Double(batch / batches(every)))
        case .multiStep(let places, let factor):
            let passed = places.count { Int(($0 * Double(unit)).rounded()) <= batch }
            return base * pow(factor, Double(passed))
        case .cosine(let length, let minimum):
            let length = length.map(batches) ?? max(total, 1)
            return between(base, minimum, Double(min(batch, length)) / Double(length))
        case .oneCycle(let length, let rise, let startDivisor, let endDivisor):
            let length = length.map(batches) ?? max(total, 1)
            let start = base / startDivisor
            let top = rise * Double(length) - 1
            let end = Double(length - 1)
            let place = min(Double(batch), end)
            if place <= top { return top > 0 ? between(start, base, place / top) : base }
            return between(base, start / endDivisor, end > top ? (place - top) / (end - top) : 1)
        case .plateau(let rule):
            return plateau.scale < 1 ? max(base * plateau.scale, rule.minimum) : base
        case .warmUp(let length, let start, let next):
            let length = batches(length)
            guard batch < length else { return rate(next, batch: batch - length, total: total - length, unit: unit) }
            return base * (start + (1 - start) * Double(batch) / Double(length))
        case .bySteps(let schedule): return rate(schedule, batch: batch, total: total, unit: accumulation)
        }
    }

    /// Half a cosine from one value to another, at a place from 0 to 1.
    private func between(_ first: Double, _ last: Double, _ place: Double) -> Double {
        last + (first - last) * (1 + cos(Double.pi * place)) / 2
    }
}

/// What a plateau has seen.
public struct PlateauState: Sendable, Hashable, Codable {
    /// The lowest loss so far.
    public private(set) var best: Double?
    /// Epochs since then.
    public private(set) var badEpochs = 0
    /// Epochs that will not be counted.
    public private(set) var cooldown = 0
    /// What the learning rate is multiplied by.
    public private(set) var scale = 1.0

    public init() {}

    /// Whether numbers from a file are such as ``observe(_:_:base:)`` leaves.
    var isPlausible: Bool {
        [badEpochs, cooldown].allSatisfy((0..<1 << 48).contains) && (0...1).contains(scale)
    }

    mutating func observe(_ loss: Double, _ rule: Schedule.Plateau, base: Double) {
        if best.map({ loss < $0 * (1 - rule.threshold) }) ?? true {
            best = loss
            badEpochs = 0
        } else {
            badEpochs += 1
        }
        if cooldown > 0 {
            cooldown -= 1
            badEpochs = 0
        }
        if badEpochs > rule.patience {
            let old = base * scale
            let new = max(old * rule.factor, rule.minimum)
            // Changes too small to matter are not made, as in PyTorch.
            if old - new > 1e-8 { scale = new / base }
            cooldown = rule.cooldown
            badEpochs = 0
        }
    }
}
