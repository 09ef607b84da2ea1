/// Brings the constants of a network into the orders that kernels want.
final class ConstantOrders {
    /// A constant as the network has it, row by row.
    struct Own {
        let shape: Shape
        fileprivate let elements: Storage
        /// What the elements are still to be multiplied by.
        fileprivate let factors: ChannelFactors?

        /// - Returns: `nil` for a value that is no constant.
        init?(_ value: Graph.Value) {
            guard case .constant(let tensor) = value.origin else { return nil }
            (shape, elements, factors) = (value.shape, tensor.rowMajorStorage, value.factors)
        }

        var byteCount: Int { Arrangement.byteCount(of: nil, shape) }
    }

    private let shared: SharedConstants?
    /// Where elements are multiplied on their way into another order: fresh memory for each constant would take longer than
    /// both.
    private lazy var workplace = Storage(byteCount: largest)
    private let largest: Int

    /// - Parameters:
    ///   - constants: All that will come.
    ///   - shared: Where plans for other batches of the same network find theirs.
    init(for constants: [Own], sharing shared: SharedConstants?) {
        self.shared = shared
        largest = constants.filter { $0.factors != nil }.map(\.byteCount).max() ?? 0
    }

    /// A constant in the wanted order; that of another plan, where one has the same.
    ///
    /// - Parameters:
    ///   - own: The constant.
    ///   - shape: What it is taken for, which may be a reshape of its own.
    ///   - wanted: The order; `nil` is row by row.
    ///   - transform: What is made of it beside.
    func arranged(
        _ own: Own, as shape: Shape, _ wanted: Arrangement?, by transform: ConstantTransform? = nil
    ) -> Storage {
        guard let factors = own.factors else {
            let storage = arranged(own.elements, shape, wanted, transform)
            if storage !== own.elements { own.elements.letGo() }
            return storage
        }
        // Row by row it stays where it is multiplied: that is a place of its own.
        let place = wanted == nil ? Storage(byteCount: own.byteCount) : workplace
        place.fill(with: own.elements, own.shape, times: factors)
        own.elements.letGo()
        return arranged(place, shape, wanted, transform)
    }

    private func arranged(
        _ elements: Storage, _ shape: Shape, _ wanted: Arrangement?, _ transform: ConstantTransform?
    ) -> Storage {
        func make() -> Storage {
            Tensor(shape: shape, content: .stored(elements, nil)).arranged(wanted, by: transform).stored("a constant").0
        }
        guard let shared else { return make() }
        let fingerprint = SharedConstants.Fingerprint(
            of: elements, byteCount: Arrangement.byteCount(of: nil, shape))
        return shared.storage(
            .init(fingerprint: fingerprint, layout: wanted?.layout, transform: transform?.name), make)
    }
}
