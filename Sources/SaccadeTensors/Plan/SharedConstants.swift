import SaccadeOneDNN
import Synchronization

/// The weights of a network as its plans hold them, found again by what they are.
///
/// A place in the network would not do: it may compute with a number that depends on the sizes, such as 1 / N.
final class SharedConstants: Sendable {
    /// Elements in a certain order.
    struct Key: Hashable {
        var fingerprint: Fingerprint
        var layout: Layout?  // `nil` is row-major
        /// What made them of the network's own elements, where something did.
        var transform: String?

        var byteCount: Int { layout?.byteCount ?? fingerprint.byteCount }
    }

    private let held = Mutex<[Key: Storage]>([:])

    /// Of the elements: the blocks that the pool lends may be larger.
    var byteCount: Int { held.withLock { $0.keys.reduce(0) { $0 + $1.byteCount } } }

    func storage(_ key: Key, _ make: () -> Storage) -> Storage {
        if let storage = held.withLock({ $0[key] }) { return storage }
        let made = make()
        return held.withLock { held in
            let storage = held[key] ?? made
            held[key] = storage
            return storage
        }
    }

    /// Tells row-major elements from others by 128 bits of a hash and their number.
    struct Fingerprint: Hashable {
        let byteCount: Int
        private let a: UInt64
        private let b: UInt64

        init(of storage: Storage, byteCount: Int) {
            // Four sums side by side, multiplied on their way: some gigabytes a second, a small part of what putting
            // the elements into another order takes.
            let words = UnsafeRawBufferPointer(start: storage.address, count: byteCount / 4 * 4)
                .bindMemory(to: UInt32.self)
            var lanes: SIMD4<UInt64> = [1, 2, 3, 4]
            let factor: SIMD4<UInt64> = [
                0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0xd6e8_feb8_6659_fd93,
            ]
            for index in words.indices {
                lanes = (lanes ^ SIMD4(repeating: UInt64(words[index]))) &* factor
                lanes = lanes ^ (lanes &>> 29)
            }
            self.byteCount = byteCount
            a = lanes[0] ^ lanes[2]
            b = lanes[1] ^ lanes[3]
        }
    }
}
