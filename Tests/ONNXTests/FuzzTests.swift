import Foundation
import SaccadeFiles
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeONNX

/// Damaged files: nothing may happen but a model that runs, or an error that names the file.
@Suite struct FuzzTests {
    @Test func damagedModelsAreRefusedOrRun() throws {
        var originals = try ExportTests.operations.map { try $0.export().bytes() }
        if BackendCase.isThere {
            originals += try BackendCase.all().compactMap { FileManager.default.contents(atPath: $0.model) }.map(
                Array.init)
        }
        // Small ones are damaged where it matters.
        originals = originals.filter { $0.count < 4096 }
        #expect(originals.count >= 30)
        var generator = SplitMix64(seed: 42)
        var (ran, stopped, refused) = (0, 0, 0)
        for _ in 0..<12_000 {
            var bytes = originals[Int.random(in: 0..<originals.count, using: &generator)]
            for _ in 0..<[1, 1, 1, 2, 4][Int.random(in: 0..<5, using: &generator)] {
                let other = originals[Int.random(in: 0..<originals.count, using: &generator)]
                mutate(&bytes, other, &generator)
            }
            do {
                let model = try ONNXModel(decoding: bytes, name: "mutant")
                do {
                    // Shapes from a damaged file may be large: that is an answer, but not one to wait for.
                    guard let shapes = model.inputShapes(batch: 1, other: 4),
                        shapes.allSatisfy({ $0.elementCount <= 1 << 14 })
                    else { continue }
                    let graph = try Trace.of(shapes) { tensors in
                        try model.outputs(
                            for: zip(model.inputs, tensors).enumerated().map { index, pair in
                                pair.0.isInteger ? .input(index, pair.1) : .tensor(pair.1, .float)
                            })
                    }
                    guard graph.values.allSatisfy({ $0.shape.elementCount <= 1 << 16 }) else { continue }
                    _ = try model(shapes.map { Tensor(filledWith: 1, shape: $0) })
                    ran += 1
                } catch let error as FileError {
                    #expect(error.path == "mutant")
                    stopped += 1
                }
            } catch {
                #expect((error as? FileError)?.path == "mutant", "\(error)")
                refused += 1
            }
        }
        // The damage is neither harmless nor always fatal.
        #expect(ran > 500 && stopped > 200 && refused > 2000, "\(ran) ran, \(stopped) stopped, \(refused) were refused")
    }

    private func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout SplitMix64) {
        guard bytes.count > 2 else { return }
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[at] = [0, 1, 2, 0x7F, 0x80, 0xFF][Int.random(in: 0..<6, using: &generator)]
        case 3: bytes.remove(at: at)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        case 5: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
        default:
            let from = Int.random(in: 0..<other.count, using: &generator)
            let count = min(Int.random(in: 1...32, using: &generator), other.count - from, bytes.count - at)
            bytes.replaceSubrange(at..<at + count, with: other[from..<from + count])
        }
    }
}
