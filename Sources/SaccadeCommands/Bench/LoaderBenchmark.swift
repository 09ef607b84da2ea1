import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeImages
import SaccadeLoading

/// How fast images become batches: read, decoded, resized, augmented and normalised, at ImageNet's usual size.
///
/// Time is the processor's, which does not count what other programs do meanwhile: per image, so that its inverse is
/// images per second and core.
struct LoaderBenchmark {
    /// What is done with each image.
    enum Pipeline: String, CaseIterable {
        /// A random-resized crop of 224 pixels and a flip.
        case train
        /// The middle 224 pixels of the image scaled to a short side of 256.
        case eval
    }

    private let dataset: ClassificationDataset

    /// - Parameter folder: JPEG files anywhere below it.
    init(folder: String) throws {
        guard let found = FileManager.default.enumerator(atPath: folder) else {
            throw CommandError.data("\(folder): there is no such folder; give one with JPEG files")
        }
        let paths = found.compactMap { $0 as? String }
            .filter { [".jpg", ".jpeg"].contains(where: $0.lowercased().hasSuffix) }.sorted()
        guard !paths.isEmpty else {
            throw CommandError.data("\(folder): there are no JPEG files in it; give a folder that has some")
        }
        dataset = ClassificationDataset(
            files: paths.map { "\(folder)/\($0)" }, labels: paths.map { _ in 0 }, classNames: ["image", "other"])
    }

    var count: Int { dataset.count }

    struct Result {
        /// Milliseconds of processor time for each image, on all threads together.
        let processor: Measurement
        /// Images per second by the clock.
        let rate: Double
    }

    /// Whole passes over the images until `budget` seconds are spent.
    ///
    /// - Parameter reduced: Whether large JPEGs may be decoded at a fraction of their size.
    func measure(_ pipeline: Pipeline, threads: Int, budget: Double, reduced: Bool = false) throws -> Result {
        let preprocessing = Preprocessing(
            height: 224, width: 224, channels: 3, resizing: .centerCrop(shortSide: 256),
            mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225], decodesReduced: reduced)
        // Small batches: a thread makes a whole one, and the folder may have few images for all threads.
        let loader = BatchLoader(
            dataset, preprocessing: preprocessing,
            augmentations: pipeline == .train ? [.randomResizedCrop(), .horizontalFlip()] : [], batchSize: 4,
            threads: threads)
        func pass(_ epoch: Int) throws {
            let batches = loader.epoch(epoch)
            while try batches.next() != nil {}
        }
        try pass(0)
        let load = MachineLoad()
        var (times, walls) = ([Double](), [Double]())
        let start = ContinuousClock.now
        while times.count < 3 || start.duration(to: .now).seconds < budget {
            let (begin, clock) = (LoaderBenchmark.processorSeconds, ContinuousClock.now)
            try pass(times.count + 1)
            times.append((LoaderBenchmark.processorSeconds - begin) / Double(count) * 1e3)
            walls.append(clock.duration(to: .now).seconds)
        }
        times.sort()
        walls.sort()
        return Result(
            processor: Measurement(
                median: times[times.count / 2], minimum: times[0], percentile90: times[times.count * 9 / 10],
                runs: times.count, otherLoad: load.others()),
            rate: Double(count) / walls[walls.count / 2])
    }

    /// What this process has used of all processors.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
