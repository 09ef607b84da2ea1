import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SaccadeTensors

/// How kernels are chosen for shapes that come for the first time.
@Suite struct TuningPolicyTests {
    /// Counts the runs of kernels, of which the last is the fastest by far.
    final class Runs: Sendable {
        private let counts = Mutex<[String: Int]>([:])
        var total: Int { counts.withLock { $0.values.reduce(0, +) } }

        func kernels(_ request: KernelRequest, _ labels: [String]) -> [Kernel] {
            labels.map { label in
                var kernel = Kernel(request) { _ in
                    self.counts.withLock { $0[label, default: 0] += 1 }
                    let end = ContinuousClock.now + .microseconds(label == labels.last ? 0 : 300)
                    while ContinuousClock.now < end {}
                }
                kernel.label = label
                return kernel
            }
        }
    }

    private static let convolution = Convolution(
        kernel: 3, stride: 1, padding: .pixels(1), dilation: 1, groups: 1, hasBias: false, activation: nil,
        transposedOutputPadding: nil)

    private func request(_ n: Int, _ h: Int, _ w: Int, channels c: Int = 8) -> KernelRequest {
        KernelRequest(
            inputs: [Operand([n, c, h, w]), Operand([4, c, 3, 3])], results: [[n, 4, h, w]], constantInputs: [1])
    }

    private func choose(
        _ tuner: Tuner, _ request: KernelRequest, _ labels: [String], _ policy: TuningPolicy, _ runs: Runs,
        _ operation: Convolution = convolution
    ) -> String {
        tuner.fastest(of: runs.kernels(request, labels), for: operation, request, by: policy).label
    }

    @Test("a neighbour's choice is taken within a factor 2, and nothing is run for it")
    func nearest() {
        let (tuner, runs) = (Tuner(folder: nil), Runs())
        let key = { (r: KernelRequest) in TuningKey(Self.convolution, r, candidates: 2, among: nil) }
        for (r, label) in [(request(2, 20, 20), "near"), (request(2, 40, 40), "far")] {
            tuner.remember(key(r).text, label, nil, as: key(r).neighbourhood)
        }
        func found(_ r: KernelRequest) -> String { choose(tuner, r, ["plain", "near", "far"], .nearest, runs) }
        #expect(found(request(2, 20, 22)) == "near")
        #expect(found(request(3, 24, 20)) == "near")
        #expect(found(request(2, 39, 40)) == "far")
        #expect(found(request(2, 60, 50)) == "far", "the area is less than twice as large")
        #expect(found(request(5, 20, 20)) == "plain", "the batch is more than twice as large")
        #expect(found(request(2, 10, 19)) == "plain")
        #expect(found(request(2, 20, 20, channels: 9)) == "plain", "other channels")
        var strided = Self.convolution
        strided.dilation = 2
        #expect(choose(tuner, request(2, 20, 22), ["plain", "near"], .nearest, runs, strided) == "plain")
        #expect(choose(tuner, request(2, 20, 21), ["plain", "other"], .nearest, runs) == "plain", "not on offer")
        #expect(runs.total == 0)
    }

    @Test("where there is no neighbour the first is timed, and the next goes by it")
    func nearestOrExact() {
        let (tuner, runs) = (Tuner(folder: nil), Runs())
        #expect(choose(tuner, request(2, 20, 20), ["slow", "fast"], .nearestOrExact, runs) == "fast")
        let timed = runs.total
        #expect(timed > 0)
        #expect(choose(tuner, request(2, 20, 25), ["slow", "fast"], .nearestOrExact, runs) == "fast")
        #expect(runs.total == timed)
        #expect(choose(tuner, request(2, 90, 90), ["slow", "fast"], .nearestOrExact, runs) == "fast")
        #expect(runs.total > timed, "no neighbour is near enough")
    }

    @Test("the plainest is taken whatever is known; the exact choice is timed, and takes the place of a neighbour's")
    func others() {
        let (tuner, runs) = (Tuner(folder: nil), Runs())
        let r = request(2, 20, 20)
        #expect(choose(tuner, r, ["slow", "fast"], .nearest, runs) == "slow")
        #expect(choose(tuner, r, ["slow", "fast"], .plainest, runs) == "slow")
        #expect(runs.total == 0)
        #expect(choose(tuner, r, ["slow", "fast"], .exact, runs) == "fast")
        let timed = runs.total
        #expect(timed > 0)
        #expect(choose(tuner, r, ["slow", "fast"], .exact, runs) == "fast")
        #expect(choose(tuner, r, ["slow", "fast"], .nearest, runs) == "fast", "what is known exactly is taken")
        #expect(choose(tuner, r, ["slow", "fast"], .plainest, runs) == "slow")
        #expect(choose(tuner, request(2, 20, 25), ["slow", "fast"], .nearest, runs) == "fast")
        #expect(runs.total == timed)
    }

