import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Memory of a tensor: an aligned block that goes back to the pool when nothing holds it, or what somebody else lends.
///
/// Whoever makes a storage writes it before sharing it; after that nobody does, except an optimizer, or a plan in the
/// making, that holds the only reference. What is lent is only read.
package final class Storage: @unchecked Sendable {  // written before it is shared, as said above
    package let address: UnsafeMutableRawPointer
    let byteCount: Int
    private let origin: Origin

    private enum Origin {
        case pool(BufferPool.Block)
        case lent(by: any AnyObject & Sendable, letsGo: (@Sendable () -> Void)?)
    }

    /// - Parameter byteCount: How many bytes will be used; they are not cleared.
    package init(byteCount: Int) {
        let block = BufferPool.shared.block(holding: byteCount)
        origin = .pool(block)
        self.byteCount = block.byteCount
        address = block.address
    }

    /// - Parameters:
    ///   - owner: Keeps the bytes as they are for as long as it lives.
    ///   - letsGo: Frees memory that the bytes need, where they can be had again when they are read; nil where they cannot.
    init(
        lent bytes: UnsafeRawBufferPointer, by owner: some AnyObject & Sendable, letsGo: (@Sendable () -> Void)? = nil
    ) {
        origin = .lent(by: owner, letsGo: letsGo)
        byteCount = bytes.count
        address = UnsafeMutableRawPointer(mutating: bytes.baseAddress.unsafelyUnwrapped)
    }

    deinit { if case .pool(let block) = origin { BufferPool.shared.take(back: block) } }

    /// Frees what memory it can until somebody reads it again.
    func letGo() {
        if case .lent(_, let letsGo?) = origin { letsGo() }
    }

    /// Whether nobody would notice if it were overwritten.
    static func mayOverwrite(_ storage: inout Storage) -> Bool {
        guard case .pool = storage.origin else { return false }
        return isKnownUniquelyReferenced(&storage)
    }

    /// Blocks of the pool begin at a multiple of so many bytes, as kernels are fastest.
    static let alignment = 64

    /// How many bytes something takes that another follows, which is to begin aligned.
    static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }

    var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }

    /// Writes the weights of a convolution, each times its output channel's number.
    func fill(with source: Storage, _ shape: Shape, times factors: ChannelFactors) {
        let length = shape.elementCount / max(factors.rowCount, 1)
        let (from, to) = (source.floats, floats)
        Threads.forEach(factors.rowCount) { row in
            let factor = factors[row: row]
            for index in row * length..<(row + 1) * length { to[index] = from[index] * factor }
        }
        withExtendedLifetime(source) {}
    }
}

/// Memory that was used before, kept for the next tensor.
///
/// Fresh pages are dear: the kernel clears each one when it is first touched, and copying into them runs at
/// a sixth of the speed of copying into pages that are there. A training step asks for the same sizes each
/// time, so after the first step it gets all of its memory from here.
final class BufferPool: Sendable {
    struct Block: @unchecked Sendable {  // a plain address; who owns it is said by who holds the block
        let address: UnsafeMutableRawPointer
        let byteCount: Int
    }

    static let shared = BufferPool()

    /// Blocks of this size and more come in whole huge pages.
    private static let hugePage = 2 << 20

    private struct State {
        var free: [Int: [Block]] = [:]
        var freeBytes = 0
        var usedBytes = 0
        var peakBytes = 0
        /// The most that was in use since somebody began to watch; see ``BufferPool/watched(_:)``.
        var watchedBytes = 0
        var freshCount = 0
        /// How many are at work that want no more memory kept than was ever in use; see ``BufferPool/beginSparing()``.
        var sparing = 0

        /// How many bytes may be in use or idle: a quarter more than was ever in use at the same time, and 16 MB. Beyond
        /// that the sizes have changed, as when kernels were tried, and the old ones would only pile up.
        var limit: Int { peakBytes + (sparing > 0 ? 0 : peakBytes / 4 + 16 << 20) }

        mutating func use(_ byteCount: Int) {
            usedBytes += byteCount
            peakBytes = max(peakBytes, usedBytes)
            watchedBytes = max(watchedBytes, usedBytes)
        }

