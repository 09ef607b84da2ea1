import Testing

@testable import SaccadeTensors

@Suite struct KernelChoiceTests {
    private func choice(
        _ milliseconds: [Double], _ megabytes: [Int], meetings: [Int]? = nil, sparesMemory: Bool = true
    ) -> Int {
        Timing.choice(
            milliseconds.map { .microseconds($0 * 1000) }, scratch: megabytes.map { $0 << 20 },
            meetings: meetings ?? milliseconds.map { _ in 1 }, sparesMemory: sparesMemory)
    }

    @Test("the plainest must lose clearly")
    func plainest() {
        #expect(choice([10, 9.8, 9.75], [0, 0, 0]) == 0)
        #expect(choice([10, 9.6, 9.4], [0, 0, 0]) == 1)
        #expect(choice([10, 12, 5], [0, 0, 0]) == 2)
    }

    @Test("a tenth of the time is worth 32 MB, where memory counts")
    func memory() {
        #expect(choice([10.5, 10], [0, 170]) == 0)
        #expect(choice([10.9, 10, 10.8], [100, 170, 20]) == 2)
        #expect(choice([10.5, 10], [150, 170]) == 1)
        #expect(choice([11.5, 10], [0, 170]) == 1)
        #expect(choice([10.5, 10], [0, 170], sparesMemory: false) == 1)
    }

    @Test("of kernels that are as fast, the one whose threads meet least often")
    func calm() {
        #expect(choice([10, 9, 9.05, 9.08], [0, 0, 0, 0], meetings: [1, 40, 1, 2]) == 2)
        #expect(choice([10, 9, 9.2], [0, 0, 0], meetings: [1, 40, 1]) == 1, "two hundredths slower are slower")
        #expect(choice([10, 9, 9.05], [0, 0, 0], meetings: [1, 1, 1]) == 1)
    }

    @Test(
        "a kernel that does all in one go meets once, one that goes image by image as often as there are images")
    func meetings() {
        guard Threads.count > 1, Threads.whyForeign == nil else { return }
        let once = Threads.meetings { Threads.forEach(8) { _ in } }
        #expect(once == 1)
        #expect(Threads.meetings { for _ in 0..<8 { Threads.forEach(2) { _ in } } } == 8)
        #expect(Threads.meetings {} == 0)
    }
}
