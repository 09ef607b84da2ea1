import SaccadeGeometry
import Testing

@Suite struct RunLengthMaskTests {
    let fixtures = GeometryFixtures.shared

    @Test("polygons become COCO's masks, bit for bit")
    func polygons() throws {
        #expect(fixtures.polygons.count == 72)
        for (index, expected) in fixtures.polygons.enumerated() {
            let mask = try RunLengthMask(
                width: #require(expected.width), height: #require(expected.height),
                polygons: #require(expected.polygons).map { try Polygon(coordinates: $0) })
            #expect(mask.compressed == expected.counts, "case \(index)")
            #expect(mask.pixels == expected.pixels, "case \(index)")
            #expect(mask.pixelCount == expected.area, "case \(index)")
            #expect(mask.bounds == expected.box, "case \(index)")
        }
    }

    @Test(
        "a polygon has the pixels that pycocotools counts, corners rounded at a fifth of a pixel",
        arguments: [
            ([10, 10, 20, 10, 20, 20, 10, 20], 100, [10, 10, 10, 10]),
            ([5.5, 5.5, 15.5, 5.5, 15.5, 15.5, 5.5, 15.5], 100, [6, 6, 10, 10]),
            ([10, 5, 11, 5, 11, 15, 10, 15], 10, [10, 5, 1, 10]),
            // A strip that is 0.4 pixels wide counts if it crosses the middles of pixels.
            ([10.1, 5, 10.4, 5, 10.4, 15, 10.1, 15], 0, [0, 0, 0, 0]),
            ([10.3, 5, 10.7, 5, 10.7, 15, 10.3, 15], 10, [10, 5, 1, 10]),
            ([10, 5, 10, 5, 10, 15, 10, 15], 0, [0, 0, 0, 0]),
            ([2, 2, 12, 2, 2, 12], 45, [2, 2, 9, 9]),
            ([30, 30, 40, 30, 40, 40], 0, [0, 0, 0, 0]),
            // A bow tie: two triangles that meet in the middle.
            ([2, 2, 12, 12, 12, 2, 2, 12], 50, [2, 2, 10, 9]),
        ] as [([Double], Int, [Double])])
    func counted(coordinates: [Double], area: Int, bounds: [Double]) throws {
        let mask = try RunLengthMask(width: 24, height: 24, polygons: [Polygon(coordinates: coordinates)])
        #expect(mask.pixelCount == area)
        #expect(mask.bounds == Box(x: bounds[0], y: bounds[1], width: bounds[2], height: bounds[3]))
    }

    @Test("compressed strings are pycocotools', empty and full masks too; two empty masks have nothing in common")
    func strings() throws {
        var pixel = [UInt8](repeating: 0, count: 400)
        pixel[10 * 20 + 10] = 1
        #expect(try RunLengthMask(width: 20, height: 20, pixels: pixel).compressed == "b61m5")
        let full = try RunLengthMask(width: 20, height: 20, runs: [0, 400])
        let empty = try RunLengthMask(width: 20, height: 20, runs: [400])
        #expect(full.compressed == "0`<" && empty.compressed == "`<")
        let diagonal: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        #expect(try RunLengthMask(width: 3, height: 3, pixels: diagonal).compressed == "013000")
        #expect(try empty.iou(with: empty) == 0 && full.iou(with: full) == 1)
    }

    @Test("whatever is not 0 is inside: a map of labels is no run of changes")
    func labels() throws {
        let mask = try RunLengthMask(width: 2, height: 2, pixels: [1, 2, 3, 3])
        #expect(mask.pixelCount == 4 && mask.runs == [0, 4])
        #expect(try RunLengthMask(width: 2, height: 2, pixels: [0, 255, 255, 0]).pixels == [0, 1, 1, 0])
    }

    @Test("bytes, runs and compressed strings tell the same mask as COCO's program")
    func representations() throws {
        for expected in fixtures.masks {
            let (width, height) = try (#require(expected.width), #require(expected.height))
            let mask = try RunLengthMask(width: width, height: height, pixels: expected.pixels)
            #expect(mask.compressed == expected.counts)
            #expect(mask.pixelCount == expected.area)
            #expect(mask.bounds == expected.box)
            #expect(try RunLengthMask(width: width, height: height, compressed: expected.counts) == mask)
            #expect(try RunLengthMask(width: width, height: height, runs: mask.runs.map { Int($0) }) == mask)
            #expect(mask.pixels == expected.pixels)
        }
    }

    @Test("overlaps and merges agree with COCO's program, crowds included")
    func overlaps() throws {
        let overlap = fixtures.overlap
        let masks = try overlap.masks.map { try $0.decoded() }
        let iou = try RunLengthMask.pairwiseIoU(masks, Array(masks[3...]), areCrowds: overlap.crowds)
        #expect(iou == overlap.maskIoU.flatMap { $0 })
        #expect(Set(iou).count > 6, "pairs of many kinds")
        #expect(try RunLengthMask.union(Array(masks[..<3])) == overlap.union.decoded())
        #expect(try RunLengthMask.intersection(Array(masks[..<2])) == overlap.intersection.decoded())
    }

    @Test("random masks survive every representation, and set algebra is that of their pixels")
    func properties() throws {
        var generator = Generator(state: 3)
        for _ in 0..<300 {
            let (width, height) = (
                Int.random(in: 0...40, using: &generator), Int.random(in: 0...40, using: &generator)
            )
            let rarity = Int.random(in: 1...6, using: &generator)
            let (a, b) = (
                (0..<width * height).map { _ in UInt8(Int.random(in: 0...rarity, using: &generator) == 0 ? 1 : 0) },
                (0..<width * height).map { _ in UInt8(Int.random(in: 0...3, using: &generator) == 0 ? 1 : 0) }
            )
            let mask = try RunLengthMask(width: width, height: height, pixels: a)
            let other = try RunLengthMask(width: width, height: height, pixels: b)
            #expect(mask.pixels == a)
            #expect(try RunLengthMask(width: width, height: height, compressed: mask.compressed) == mask)
            #expect(mask.runs.dropFirst().allSatisfy { $0 > 0 })
            #expect(try mask.union(other).pixels == zip(a, b).map { $0 | $1 })
            #expect(try mask.intersection(other).pixels == zip(a, b).map { $0 & $1 })
            let common = zip(a, b).count { $0 & $1 == 1 }
            let either = zip(a, b).count { $0 | $1 == 1 }
            let iou = try mask.iou(with: other)
            #expect(iou == (common == 0 ? 0 : Double(common) / Double(either)))
            #expect(try other.iou(with: mask) == iou)
            #expect(try mask.iou(with: mask) == (mask.pixelCount == 0 ? 0 : 1))
            if common > 0 {
                #expect(try mask.iou(with: other, isCrowd: true) == Double(common) / Double(mask.pixelCount))
            }
        }
    }

    @Test("runs of no pixels join their neighbours")
    func emptyRuns() throws {
        let mask = try RunLengthMask(width: 5, height: 2, runs: [2, 0, 1, 3, 0, 1, 0, 0, 3])
        #expect(mask.runs == [3, 4, 3])
        #expect(try RunLengthMask(width: 2, height: 1, runs: [0, 2]).runs == [0, 2])
        #expect(try RunLengthMask(width: 2, height: 1, runs: [0, 0, 2]).runs == [2])
    }

    @Test(
        "sizes and runs that contradict each other are refused",
        arguments: [
            (-1, 4, [4], GeometryError.Code.size), (1 << 40, 1 << 40, [1], .size), (Int.max, 2, [1], .size),
            (0, Int.max, [], .size), (1 << 14, (1 << 14) + 1, [1], .size),
            (4, 4, [15], .runs), (4, 4, [17], .runs), (4, 4, [8, -8, 16], .runs), (4, 4, [Int.max, Int.max], .runs),
            (4, 4, [], .runs),
        ])
    func hostileRuns(width: Int, height: Int, runs: [Int], code: GeometryError.Code) {
        let error = #expect(throws: GeometryError.self) {
            try RunLengthMask(width: width, height: height, runs: runs)
        }
        #expect(error?.code == code)
    }

    @Test(
        "damaged strings are refused",
        arguments: [
            "", "@", "n", "/", "p", "é", "oooooooooooo", "`````0", "0@", "P", "000000000000000000", "ooooooo0",
            "_@_@_@",
        ])
    func hostileStrings(string: String) {
        #expect(throws: GeometryError.self) { try RunLengthMask(width: 9, height: 5, compressed: string) }
    }

    @Test("a mutated string is a mask of its size or an error")
    func fuzz() throws {
        var generator = Generator(state: 5)
        var (masks, errors) = (0, 0)
        for _ in 0..<20_000 {
            var bytes = Array(fixtures.overlap.masks.randomElement(using: &generator)!.counts.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 40...115, using: &generator)
                case 1: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 48...111, using: &generator), at: at)
                }
                if bytes.isEmpty { break }
            }
            do {
                let mask = try RunLengthMask(
                    width: 24, height: 20, compressed: String(decoding: bytes, as: UTF8.self))
                #expect(mask.runs.reduce(0, +) == 480)
                masks += 1
            } catch { errors += 1 }
            if bytes.isEmpty { continue }
        }
        #expect(masks > 0 && errors > 0)
    }

    @Test("masks of different images are not compared")
    func mismatch() throws {
        let (a, b) = try (
            RunLengthMask(width: 2, height: 3, runs: [0, 6]), RunLengthMask(width: 3, height: 2, runs: [0, 6])
        )
        #expect(throws: GeometryError.self) { try a.iou(with: b) }
        #expect(throws: GeometryError.self) { try a.union(b) }
        #expect(throws: GeometryError.self) { try RunLengthMask.intersection([a, a, b]) }
        #expect(throws: GeometryError.self) { try RunLengthMask.union([]) }
        #expect(throws: GeometryError.self) { try RunLengthMask(width: 2, height: 3, pixels: [1]) }
    }

    @Test("polygons that are none, or far too large, are refused")
    func hostilePolygons() throws {
        for coordinates in [[], [1, 2], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, .nan], [1, 2, 3, 4, 5, 6, .infinity, 8]] {
            #expect(throws: GeometryError.self) { try Polygon(coordinates: coordinates) }
        }
        let triangles = [
            [Point(0, 0), Point(1e300, 0), Point(0, 4)], [Point(0, 0), Point(.nan, 0), Point(0, 4)],
            [Point(-6e7, 0), Point(6e7, 0), Point(0, 4)], [Point(0, 0), Point(1, 1)], [],
        ]
        for corners in triangles {
            #expect(throws: GeometryError.self) {
                try RunLengthMask(width: 8, height: 8, polygons: [Polygon(corners)])
            }
        }
        #expect(throws: GeometryError.self) { try RunLengthMask(width: 8, height: 8, polygons: []) }
        // Each is within the limit on outlines, all together are not.
        let long = Polygon([Point(0, 0), Point(2e6, 0), Point(0, 1)])
        #expect(throws: GeometryError.self) {
            try RunLengthMask(width: 8, height: 8, polygons: Array(repeating: long, count: 100))
        }
    }
}
