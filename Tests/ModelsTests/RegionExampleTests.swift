import SaccadeGeometry
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite("RoI pooling and RoIAlign on plain numbers")
struct RegionExampleTests {
    /// 0 to 63, row by row.
    private static func ramp() throws -> NumberGrid {
        try NumberGrid((0..<8).map { row in (0..<8).map { Double(8 * row + $0) } })
    }

    private static func region(_ edges: Double..., scale: Double = 1) throws -> MappedRegion {
        try MappedRegion(Box(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3]), scale: scale)
    }

    @Test("a region is brought to the map and rounded; bins have a row in common where they do not come out even")
    func pooling() throws {
        let region = try Self.region(20, 36, 100, 100, scale: 1 / 16)
        #expect(region.scaled == Box(left: 1.25, top: 2.25, right: 6.25, bottom: 6.25))
        let example = try RegionPoolingExample(Self.ramp(), region: region, size: 2)
        #expect(example.rows == (2, 6) && example.columns == (1, 6))
        #expect(example.binSize == (2.5, 3))
        // Five rows: 2, 3, 4 and 4, 5, 6. Six columns: 1, 2, 3 and 4, 5, 6.
        #expect(example.bins.map(\.rows) == [2..<5, 2..<5, 4..<7, 4..<7])
        #expect(example.bins.map(\.columns) == [1..<4, 4..<7, 1..<4, 4..<7])
        #expect(example.output.rows == [[35, 38], [51, 54]] && example.engineDifference == 0)
        #expect(example.bins[3].largest.map { [$0.row, $0.column] } == [6, 6])
    }

    /// As torchvision 0.29 has them for 0...63.
    @Test("empty, inverted, outside and half-pixel regions give what torchvision gives")
    func strange() throws {
        let map = try Self.ramp()
        func pooled(_ region: MappedRegion) throws -> [[Double]] {
            let example = try RegionPoolingExample(map, region: region, size: 2)
            #expect(example.engineDifference == 0)
            return example.output.rows
        }
        func aligned(_ region: MappedRegion, samples: Int = 1, _ isAligned: Bool = false) throws -> [[Double]] {
            let example = try RegionAlignExample(
                map, region: region, size: 2, samples: samples, isAligned: isAligned)
            #expect(example.engineDifference < 1e-5)
            return example.output.rows
        }
        #expect(try pooled(Self.region(2.5, 2.5, 4.5, 4.5)) == [[36, 37], [44, 45]])
        #expect(try pooled(Self.region(4, 4, 2, 2)) == [[36, 36], [36, 36]])
        #expect(try pooled(Self.region(20, 20, 24, 24)) == [[0, 0], [0, 0]])
        #expect(try pooled(Self.region(-9, -9, -5, -5)) == [[0, 0], [0, 0]])
        #expect(try aligned(Self.region(2, 2, 2, 2)) == [[20.25, 20.75], [24.25, 24.75]])
        #expect(try aligned(Self.region(4, 4, 2, 2)) == [[38.25, 38.75], [42.25, 42.75]])
        #expect(try aligned(Self.region(20, 20, 24, 24), samples: 2) == [[0, 0], [0, 0]])
        // Without a least size an empty region is one place, and an inverted one is read backwards.
        #expect(try aligned(Self.region(2, 2, 2, 2), true) == [[13.5, 13.5], [13.5, 13.5]])
        #expect(try aligned(Self.region(4, 4, 2, 2), true) == [[27, 26], [19, 18]])
        let inverted = try Self.region(4, 4, 2, 2)
        #expect(inverted.isInverted && !inverted.isEmpty)
        #expect(try Self.region(2, 2, 2, 5).isEmpty && !Self.region(2, 2, 3, 3).isEmpty)
    }

    @Test("a sample of a ramp is the ramp’s own value, and its weights are the distances to four elements")
    func samples() throws {
        let example = try RegionAlignExample(
            Self.ramp(), region: Self.region(20, 36, 100, 100, scale: 1 / 16), size: 2)
        let bin = example.bins[0]
        #expect(bin.samples.count == 4)
        let sample = bin.samples[0]
        // Bins of 2 × 2.5 elements from row 2.25, column 1.25; samples at a quarter and three quarters of them.
        #expect(sample.row == 2.75 && sample.column == 1.875)
        #expect(sample.neighbours.map { [$0.place.row, $0.place.column] } == [[2, 1], [2, 2], [3, 1], [3, 2]])
        #expect(sample.neighbours.map(\.weight) == [0.03125, 0.21875, 0.09375, 0.65625])
        for sample in example.bins.flatMap(\.samples) { #expect(sample.value == 8 * sample.row + sample.column) }
        #expect(bin.mean == 8 * 3.25 + 2.5 && example.engineDifference < 1e-5)
        // Half an element up and to the left.
        let aligned = try RegionAlignExample(
            Self.ramp(), region: Self.region(20, 36, 100, 100, scale: 1 / 16), size: 2, isAligned: true)
        #expect(aligned.bins[0].mean == 8 * 2.75 + 2)
    }

    @Test("at the map’s last row an element has no neighbour below; beyond one element a sample counts as 0")
    func borders() throws {
        let example = try RegionAlignExample(
            Self.ramp(), region: Self.region(0, 6, 4, 10), size: [4, 1], samples: 1)
        // Rows 6.5, 7.5, 8.5 and 9.5; the map ends with row 7.
        #expect(example.bins.map { $0.samples[0].neighbours.count } == [4, 2, 0, 0])
        #expect(example.output.rows == [[54], [58], [0], [0]])
        let above = try RegionAlignExample(Self.ramp(), region: Self.region(0, -3, 4, 1), size: [4, 1], samples: 1)
        #expect(above.output.rows == [[0], [0], [2], [6]] && above.engineDifference < 1e-5)
    }

    @Test("any region, map, scale and number of bins: every step leads to the engine’s numbers")
    func agreesWithTheEngine() throws {
        var generator = SplitMix64(seed: 8)
        func edge() -> Double {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: Double(Int.random(in: -40...200, using: &generator)) / 2
            case 1: Double.random(in: -1e6...1e6, using: &generator)
            default: Double.random(in: -20...150, using: &generator)
            }
        }
        var (overlapping, outside) = (0, 0)
        for _ in 0..<400 {
            let (height, width) = (Int.random(in: 1...9, using: &generator), Int.random(in: 1...9, using: &generator))
            let map = try NumberGrid(
                (0..<height).map { _ in (0..<width).map { _ in Double.random(in: -9...9, using: &generator) } })
            let scales: [Double] = [1 / 16, 1 / 16, 0.1, 1, 1 / 3]
            let scale = scales[Int.random(in: 0..<scales.count, using: &generator)]
            let region = try MappedRegion(Box(left: edge(), top: edge(), right: edge(), bottom: edge()), scale: scale)
            let size = Pair(Int.random(in: 1...4, using: &generator), Int.random(in: 1...4, using: &generator))
            let pooling = try RegionPoolingExample(map, region: region, size: size)
            #expect(pooling.engineDifference < 1e-6, "\(region.box) × \(scale)")
            for bin in pooling.bins {
                guard let largest = bin.largest else {
                    outside += 1
                    #expect(bin.rows.isEmpty || bin.columns.isEmpty)
                    continue
                }
                let numbers = bin.rows.flatMap { row in bin.columns.map { map.rows[row][$0] } }
                #expect(map[largest] == numbers.max() && bin.rows.contains(largest.row))
                #expect(pooling.output[bin.place] == numbers.max())
            }
            if size.height > 1, pooling.bins[0].rows.overlaps(pooling.bins[size.width].rows) { overlapping += 1 }
            for isAligned in [false, true] {
                let align = try RegionAlignExample(
                    map, region: region, size: size, samples: Int.random(in: 1...4, using: &generator),
                    isAligned: isAligned)
                #expect(align.engineDifference < 1e-4, "\(region.box) × \(scale)")
                for sample in align.bins.flatMap(\.samples) where !sample.neighbours.isEmpty {
                    #expect(abs(sample.neighbours.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
                    #expect(sample.neighbours.allSatisfy { $0.weight >= 0 })
                }
            }
        }
        #expect(overlapping > 20 && outside > 100)
    }

    @Test("what is no region, no scale, and more bins than anybody looks at are refused")
    func refused() throws {
        let map = try Self.ramp()
        for scale in [0, -1, 65, .nan, .infinity, 1e-300] {
            #expect(throws: BuildingBlockError.self) { try Self.region(0, 0, 1, 1, scale: scale) }
        }
        for edge in [.nan, .infinity, 1.1e6] {
            #expect(throws: BuildingBlockError.self) { try Self.region(0, 0, edge, 1) }
        }
        let region = try Self.region(0, 0, 4, 4)
        for size in [Pair(0, 1), Pair(1, 17)] {
            #expect(throws: BuildingBlockError.self) { try RegionPoolingExample(map, region: region, size: size) }
            #expect(throws: BuildingBlockError.self) { try RegionAlignExample(map, region: region, size: size) }
        }
        for samples in [0, 9] {
            #expect(throws: BuildingBlockError.self) {
                try RegionAlignExample(map, region: region, size: 2, samples: samples)
            }
        }
    }
}
