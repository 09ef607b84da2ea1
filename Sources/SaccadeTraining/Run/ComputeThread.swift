import Foundation

/// A plain thread for a long computation.
///
/// The engine keeps a team of workers for every thread that computes, and a computation blocks: neither suits the few
/// threads that Swift's tasks share.
public enum ComputeThread {
    /// Runs `body` from beginning to end on a thread of its own, and waits for it without blocking the caller's.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
            thread.name = "compute"
            thread.stackSize = 16 << 20
            thread.start()
        }
    }
}
