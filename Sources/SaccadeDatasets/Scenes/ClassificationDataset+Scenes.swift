import SaccadeImages

extension ClassificationDataset {
    /// Scenes as labelled images: an image's class is that of its main object.
    ///
    /// They are drawn now, on all cores, and kept in memory: width × height × 3 bytes each.
    ///
    /// - Parameters:
    ///   - scenes: Where they come from.
    ///   - indices: Which; scenes of other indices have nothing to do with them.
    ///   - progress: Is told, now and then, how many are drawn.
    /// - Precondition: `indices` are in ``SceneExport/indices``.
    public init(drawing scenes: Scenes, _ indices: Range<Int>, progress: (Int) -> Void = { _ in }) async {
        precondition(
            indices.clamped(to: SceneExport.indices) == indices, "ClassificationDataset: scenes \(indices) are too many"
        )
        var (pixels, labels): ([UInt8], [Int]) = ([], [])
        pixels.reserveCapacity(indices.count * scenes.size.width * scenes.size.height * 3)
        for start in stride(from: indices.lowerBound, to: indices.upperBound, by: 256) {
            let part = start..<min(start + 256, indices.upperBound)
            for scene in await part.drawn({ scenes.image(at: $0) }) {
                pixels += scene.image.pixels
                labels.append(scene.label.number)
            }
            progress(part.upperBound - indices.lowerBound)
        }
        let (width, height) = (scenes.size.width, scenes.size.height)
        let record = RecordFile(
            name: "scenes of seed \(scenes.seed) from \(indices.lowerBound) on,", bytes: pixels, start: 0,
            stride: width * height * 3, width: width, height: height, channels: 3, layout: .interleaved)
        self.init(
            format: .scenes, classNames: Scenes.classNames,
            samples: labels.enumerated().map { Sample(label: $1, origin: .record(file: 0, index: $0)) },
            records: [record])
    }
}

extension Range<Int> {
    /// Makes something of each number on all cores; the results come in the order of the numbers.
    func drawn<Drawing: Sendable>(_ draw: @escaping @Sendable (Int) -> Drawing) async -> [Drawing] {
        // A task for a few numbers: to hand over one small image costs as much as a part of it.
        let share = Swift.max(1, count / 32)
        let starts = stride(from: lowerBound, to: upperBound, by: share)
        return await withTaskGroup(of: (Int, [Drawing]).self) { group in
            for start in starts {
                group.addTask { (start, (start..<Swift.min(start + share, upperBound)).map(draw)) }
            }
            var parts: [(Int, [Drawing])] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}
