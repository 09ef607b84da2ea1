import Testing

@testable import SaccadeTensors

@Suite struct BufferPoolTests {
    @Test("sizes that are wanted in turn do not drive each other out")
    func turns() {
        let pool = BufferPool()
        let kept = pool.block(holding: 40 << 20)
        func round() {
            // Together more than may be idle; never in use at the same time.
            for megabytes in [128, 54, 60, 128, 54, 60] {
                pool.take(back: pool.block(holding: megabytes << 20))
            }
        }
        round()
        let first = pool.freshCount
        for _ in 0..<10 { round() }
        #expect(pool.freshCount == first)
        pool.take(back: kept)
    }

    @Test("a request finds a block of its size, or one that is not twice as large")
    func fitting() {
        let pool = BufferPool()
        let blocks = [1, 4, 16].map { pool.block(holding: $0 << 20) }
        for block in blocks { pool.take(back: block) }
        #expect(pool.block(holding: 4 << 20).address == blocks[1].address)
        let other = pool.block(holding: 3 << 20)
        #expect(other.address != blocks[2].address && pool.freshCount == 4)
        #expect(pool.block(holding: 9 << 20).address == blocks[2].address)
    }

    @Test("memory of sizes that are not wanted any more is given up")
    func givingUp() {
        let pool = BufferPool()
        // A hundred sizes, one after the other, each a little larger than the one before.
        for step in 0..<100 { pool.take(back: pool.block(holding: (64 + step) << 20)) }
        let before = pool.freshCount
        // Not all of them are still there: at most what a quarter more than the largest holds, and 16 MB.
        let held = (0..<4).map { _ in pool.block(holding: 64 << 20) }
        #expect(pool.freshCount >= before + 2)
        for block in held { pool.take(back: block) }
    }
}
