import SaccadeOneDNN
import SaccadePrelude
import Synchronization

extension Operation {
    /// Applies an operation that has one result.
    package func callAsFunction(_ inputs: Tensor...) -> Tensor { self.results(of: inputs)[0] }

    /// Computes the results now, or adds a node to the trace that the inputs belong to.
    ///
    /// - Precondition: The shapes fit; the trap says which rule they break.
    package func results(of inputs: [Tensor]) -> [Tensor] { apply(self, to: inputs) }
}

/// What finds the kernel of an operation costs the same for all of them: the compiler would make fifty copies of it, one
/// for each, in a quarter of this target's build.
@inline(never) @_semantics("optimize.sil.specialize.generic.never")
private func apply(_ operation: some Operation, to inputs: [Tensor]) -> [Tensor] {
    if let trace = Trace.current, trace.covers(inputs) { return trace.append(operation, inputs) }
    let shapes: [Shape]
    do { shapes = try operation.resultShapes(inputs.map(\.shape)) } catch { wrongProgram("\(error)") }
    let request = KernelRequest(
        inputs: inputs.map(\.operand), results: shapes, isTraining: Phase.current == .training,
        allowsBFloat16: Precision.current == .bfloat16)
    return KernelCache.shared.kernel(for: operation, request).results(of: inputs, shapes: shapes)
}

extension Kernel {
    /// An input as the kernel wants it.
    func arranging(_ tensor: Tensor, at index: Int) -> Tensor {
        tensor.arranged(inputs[index], by: transforms[index])
    }

    /// Runs eagerly: brings the inputs into the order that the kernel wants, and makes new results.
    func results(of inputs: [Tensor], shapes: [Shape]) -> [Tensor] {
        let operands = inputs.enumerated().map { arranging($1, at: $0).stored("the elements of").0 }
        let results = zip(shapes, self.results).map { Storage(byteCount: Arrangement.byteCount(of: $1, $0)) }
        if let addend {
            results[0].address.copyMemory(
                from: operands[addend].address, byteCount: Arrangement.byteCount(of: self.results[0], shapes[0]))
        }
        let scratch = scratchByteCount > 0 ? Storage(byteCount: scratchByteCount) : nil
        withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: operands.count + results.count + 1) {
            addresses in
            var next = addresses.startIndex
            func put(_ address: UnsafeMutableRawPointer?) {
                addresses.initializeElement(at: next, to: address)
                next += 1
            }
            for (index, operand) in operands.enumerated() where index != addend { put(operand.address) }
            for result in results { put(result.address) }
            put(scratch?.address)
            run(at: UnsafePointer(addresses.baseAddress.unsafelyUnwrapped))
        }
        withExtendedLifetime((operands, scratch)) {}
        return zip(results, zip(shapes, self.results)).map { storage, made in
            Tensor(shape: made.0, content: .stored(storage, made.1))
        }
    }
}

extension Tensor {
    /// The same elements lying row by row.
    package var rowMajor: Tensor { arranged(nil) }

    /// What `transform` makes of the elements, where there is one and it has not been done; else the same elements lying
    /// as `wanted` says.
    func arranged(_ wanted: Arrangement?, by transform: ConstantTransform?) -> Tensor {
        guard let transform else { return arranged(wanted) }
        guard let wanted else { wrongProgram("what \(transform.name) makes of a constant has no arrangement") }
        guard arrangement?.layout !== wanted.layout else { return self }
        let (own, made) = (rowMajorStorage, Storage(byteCount: wanted.layout.byteCount))
        transform.run(own.floats, made.floats)
        return withExtendedLifetime(own) { Tensor(shape: shape, content: .stored(made, wanted)) }
    }

    /// The same elements lying as `wanted` says.
    package func arranged(_ wanted: Arrangement?) -> Tensor {
        guard case .stored(let storage, let held) = content, held?.layout !== wanted?.layout else { return self }
        let from: Layout
        let to: Layout
        switch (held, wanted) {
        case (let held?, nil): (from, to) = (held.layout, held.rowMajor)
        case (nil, let wanted?): (from, to) = (wanted.rowMajor, wanted.layout)
        case (let held?, let wanted?):
            // Two views of different axes have only the row-major order in common.
            guard held.rowMajor === wanted.rowMajor else { return rowMajor.arranged(wanted) }
            (from, to) = (held.layout, wanted.layout)
        case (nil, nil): return self
        }
        let result = Storage(byteCount: to.byteCount)
        let reorder = KernelCache.shared.reorder(from: from, to: to)
        let scratch = reorder.scratchByteCount > 0 ? Storage(byteCount: reorder.scratchByteCount) : nil
        withUnsafePointer(to: (storage.address, result.address, scratch?.address)) {
            $0.withMemoryRebound(to: UnsafeMutableRawPointer?.self, capacity: 3) { reorder.run(at: $0) }
        }
        withExtendedLifetime((storage, scratch)) {}
        return Tensor(shape: shape, content: .stored(result, wanted), slot: slot)
    }
}

/// Kernels that were made before, by operation, shapes and arrangements.
///
/// Making a primitive takes tens of microseconds, looking one up less than one.
final class KernelCache: Sendable {
    static let shared = KernelCache()

    /// Programs whose shapes keep changing would fill any memory: past this many kernels, old ones are let go.
    private static let capacity = 4096

    private struct Key: Hashable {
        let operation: AnyHashable
        let request: KernelRequest
    }

    private struct LayoutPair: Hashable {
        let from: Layout
        let to: Layout
    }

    private struct State: @unchecked Sendable {  // keys are operations, which are Sendable values
        var kernels = LeastRecentlyUsed<Key, Kernel>(capacity: KernelCache.capacity)
        var reorders = LeastRecentlyUsed<LayoutPair, Primitive>(capacity: KernelCache.capacity)
    }
    private let state = Mutex(State())
    private let making = Mutex(())

    func kernel(for operation: any Operation, _ request: KernelRequest) -> Kernel {
        let key = Key(operation: AnyHashable(operation), request: request)
        if let kernel = state.withLock({ $0.kernels[key] }) { return kernel }
        return alone {
            if let kernel = state.withLock({ $0.kernels[key] }) { return kernel }
            let candidates = operation.kernels(request)
            let kernel =
                candidates.count == 1
                ? candidates[0]
                : Tuner.shared.fastest(of: candidates, for: operation, request, by: TuningPolicy.current)
            state.withLock { $0.kernels.set(kernel, for: key) }
            return kernel
        }
    }

    /// Runs `body` while nobody else makes or times kernels.
    ///
    /// Two threads that met the same convolution for the first time could each time it, come to different winners,
    /// and give answers that differ in the last digits; and timings disturb each other.
    func alone<R>(_ body: () -> R) -> R { making.withLock { _ in body() } }

    func reorder(from: Layout, to: Layout) -> Primitive {
        let key = LayoutPair(from: from, to: to)
        if let primitive = state.withLock({ $0.reorders[key] }) { return primitive }
        do {
            let primitive = try Primitive(.reorder(from: from, to: to), roles: [.source, .destination])
            state.withLock { $0.reorders.set(primitive, for: key) }
            return primitive
        } catch {
            unavailable("a reorder of \(from.dimensions)", error)
        }
    }
}
