import CSaccadeThreads
import Foundation
import SaccadeOneDNN
import TestSupport
import Testing

@testable import SaccadeTensors

/// The team of threads that oneDNN and our loops compute on.
@Suite struct TeamTests {
    private static let hasCompiler = ["g++", "clang++"].contains { name in
        ["/usr/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    @Test(
        "callers, barriers, forks, exceptions and strangers on the cores: no region is lost, none waits for ever",
        .enabled(if: hasCompiler, "there is no C++ compiler"))
    func stress() {
        let check = ToolCheck("check-threads.sh")
        #expect(check.status == 0, "\(check.output)")
    }

    static let isKnown: Bool = {
        #if os(Linux)
            // As Debian builds it; its third version, and other runtimes, go on with OpenMP's threads.
            return Library.version.hasPrefix("2.") && openMP("GOMP_parallel") != nil
        #else
            return false
        #endif
    }()

    private static func openMP(_ name: String) -> UnsafeMutableRawPointer? {
        dlsym(UnsafeMutableRawPointer(bitPattern: 0), name)  // RTLD_DEFAULT, a macro that Swift does not see
    }

    @Test("oneDNN 2 on libgomp computes on our threads", .enabled(if: isKnown))
    func redirected() {
        #expect(Threads.whyForeign == nil)
    }

    /// What a region of somebody else's notes: that its threads are OpenMP's.
    private struct Region {
        let thread: @convention(c) () -> Int32
        let team: @convention(c) () -> Int32
        var shares: (Int32, Int32) = (-1, -1)
        var teams: (Int32, Int32) = (-1, -1)
    }

    @Test("another library's OpenMP regions still get OpenMP's threads", .enabled(if: isKnown))
    func othersAreLeftAlone() throws {
        _ = conv2D(.ramp([1, 16, 8, 8]), .ramp([16, 16, 3, 3]), padding: 1)  // oneDNN has been redirected now
        typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> Void
        typealias Parallel = @convention(c) (Body, UnsafeMutableRawPointer?, UInt32, UInt32) -> Void
        typealias Query = @convention(c) () -> Int32
        let parallel = unsafeBitCast(try #require(Self.openMP("GOMP_parallel")), to: Parallel.self)
        var region = Region(
            thread: unsafeBitCast(try #require(Self.openMP("omp_get_thread_num")), to: Query.self),
            team: unsafeBitCast(try #require(Self.openMP("omp_get_num_threads")), to: Query.self))
        parallel(
            { context in
                guard let region = context?.assumingMemoryBound(to: Region.self) else { return }
                // Each of the two writes its own.
                if region.pointee.thread() == 0 {
                    region.pointee.shares.0 = 0
                    region.pointee.teams.0 = region.pointee.team()
                } else {
                    region.pointee.shares.1 = region.pointee.thread()
                    region.pointee.teams.1 = region.pointee.team()
                }
            }, &region, 2, 0)
        #expect(region.shares == (0, 1))
        #expect(region.teams == (2, 2))
    }

    @Test("every element of a loop is visited once, whatever the grain", arguments: [1, 2, 3, 7, 64, 1000, 4097])
    func loops(count: Int) {
        for grain in [1, 2, 5, 100, 5000] {
            let visits = UnsafeMutablePointer<Int32>.allocate(capacity: count)
            visits.initialize(repeating: 0, count: count)
            defer { visits.deallocate() }
            saccade_threads_for(count, grain, visits) { context, begin, end in
                let visits = context.unsafelyUnwrapped.assumingMemoryBound(to: Int32.self)
                for index in begin..<end { visits[index] += 1 }
            }
            #expect((0..<count).allSatisfy { visits[$0] == 1 }, "grain \(grain)")
        }
    }

    @Test("sums come out the same to the last bit, whoever computes which piece of them")
    func sameBytes() {
        let numbers = Tensor((0..<300_000).map { Float(sin(Double($0))) }, shape: [300, 1000])
        @Sendable func sums() -> [Float] {
            sum(numbers).scalars + sum(numbers, axes: [0]).scalars + sum(numbers, axes: [1]).scalars
        }
        let first = sums()
        // Others are about: some of these tests run at the same time.
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            let again = sums()
            #expect(again.map(\.bitPattern) == first.map(\.bitPattern))
        }
    }
}
