import SaccadeDatasets
import Testing

@Suite struct StratifiedSplitTests {
    /// A data set with these numbers of samples per class, the classes mixed.
    static func dataset(_ counts: [Int]) throws -> ClassificationDataset {
        let folder = try TemporaryFolder()
        let labels = counts.enumerated().flatMap { Array(repeating: UInt8($0), count: $1) }.map { $0 &* 7 % 10 }
        let path = try folder.write(labels.flatMap { CIFAR10Tests.record($0) }, to: "all.bin")
        return try ClassificationDataset(at: path)
    }

    @Test("every class gives its share, nothing is lost or doubled", arguments: [0.1, 0.25, 0.5, 0.9])
    func shares(fraction: Double) throws {
        let dataset = try Self.dataset([40, 10, 2, 1, 8, 3])
        let (training, validation) = dataset.split(validation: fraction, seed: 5)
        let names = (dataset.samples.indices).map(dataset.name(at:))
        let (left, right) = (
            training.samples.indices.map(training.name(at:)), validation.samples.indices.map(validation.name(at:))
        )
        #expect((left + right).sorted() == names.sorted())
        #expect(left == names.filter(Set(left).contains) && right == names.filter(Set(right).contains))
        for (label, count) in dataset.countsPerClass.enumerated() {
            let held = validation.countsPerClass[label]
            let share = (Double(count) * fraction).rounded()
            #expect(held == (count < 2 ? 0 : min(max(Int(share), 1), count - 1)))
        }
    }

    @Test("the seed decides")
    func seeds() throws {
        let dataset = try Self.dataset([30, 30, 30])
        let held = { (seed: UInt64) in dataset.split(validation: 0.2, seed: seed).validation.samples }
        #expect(held(1) == held(1))
        #expect(held(1) != held(2))
        // Classes of one size do not all lose the same positions.
        let records = held(1).map { sample in
            if case .record(_, let index) = sample.origin { index % 30 } else { -1 }
        }
        #expect(Set(records).count > 6)
    }

    @Test("a share of nothing keeps all for training")
    func zero() throws {
        let dataset = try Self.dataset([3, 2])
        let (training, validation) = dataset.split(validation: 0, seed: 1)
        #expect(training.samples == dataset.samples && validation.count == 0)
    }
}
