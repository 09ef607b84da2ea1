import CSaccadeKernels
import TestSupport
import Testing

@testable import SaccadeTensors

@Suite struct RowProductsTests {
    /// Rows that do not fill a register, nor a tile; one vector and several.
    @Test(
        "are those of the definition",
        arguments: [(1, 1, 1), (1, 16, 4), (1, 37, 7), (2, 100, 9), (4, 64, 5), (5, 67, 13), (16, 33, 6)],
        [false, true])
    func definition(_ size: (vectors: Int, inputs: Int, outputs: Int), rectifies: Bool) {
        let x = Tensor.ramp([size.vectors, size.inputs]).scalars
        let w = Tensor.ramp([size.outputs, size.inputs], seed: 1).scalars
        let b = Tensor.ramp([size.outputs], seed: 2).scalars
        for bias in [nil, b] {
            var y = [Float](repeating: .nan, count: size.vectors * size.outputs)
            if let bias {
                sk_row_products(size.vectors, size.inputs, size.outputs, x, w, bias, rectifies ? 1 : 0, &y)
            } else {
                sk_row_products(size.vectors, size.inputs, size.outputs, x, w, nil, rectifies ? 1 : 0, &y)
            }
            for vector in 0..<size.vectors {
                for output in 0..<size.outputs {
                    var sum = Double(bias?[output] ?? 0)
                    for input in 0..<size.inputs {
                        sum += Double(x[vector * size.inputs + input]) * Double(w[output * size.inputs + input])
                    }
                    let expected = rectifies ? max(sum, 0) : sum
                    #expect(abs(Double(y[vector * size.outputs + output]) - expected) < 1e-4)
                }
            }
        }
    }

    @Test("are among the kernels of large layers for few vectors, and agree with the others", arguments: [1, 3, 8])
    func kernels(vectors: Int) {
        let (x, w, b) = (
            Tensor.ramp([vectors, 1030]), Tensor.ramp([1001, 1030], seed: 1), Tensor.ramp([1001], seed: 2)
        )
        let operation = InnerProduct(hasBias: true, activation: .relu)
        let request = KernelRequest(inputs: [x, w, b].map(\.operand), results: [[vectors, 1001]])
        let kernels = operation.kernels(request)
        #expect(kernels.contains { $0.label == "rows" })
        let results = kernels.map { $0.results(of: [x, w, b], shapes: request.results)[0] }
        for result in results { #expect(result.relativeError(to: results[0]) < 1e-5) }
    }
}
