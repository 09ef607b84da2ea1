import Foundation
import SaccadeOneDNN
import Testing

@testable import SaccadeTensors

/// What is chosen once stays chosen, and goes with a run.
@Suite struct TunerTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tuner-\(UUID().uuidString)")
    var copy: String { folder.appendingPathComponent("run/tuning.json").path }

    @Test("another process finds what one chose")
    func stays() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tuner = Tuner(folder: folder)
        #expect(tuner.choice(for: "a convolution") == nil)
        tuner.remember("a convolution", "winograd")
        #expect(tuner.choice(for: "a convolution") == "winograd")
        #expect(Tuner(folder: folder).choice(for: "a convolution") == "winograd")
    }

    @Test("a run keeps what it used, and a process that goes on with it uses the same, whatever else it finds")
    func copies() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = Tuner(folder: folder)
        first.remember("before", "direct")
        first.keepCopy(at: copy)
        first.remember("during", "winograd")
        first.endCopy(at: copy)
        first.remember("after", "direct")

        let other = folder.appendingPathComponent("another machine's memory")
        Tuner(folder: other).remember("during", "direct")
        Tuner(folder: other).remember("unused", "direct")
        let second = Tuner(folder: other)
        second.keepCopy(at: copy)
        #expect(second.choice(for: "before") == "direct")
        #expect(second.choice(for: "during") == "winograd", "the run's choice counts")
        #expect(second.choice(for: "after") == nil)

        let third = Tuner(folder: nil)
        third.keepCopy(at: copy)
        #expect(third.choice(for: "unused") == nil, "only what was used is kept with the run")
    }

    @Test("a choice that was used before stays in use, and is what the copy tells")
    func consistent() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = Tuner(folder: nil)
        first.keepCopy(at: copy)
        first.remember("a convolution", "winograd")
        let second = Tuner(folder: nil)
        second.remember("a convolution", "direct")
        second.keepCopy(at: copy)
        #expect(second.choice(for: "a convolution") == "direct")
        let third = Tuner(folder: nil)
        third.keepCopy(at: copy)
        #expect(third.choice(for: "a convolution") == "direct")
    }

    @Test("files that hold something else, or cannot be written, cost only time")
    func damaged() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("run"), withIntermediateDirectories: true)
        try Data("{\"cut".utf8).write(to: URL(fileURLWithPath: copy))
        let tuner = Tuner(folder: URL(fileURLWithPath: "/dev/null/nowhere"))
        tuner.keepCopy(at: copy)
        tuner.keepCopy(at: "/dev/null/nowhere/tuning.json")
        tuner.remember("a convolution", "winograd")
        #expect(tuner.choice(for: "a convolution") == "winograd")
        let second = Tuner(folder: nil)
        second.keepCopy(at: copy)
        #expect(second.choice(for: "a convolution") == "winograd", "the damaged copy was replaced")
    }

    @Test("kernels have the same labels in every list, whatever was compiled before")
    func labels() throws {
        // A geometry that no other test has.
        let convolution = Convolution(
            kernel: 3, stride: 1, padding: .pixels(1), dilation: 1, groups: 1, hasBias: true, activation: nil,
            transposedOutputPadding: nil)
        let operands = [[2, 35, 29, 31], [48, 35, 3, 3], [48]].map { Operand($0, nil) }
        let requests = ElementOrder.allCases.map {
            KernelRequest(inputs: operands, results: [[2, 48, 29, 31]], order: $0)
        }
        let before = requests.map { convolution.kernels($0) }
        for kernel in before.joined() {
            for primitive in kernel.body.primitives { try primitive.prepare() }
        }
        for (request, kernels) in zip(requests, before) {
            #expect(convolution.kernels(request).map(\.label) == kernels.map(\.label))
        }
    }
}
