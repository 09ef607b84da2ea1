import SaccadeTensors
import TestSupport
import Testing

/// Programs that are wrong stop, and say what does not fit.
@Suite struct TrapTests {
    @Test("shapes that do not fit")
    func shapes() async {
        await #expect(processExitsWith: .failure) { _ = maxPool2D(.ramp([1, 1, 2, 2]), kernel: 3) }
        await #expect(processExitsWith: .failure) { _ = linear(.ramp([2, 3]), .ramp([4, 5])) }
        await #expect(processExitsWith: .failure) { _ = matmul(.ramp([2, 3]), .ramp([4, 5])) }
        await #expect(processExitsWith: .failure) { _ = concatenated([.ramp([2, 3]), .ramp([3, 3])], axis: 1) }
    }

    @Test("labels and indices that name nothing")
    func indices() async {
        await #expect(processExitsWith: .failure) { _ = crossEntropy(.ramp([2, 3]), [0, 3]) }
        await #expect(processExitsWith: .failure) { _ = crossEntropy(.ramp([1, 3]), [-1]) }
        await #expect(processExitsWith: .failure) { _ = embedding(Tensor([4]), .ramp([4, 2])) }
        await #expect(processExitsWith: .failure) {
            _ = maxUnpool2D(.ramp([1, 1, 1, 1]), indices: Tensor([.nan], shape: [1, 1, 1, 1]), to: 2)
        }
    }

    @Test("the message tells the arithmetic")
    func messages() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = maxPool2D(.ramp([1, 3, 4, 9]), kernel: 5, stride: 2)
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(message.contains("maxPool2D") && message.contains("4 − 5 + 0"), "\(message.prefix(300))")
    }

    @Test("a value out of its range is told in release builds too")
    func ranges() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Shape([2, -3])
        }
        let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(
            message.contains("negative lengths: [2, -3]") && message.contains("Shape.swift"), "\(message.prefix(300))")
    }
}