    @Test("gradients, which hold the shapes of their inputs, have neighbours too")
    func gradients() throws {
        func key(_ n: Int, _ size: Int) throws -> TuningKey {
            let shapes: [Shape] = [[n, 8, size, size], [4, 8, 3, 3]]
            let gradient = ConvolutionSourceGradient(geometry: try Self.convolution.geometry(shapes))
            let request = KernelRequest(
                inputs: [Operand(shapes[1]), Operand([n, 4, size, size])], results: [shapes[0]], isTraining: true)
            return TuningKey(gradient, request, candidates: 2, among: nil)
        }
        let (a, b) = (try key(2, 20), try key(3, 22))
        #expect(a.text != b.text)
        #expect(a.neighbourhood.distance(to: b.neighbourhood) == 1.5)
        #expect(try a.neighbourhood.distance(to: key(5, 20).neighbourhood) == nil)
    }

    @Test("a borrowed choice goes with a run, and to nobody else")
    func copies() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/tuning-\(UInt64.random(in: 0 ... .max)).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (first, runs) = (Tuner(folder: nil), Runs())
        let key = TuningKey(Self.convolution, request(2, 20, 20), candidates: 2, among: nil)
        first.remember(key.text, "near", nil, as: key.neighbourhood)
        first.keepCopy(at: path)
        #expect(choose(first, request(2, 20, 22), ["plain", "near"], .nearest, runs) == "near")
        first.save()
        // Another process goes on with the run; it knows of another neighbour, which is nearer.
        let second = Tuner(folder: nil)
        let nearer = TuningKey(Self.convolution, request(2, 20, 22), candidates: 5, among: nil)
        second.remember(nearer.text, "plain", nil, as: nearer.neighbourhood)
        second.keepCopy(at: path)
        for policy in [TuningPolicy.nearest, .exact] {
            #expect(choose(second, request(2, 20, 22), ["plain", "near"], policy, runs) == "near")
        }
        #expect(runs.total == 0, "a run computes with the same kernels to its end")
    }

    /// A network of two convolutions, of which every shape has several kernels.
    @Sendable private static func network(_ x: Tensor) -> Tensor {
        relu(
            conv2D(
                relu(conv2D(x, .ramp([24, 17, 3, 3], seed: 1), padding: 1)), .ramp([24, 24, 3, 3], seed: 2), padding: 1)
        )
    }

    @Test("plans for unseen sizes compute the same whatever the policy")
    func plans() {
        for (index, policy) in [TuningPolicy.plainest, .nearest, .exact, .nearest].enumerated() {
            let x = Tensor.random([1, 17, 41 + index, 43], seed: 3)
            let plan = Plan(for: x.shape, options: .init(tuning: policy), Self.network)
            #expect(plan(x).relativeError(to: Self.network(x)) < 1e-5)
        }
        let x = Tensor.random([2, 17, 9, 9], seed: 3)
        #expect(withTuning(.nearest) { Self.network(x) }.relativeError(to: Self.network(x)) < 1e-5)
    }

    @Test("nothing is timed for them unless the choice is to be exact, and a neighbour's choices are taken")
    func timed() async {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tuner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        // In a process where nobody else makes kernels.
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            setenv("SACCADE_TUNING", path, 1)
            func plan(_ size: Int, _ policy: TuningPolicy) -> Plan {
                Plan(for: [1, 17, size, size], options: .init(tuning: policy), Self.network)
            }
            _ = (plan(40, .nearest), plan(41, .plainest))
            withTuning(.nearest) { _ = Self.network(.ramp([1, 17, 42, 42])) }
            try #require(Tuner.shared.usedCount == 0)
            let exact = plan(44, .exact)
            let timed = Tuner.shared.usedCount
            try #require(timed > 0)
            try #require(plan(46, .nearest).kernelNames == exact.kernelNames)
            try #require(Tuner.shared.usedCount == timed)
        }
    }
}
