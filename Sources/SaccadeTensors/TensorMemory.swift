/// The memory that tensors take.
package enum TensorMemory {
    /// The most bytes that the tensors of the whole process, kernels' scratch memory and plans took at one time while
    /// `body` ran: those that were there before count. Idle memory that waits to be used again does not.
    ///
    /// One may measure at a time, and nobody else should compute meanwhile.
    package static func peakByteCount(of body: () throws -> Void) rethrows -> Int {
        try BufferPool.shared.watched(body)
    }
}
