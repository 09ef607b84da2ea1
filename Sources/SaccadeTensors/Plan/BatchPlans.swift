import SaccadeOneDNN
import SaccadePrelude
import Synchronization

/// A network's plans for batches of any size, each made when a batch of its size first comes.
///
///     let plans = BatchPlans(for: [3, 224, 224]) { network($0) }
///     let scores = plans(pictures)   // [N, 3, 224, 224], any N
///
/// The plans share their weights where they want them in the same order, so that another batch size costs little memory.
/// Past ``capacity`` sizes the one that was not asked for the longest is let go. Any number of threads may use them at once.
/// The weights are those at the time of the first plan.
public final class BatchPlans: Sendable {
    /// Of one input, without the batch.
    public let shape: Shape
    /// How many sizes are kept.
    public let capacity: Int
    private let options: Plan.Options
    private let names: [Parameter: String]
    private let network: @Sendable (Tensor) -> Tensor
    private let constants = SharedConstants()
    /// The size asked for last comes last.
    private let kept = Mutex<[(batch: Int, plan: Plan)]>([])

    /// - Parameters:
    ///   - shape: Of one input, without the batch, such as `[3, 224, 224]`.
    ///   - capacity: How many sizes to keep; at least 1.
    ///   - names: What checkpoints call the parameters: kernels are named after the layers that these lead to.
    ///   - network: What to apply to `[N] + shape`.
    public init(
        for shape: Shape, options: Plan.Options = Plan.Options(), capacity: Int = 8, names: [Parameter: String] = [:],
        _ network: @escaping @Sendable (Tensor) -> Tensor
    ) {
        require(capacity >= 1, "BatchPlans: capacity must be at least 1, got \(capacity)")
        self.shape = shape
        self.options = options
        self.capacity = capacity
        self.names = names
        self.network = network
    }

    /// The plan for batches of a size.
    ///
    /// Two threads that ask for the same new size at the same time may both make the plan; one of them is kept.
    public func plan(batch: Int) -> Plan {
        require(batch >= 1, "BatchPlans: a batch of \(batch)")
        if let plan = find(batch) { return plan }
        let plan = Plan(for: [Shape([batch] + shape.dimensions)], options: options, names: names, sharing: constants) {
            [network($0[0])]
        }
        kept.withLock { kept in
            kept.removeAll { $0.batch == batch }
            kept.append((batch, plan))
            if kept.count > capacity { kept.removeFirst() }
        }
        return plan
    }

    /// - Precondition: The input is `[N] + shape` with N at least 1.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        require(
            input.shape.rank == shape.rank + 1 && Array(input.shape.dimensions.dropFirst()) == shape.dimensions,
            "plans for inputs [N] + \(shape) were given \(input.shape)")
        return plan(batch: input.shape[0])(input)
    }

    /// Bytes of the weights that the plans made so far hold.
    package var weightByteCount: Int { constants.byteCount }

    private func find(_ batch: Int) -> Plan? {
        kept.withLock { kept in
            guard let index = kept.firstIndex(where: { $0.batch == batch }) else { return nil }
            let found = kept.remove(at: index)
            kept.append(found)
            return found.plan
        }
    }
}

/// The weights of a network as its plans hold them, found again by what they are.
///
/// A place in the network would not do: it may compute with a number that depends on the batch, such as 1 / N.
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
