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

    @Test("two processes that write in turn do not undo each other's choices")
    func two() {
        defer { try? FileManager.default.removeItem(at: folder) }
        Tuner(folder: folder).remember("a convolution", "direct")
        let old = Tuner(folder: folder)
        #expect(old.choice(for: "a convolution") == "direct")
        Tuner(folder: folder).remember("a convolution", "winograd")
        old.remember("another", "direct")
        #expect(Tuner(folder: folder).choice(for: "a convolution") == "winograd")
        #expect(Tuner(folder: folder).choice(for: "another") == "direct")
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

    private let calm = Disturbance(interruptions: 3, pressure: 0.01, spread: 1.1)
    private let stormy = Disturbance(interruptions: 400, pressure: 0.9, spread: 1.2)

    @Test("each sign of others on the machine is enough, and a quiet one has none")
    func signs() {
        #expect(!calm.isSerious && stormy.isSerious)
        #expect(Disturbance(interruptions: 400, pressure: nil, spread: 1).isSerious)
        #expect(Disturbance(interruptions: 0, pressure: 0.5, spread: 1).isSerious)
        #expect(Disturbance(interruptions: 0, pressure: nil, spread: 2).isSerious)
        #expect(!Disturbance(interruptions: 0, pressure: nil, spread: 1).isSerious)
    }

    @Test("a choice that others disturbed is gone by in this process, and for a while in the next ones")
    func disturbed() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tuner = Tuner(folder: folder)
        tuner.remember("quiet", "winograd", calm)
        tuner.remember("disturbed", "stripes", stormy)
        #expect(tuner.choice(for: "disturbed") == "stripes")
        tuner.save()
        let next = Tuner(folder: folder, patience: .zero)
        #expect(next.choice(for: "quiet", renewing: true) == "winograd")
        #expect(next.choice(for: "disturbed") == "stripes")
        #expect(next.choice(for: "disturbed", renewing: true) == nil, "plans make it again, as where it was made")
        next.remember("disturbed", "winograd", calm)
        next.save()
        #expect(Tuner(folder: folder).choice(for: "disturbed", renewing: true) == "winograd")
    }

    @Test("what others disturbed is over after a while, and takes the place of nothing that was measured in quiet")
    func expired() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let brief = Tuner(folder: folder, endurance: .seconds(-5))
        brief.remember("disturbed", "stripes", stormy)
        brief.remember("quiet", "winograd", calm)
        #expect(brief.choice(for: "disturbed") == "stripes")
        brief.save()
        let next = Tuner(folder: folder)
        #expect(next.choice(for: "disturbed") == nil && next.choice(for: "quiet") == "winograd")
        // It has read nothing of the file when another process adds to that.
        let late = Tuner(folder: folder)
        late.remember("contested", "stripes", stormy)
        let other = Tuner(folder: folder)
        other.remember("contested", "winograd", calm)
        other.save()
        late.remember("another", "stripes", stormy)
        late.remember("contested", "direct", stormy)
        late.save()
        #expect(Tuner(folder: folder).choice(for: "contested") == "winograd")
    }

    @Test("a disturbed choice is made again after a while, but never under a run that computes with it")
    func again() {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tuner = Tuner(folder: nil, patience: .zero)
        tuner.keepCopy(at: copy)
        tuner.remember("a convolution", "stripes", stormy)
        #expect(tuner.choice(for: "a convolution", renewing: true) == "stripes", "the run goes on with it")
        let resumed = Tuner(folder: nil, patience: .zero)
        resumed.keepCopy(at: copy)
        #expect(
            resumed.choice(for: "a convolution", renewing: true) == "stripes", "and so does who goes on with the run")
        for process in [tuner, resumed] {
            process.endCopy(at: copy)
            #expect(process.choice(for: "a convolution") == "stripes", "whoever computes with it stays with it")
            #expect(process.choice(for: "a convolution", renewing: true) == nil)
        }
        tuner.remember("a convolution", "winograd", calm)
        #expect(tuner.choice(for: "a convolution") == "winograd")
        #expect(Tuner(folder: nil).choice(for: "a convolution") == nil)
    }

    @Test("what is kept tells how far its timing was disturbed; files of before, which do not, are read")
    func record() throws {
        var choice = TunedChoice(kernel: "winograd", disturbance: calm)
        choice.expiry = 1_800_000_000
        let data = try JSONEncoder().encode(choice)
        #expect(try JSONDecoder().decode(TunedChoice.self, from: data) == choice)
        let old = try JSONDecoder().decode([String: TunedChoice].self, from: Data(#"{"a": "direct"}"#.utf8))
        #expect(old == ["a": TunedChoice(kernel: "direct", disturbance: nil)])
    }

    @Test("the file's name tells the instruction sets: processors of one name come with and without matrix units")
    func name() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        Tuner(folder: folder).remember("a convolution", "winograd", calm)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == 1)
        let sets = Machine.instructionSets.split(separator: " ")
        #expect(sets.allSatisfy { files.first?.contains($0) == true }, "\(files) \(sets)")
    }

    @Test("many choices one behind the other make two writes, and all are in the files at the end")
    func writes() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tuner = Tuner(folder: folder, interval: .seconds(3600))
        tuner.keepCopy(at: copy)
        for number in 0..<200 { tuner.remember("convolution \(number)", "winograd", calm) }
        #expect(tuner.writeCount == 2, "the first at once, to both files")
        tuner.save()
        #expect(tuner.writeCount == 4)
        tuner.save()
        #expect(tuner.writeCount == 4, "nothing new")
        let (next, resumed) = (Tuner(folder: folder), Tuner(folder: nil))
        resumed.keepCopy(at: copy)
        for number in 0..<200 {
            #expect(next.choice(for: "convolution \(number)") == "winograd")
            #expect(resumed.choice(for: "convolution \(number)") == "winograd")
        }
        tuner.remember("one more", "direct", calm)
        tuner.endCopy(at: copy)
        let last = Tuner(folder: nil)
        last.keepCopy(at: copy)
        #expect(last.choice(for: "one more") == "direct", "who ends a copy has everything in it")
    }

    @Test("what waits to be written is written when a process ends")
    func exit() async {
        defer { try? FileManager.default.removeItem(at: folder) }
        await #expect(processExitsWith: .exitCode(0)) { [path = folder.path as String] in
            setenv("SACCADE_TUNING", path, 1)
            for number in 0..<20 { Tuner.shared.remember("\(number)", "winograd") }
            Foundation.exit(0)
        }
        let next = Tuner(folder: folder)
        for number in 0..<20 { #expect(next.choice(for: "\(number)") == "winograd") }
    }

    @Test("what waits is written after a while by itself")
    func later() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let tuner = Tuner(folder: folder, interval: .milliseconds(50))
        tuner.remember("first", "direct")
        tuner.remember("second", "winograd")
        while Tuner(folder: folder).choice(for: "second") == nil { try await Task.sleep(for: .milliseconds(10)) }
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