        /// An idle block of `size`, or else the smallest that is not twice as large: the last batch of an epoch is
        /// smaller than the others, and should find their memory. Eight times as large where a new block would take the
        /// place of idle ones: sizes that are wanted in turn would drive each other out for ever.
        mutating func takeFree(_ size: Int) -> Block? {
            if let block = free[size]?.popLast() { return block }
            let most = (usedBytes + freeBytes + size > limit ? 8 : 2) * size
            let larger = free.keys.filter { size < $0 && $0 <= most && !(free[$0] ?? []).isEmpty }.min()
            return larger.flatMap { free[$0]?.popLast() }
        }

        /// Takes idle blocks out, the largest first, until used and idle ones together have no more than `limit` bytes.
        ///
        /// - Parameter recent: The size that somebody has just given back, and may soon want again.
        mutating func giveUp(downTo limit: Int, but recent: Int?) -> [Block] {
            var surplus: [Block] = []
            while usedBytes + freeBytes > limit {
                let stale = free.keys.filter { $0 != recent && !(free[$0] ?? []).isEmpty }.max()
                guard let stale, let victim = free[stale]?.popLast() else { break }
                freeBytes -= stale
                surplus.append(victim)
            }
            return surplus
        }
    }
    private let state = Mutex(State())

    /// How many blocks were not there when they were asked for.
    var freshCount: Int { state.withLock(\.freshCount) }

    /// The size that a request is rounded up to: eight classes for each doubling, so that requests of nearly
    /// the same size find each other's blocks and no more than an eighth is wasted.
    static func roundedSize(_ byteCount: Int) -> Int {
        let least = max(byteCount, Storage.alignment)
        let granule: Int
        if least < 4096 {
            granule = Storage.alignment
        } else {
            let magnitude = 1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)
            granule = max(magnitude / 8, least >= hugePage * 8 ? hugePage : 4096)
        }
        return (least + granule - 1) / granule * granule
    }

    func block(holding byteCount: Int) -> Block {
        let size = BufferPool.roundedSize(byteCount)
        let kept = state.withLock { state -> Block? in
            guard let block = state.takeFree(size) else {
                state.use(size)
                state.freshCount += 1
                return nil
            }
            state.use(block.byteCount)
            state.freeBytes -= block.byteCount
            return block
        }
        return kept ?? BufferPool.allocate(size)
    }

    func take(back block: Block) {
        let surplus = state.withLock { state -> [Block] in
            state.usedBytes -= block.byteCount
            state.free[block.byteCount, default: []].append(block)
            state.freeBytes += block.byteCount
            return state.giveUp(downTo: state.limit, but: block.byteCount)
        }
        for block in surplus { free(block.address) }
    }

    /// The most bytes that were in use at one time while `body` ran. One may watch at a time.
    func watched(_ body: () throws -> Void) rethrows -> Int {
        state.withLock { $0.watchedBytes = $0.usedBytes }
        try body()
        return state.withLock(\.watchedBytes)
    }

    /// From now on keeps no more memory than was in use at one time: for what takes blocks of ever other sizes, such as
    /// the weights of a network in another order, one after another.
    func beginSparing() { state.withLock { $0.sparing += 1 } }

    /// Ends what ``beginSparing()`` began, and keeps nothing that is idle.
    func endSparing() {
        let idle = state.withLock { state in
            state.sparing -= 1
            return state.giveUp(downTo: state.usedBytes, but: nil)
        }
        for block in idle { free(block.address) }
    }

    private static func allocate(_ size: Int) -> Block {
        var address: UnsafeMutableRawPointer?
        let status = posix_memalign(&address, size >= hugePage ? hugePage : Storage.alignment, size)
        guard status == 0, let address else {
            fatalError("out of memory: no \(size) bytes for a tensor; use smaller batches or images")
        }
        #if os(Linux)
            if size >= hugePage { madvise(address, size, MADV_HUGEPAGE) }  // a hint: it may be refused
        #endif
        return Block(address: address, byteCount: size)
    }
}
