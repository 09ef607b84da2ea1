import Testing

@testable import SaccadeTensors

@Suite struct KernelChoiceTests {
    private func choice(_ milliseconds: [Double], _ megabytes: [Int], sparesMemory: Bool = true) -> Int {
        Timing.choice(
            milliseconds.map { .microseconds($0 * 1000) }, scratch: megabytes.map { $0 << 20 },
            sparesMemory: sparesMemory)
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
}
