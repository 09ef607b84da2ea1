import SaccadeDatasets
import SaccadeGeometry
import SaccadeLinear
import SaccadeLoading
import SaccadeModels
import SaccadePrelude
import SaccadeTensors

/// What R-CNN solves for once its network is trained: for each class a linear SVM that judges regions, and four
/// regressors that move them. Girshick et al. (2014), sections 2.3 and C.
struct RCNNFitting {
    let network: RegionCNN
    /// Numbers of classes without the background.
    let classes: Int
    /// A region that overlaps objects of the class by less is none: 0.3 in the paper, the one threshold that it found to
    /// matter.
    var negativesBelow: Float = 0.3
    /// A region that overlaps an object of the class by as much teaches how to move: 0.6.
    var movesFrom: Float = 0.6
    /// λ of the regressors, for features of a mean norm of 20.
    var lambda = 1000.0
    /// What the features' mean norm is brought to, as in the authors' program.
    static let norm: Float = 20

    /// Works out the features of all samples, and fits machines and regressors to them.
    ///
    /// - Parameter limit: Regions of an image at most.
    func fit(
        to source: PreparedImages<DetectionDataset>, limit: Int, in folder: String, note: (String) -> Void
    ) throws {
        var cache = try RegionFeatures(in: folder, featureCount: network.regionFeatureCount)
        defer { cache.remove() }
        var norms = (sum: 0.0, count: 0)
        let runner = Runner(planning: network)
        var generator = SplitMix64(seed: 0)
        for index in 0..<source.count {
            let sample = try source.sample(at: index, using: &generator)
            let regions = regions(of: sample, limit: limit)
            let images = source.paddedTensor(of: [sample], multipleOf: 1)
            let features = try network.features(of: [regions.boxes], on: images) { try runner($1, stage: $0) }
            for row in 0..<regions.boxes.count {
                let own = features.scalars[row * cache.featureCount..<(row + 1) * cache.featureCount]
                norms.sum += own.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                norms.count += 1
            }
            try cache.append(features, regions)
        }
        let regions = cache.images.reduce(0) { $0 + $1.boxes.count }
        note(
            "Features of \(regions) regions of \(source.count) images: \(cache.byteCount >> 20) MiB on the disk, for as long "
                + "as SVMs and regressors are fitted.")
        let scale = norms.sum > 0 ? Self.norm / Float(norms.sum / Double(norms.count)) : 1
        try fitMachines(to: cache, scale: scale, note: note)
        try fitRegressors(to: cache, scale: scale, note: note)
    }

    private func regions(of sample: PreparedImage, limit: Int) -> RegionFeatures.Regions {
        let objects = (sample.annotations?.objects ?? []).filter { !$0.isCrowd && $0.box.isValid }
        let own = Boxes(objects.map(\.box))
        var boxes = (sample.annotations?.proposals ?? Boxes()).first(limit)
        boxes.append(contentsOf: own)
        let overlaps = boxes.pairwiseIoU(with: own)
        let nearest = boxes.indices.map { region -> (object: Int, iou: Float)? in
            own.indices.map { (object: $0, iou: overlaps[region * own.count + $0]) }.max { $0.iou < $1.iou }
        }
        return RegionFeatures.Regions(
            boxes: boxes, nearest: nearest, objects: own, labels: objects.map { $0.category + 1 })
    }

    /// One machine for each class: the objects themselves against all regions that overlap none of them much, of which only
    /// the hard ones are kept.
    private func fitMachines(to cache: RegionFeatures, scale: Float, note: (String) -> Void) throws {
        var positives = (0..<classes).map { _ in Matrix(columns: cache.featureCount) }
        for (image, regions) in cache.images.enumerated() where !regions.labels.isEmpty {
            let features = try cache.features(of: image).scaled(by: scale)
            let first = regions.boxes.count - regions.labels.count
            for (object, label) in regions.labels.enumerated() {
                positives[label - 1].append(row: features[row: first + object])
            }
        }
        // A class that nothing shows has no machine, and never says yes.
        var sieves = try positives.map { positives in
            positives.rows == 0
                ? nil
                : try HardNegativeSieve(positives: positives, settings: .rcnn, mining: HardNegativeMining())
        }
        var place = 0
        for (image, regions) in cache.images.enumerated() {
            let features = try cache.features(of: image).scaled(by: scale)
            let overlaps = regions.boxes.pairwiseIoU(with: regions.objects)
            let count = regions.objects.count
            for label in sieves.indices {
                let own = regions.labels.indices.filter { regions.labels[$0] == label + 1 }
                let negatives = regions.boxes.indices.filter { region in
                    own.allSatisfy { overlaps[region * count + $0] < negativesBelow }
                }
                try sieves[label]?.pass(features.rows(at: negatives), places: negatives.map { place + $0 })
            }
            place += regions.boxes.count
        }
        var (weights, biases): ([Float], [Float]) = ([], [])
        var hard: [Int] = []
        for label in sieves.indices {
            guard var sieve = sieves[label] else {
                weights += [Float](repeating: 0, count: cache.featureCount)
                biases.append(-Self.norm)
                continue
            }
            hard.append(try sieve.endRound().hard)
            weights += sieve.svm.weights[row: 0].map { $0 * scale }
            biases.append(sieve.svm.intercepts[0])
        }
        network.setMachines(weights: weights, biases: biases)
        note(
            "Linear SVMs of \(classes) classes, from \(positives.reduce(0) { $0 + $1.rows }) objects and "
                + "\(hard.reduce(0, +)) hard regions.")
    }

    /// Four regressors for each class, from its regions that overlap an object much.
    private func fitRegressors(to cache: RegionFeatures, scale: Float, note: (String) -> Void) throws {
        var features = (0..<classes).map { _ in Matrix(columns: cache.featureCount) }
        var (from, to) = ((0..<classes).map { _ in Boxes() }, (0..<classes).map { _ in Boxes() })
        for (image, regions) in cache.images.enumerated() where !regions.labels.isEmpty {
            let own = try cache.features(of: image).scaled(by: scale)
            for (region, nearest) in regions.nearest.enumerated() {
                guard let nearest, nearest.iou >= movesFrom else { continue }
                let label = regions.labels[nearest.object] - 1
                features[label].append(row: own[row: region])
                from[label].append(contentsOf: regions.boxes.selecting([region]))
                to[label].append(contentsOf: regions.objects.selecting([nearest.object]))
            }
        }
        // Background does not move.
        var weights = [Float](repeating: 0, count: 4 * cache.featureCount)
        var biases: [Float] = [0, 0, 0, 0]
        for label in 0..<classes {
            guard features[label].rows > 0 else {
                weights += [Float](repeating: 0, count: 4 * cache.featureCount)
                biases += [0, 0, 0, 0]
                continue
            }
            let deltas = network.filters.detections.coder.encode(to[label], relativeTo: from[label])
            let ridge = try RidgeRegression(
                features: features[label], targets: Matrix(rows: from[label].count, columns: 4, values: deltas),
                lambda: lambda)
            weights += ridge.weights.values.map { $0 * scale }
            biases += ridge.intercepts
        }
        network.setRegressors(weights: weights, biases: biases)
        note("Regressors of \(classes) classes, from \(features.reduce(0) { $0 + $1.rows }) regions.")
    }
}

extension Matrix {
    fileprivate func scaled(by factor: Float) -> Matrix {
        Matrix(rows: rows, columns: columns, values: values.map { $0 * factor })
    }
}
