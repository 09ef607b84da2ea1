import SaccadeFiles
import Testing

@Suite struct GzipTests {
    static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }

    @Test("opens what zlib compressed", arguments: [0, 1, 1000, 131_071, 131_072, 131_073, 300_000])
    func roundTrip(count: Int) throws {
        let bytes = Array(Self.content.prefix(count))
        #expect(try Gzip.decompress(gzipped(bytes), limit: count) == bytes)
        #expect(try Gzip.decompress(gzipped(bytes), limit: 1 << 30) == bytes)
    }

    @Test("several files glued together are one")
    func members() throws {
        let glued = try gzipped([1, 2, 3]) + gzipped([]) + gzipped([4])
        #expect(try Gzip.decompress(glued, limit: 4) == [1, 2, 3, 4])
    }

    @Test("one byte more than the limit is too much")
    func limit() throws {
        let compressed = try gzipped(Self.content)
        #expect(throws: GzipError.exceedsLimit(299_999)) { try Gzip.decompress(compressed, limit: 299_999) }
        #expect(throws: GzipError.exceedsLimit(0)) { try Gzip.decompress(compressed, limit: 0) }
    }

    @Test("a bomb goes off within its limit")
    func bomb() throws {
        var bomb = try gzipped(Array(repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        bomb += bomb
        #expect(throws: GzipError.exceedsLimit(1000)) { try Gzip.decompress(bomb, limit: 1000) }
        #expect(throws: GzipError.exceedsLimit(64 << 20)) { try Gzip.decompress(bomb, limit: 64 << 20) }
    }

    @Test("every cut is noticed")
    func truncated() throws {
        let compressed = try gzipped(Array(Self.content.prefix(500)))
        for count in 2..<compressed.count {
            #expect(throws: GzipError.truncated) { try Gzip.decompress(Array(compressed.prefix(count)), limit: 500) }
        }
    }

    @Test("damage is noticed, whichever byte it hits")
    func damaged() throws {
        let compressed = try gzipped(Array(Self.content.prefix(500)))
        // Bytes 4 to 9 are the time, the compressor's level and its system, which nothing protects.
        for index in 0..<compressed.count where !(4..<10).contains(index) {
            var bytes = compressed
            bytes[index] ^= 0x55
            #expect(throws: GzipError.self, "byte \(index)") { try Gzip.decompress(bytes, limit: 1 << 20) }
        }
    }

    @Test("what is not gzip is called so", arguments: [[], [0x1F], [0x50, 0x4B, 3, 4]] as [[UInt8]])
    func notGzip(bytes: [UInt8]) {
        #expect(throws: GzipError.notGzip) { try Gzip.decompress(bytes, limit: 10) }
    }

    @Test("rubbish after the end is noticed")
    func trailing() throws {
        #expect(throws: GzipError.self) { try Gzip.decompress(gzipped([1, 2, 3]) + [9, 9, 9, 9], limit: 10) }
    }
}
