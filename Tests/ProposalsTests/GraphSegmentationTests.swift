import SaccadeImages
import SaccadePrelude
import SaccadeProposals
import Testing

@Suite struct GraphSegmentationTests {
    @Test("regions are scikit-image's", arguments: 0..<5)
    func reference(_ index: Int) throws {
        let theirs = ProposalFixtures.shared.segmentations[index]
        let mine = try GraphSegmentation(
            of: theirs.image, scale: theirs.scale, minimumSize: theirs.minimumSize)
        #expect(mine.labels == theirs.labels)
        #expect(mine.count == Int(theirs.labels.max()!) + 1)
    }

    @Test("agrees with the definition where most edges weigh the same")
    func definition() throws {
        var generator = SplitMix64(seed: 3)
        for round in 0..<200 {
            let (width, height) = (
                Int.random(in: 1...12, using: &generator), Int.random(in: 1...12, using: &generator)
            )
            // Few levels, so that there are ties.
            let pixels = (0..<width * height * 3).map { _ in 40 * UInt8.random(in: 0...3, using: &generator) }
            let image = Image(width: width, height: height, channels: 3, pixels: pixels)
            let scale = [1, 20, 100, 400].randomElement(using: &generator)!
            let least = [1, 3, 10].randomElement(using: &generator)!
            for space in [ColorSpace.rgb, .intensity] {
                let mine = try GraphSegmentation(
                    of: image, in: space, scale: Double(scale), smoothing: 0, minimumSize: least)
                let slow = slowSegmentation(ColorPlanes(image, in: space), scale: Float(scale), least: least)
                #expect(mine.labels == slow, "\(width)×\(height), round \(round)")
            }
        }
    }

    /// Felzenszwalb and Hüttenlocher's algorithm with sets that are relabelled pixel by pixel.
    private func slowSegmentation(_ planes: ColorPlanes, scale: Float, least: Int) -> [Int32] {
        let (width, height) = (planes.width, planes.height)
        let count = width * height
        var edges: [(weight: Float, a: Int, b: Int)] = []
        for (dx, dy) in [(1, 0), (0, 1), (1, 1), (1, -1)] {
            for y in 0..<height {
                for x in 0..<width where x + dx < width && (0..<height).contains(y + dy) {
                    let (a, b) = (y * width + x, (y + dy) * width + x + dx)
                    var sum: Float = 0
                    for channel in 0..<planes.channels {
                        let difference =
                            Float(planes.values[channel * count + a]) - Float(planes.values[channel * count + b])
                        sum += difference * difference
                    }
                    edges.append(((sum * 3 / Float(planes.channels)).squareRoot(), a, b))
                }
            }
        }
        // Swift's sort keeps the order of equals.
        edges.sort { $0.weight < $1.weight }
        var labels = (0..<count).map { $0 }
        var inside = [Float](repeating: 0, count: count)
        func size(_ label: Int) -> Int { labels.count { $0 == label } }
        func join(_ a: Int, _ b: Int) { labels = labels.map { $0 == labels[b] ? labels[a] : $0 } }
        for edge in edges where labels[edge.a] != labels[edge.b] {
            let (a, b) = (labels[edge.a], labels[edge.b])
            let most = min(inside[a] + scale / Float(size(a)), inside[b] + scale / Float(size(b)))
            guard edge.weight <= most else { continue }
            join(edge.a, edge.b)
            inside[a] = edge.weight
        }
        for edge in edges where labels[edge.a] != labels[edge.b] {
            if size(labels[edge.a]) < least || size(labels[edge.b]) < least { join(edge.a, edge.b) }
        }
        var numbers: [Int: Int32] = [:]
        return labels.map { label in
            if let number = numbers[label] { return number }
            numbers[label] = Int32(numbers.count)
            return numbers[label]!
        }
    }

    @Test("greater scales and sizes give fewer regions, and none is too small")
    func properties() throws {
        let image = Image.patches(80, 60, noise: 30, seed: 5)
        let counts = try [10.0, 100, 1000, 1e9].map {
            try GraphSegmentation(of: image, scale: $0, minimumSize: 1).count
        }
        #expect(counts == counts.sorted(by: >) && counts[0] > 50 && counts[3] == 1)
        let large = try GraphSegmentation(of: image, scale: 10, minimumSize: 100)
        var sizes = [Int](repeating: 0, count: large.count)
        for label in large.labels { sizes[Int(label)] += 1 }
        #expect(sizes.count > 1 && sizes.allSatisfy { $0 >= 100 })
        #expect(try GraphSegmentation(of: image, scale: 10, minimumSize: .max).count == 1)
    }

    @Test("settings from outside are refused, not trapped on")
    func badSettings() throws {
        let image = Image.patches(9, 9, seed: 1)
        for scale in [0, -1, .nan, .infinity, 1e300] {
            #expect(throws: ProposalError.self) { try GraphSegmentation(of: image, scale: scale, minimumSize: 1) }
        }
        for smoothing in [-0.1, 17, .nan, .infinity] {
            #expect(throws: ProposalError.self) {
                try GraphSegmentation(of: image, scale: 10, smoothing: smoothing, minimumSize: 1)
            }
        }
        for smoothing in [0, 1e-300, 0.01, 16] {
            let one = try GraphSegmentation(of: image, scale: 1e9, smoothing: smoothing, minimumSize: -5)
            #expect(one.count == 1)
        }
    }
}
