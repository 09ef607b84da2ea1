package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeInterchange
import SaccadeONNX
import SaccadeTensors

package struct Inspect: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "List the tensors in a file: names, shapes, types and value statistics.",
        discussion: """
            Files: safetensors; PyTorch’s .pth, .pt and .th, of which nothing is ever run; NumPy’s .npy. Mean, deviation, \
            least and greatest are those of the finite numbers. Of an ONNX file also what it takes and gives, and the \
            operators that it is made of.

            EXAMPLES:
              saccade inspect resnet18-f37072fd.pth
              saccade inspect my-run --json
              saccade inspect x.npy
              saccade inspect model.onnx

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("A file of tensors, or a run.", valueName: "file"))
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    package func run() throws {
        if RunONNX.isMeant(file) {
            let report = ONNXReport(try ONNXModel(contentsOf: file))
            print(json ? try report.json : report.text)
            return
        }
        let report = try InspectReport(WeightsFile(at: ConvertWeights.path(of: file)))
        print(json ? try report.json : report.text)
    }

    package init() {}
}

/// What a file of tensors holds.
struct InspectReport: Encodable {
    struct Tensor: Encodable {
        let name: String
        let shape: [Int]
        let type: String
        let count: Int
        let bytes: Int
        let mean: Double
        let deviation: Double
        let minimum: Double?
        let maximum: Double?
        let zeroShare: Double
        let infinities: Int
        let notNumbers: Int
    }

    let file: String
    let format: String
    let tensors: [Tensor]
    let totalCount: Int
    let totalBytes: Int
    let metadata: [String: String]

    init(_ file: WeightsFile) throws {
        self.file = file.path
        format = file.format.title
        metadata = file.metadata
        tensors = try file.entries.map { entry in
            let numbers = try file.statistics(of: entry.name)
            return Tensor(
                name: entry.name, shape: entry.shape.dimensions, type: "\(entry.type)", count: numbers.count,
                bytes: numbers.count * entry.type.byteCount, mean: numbers.mean, deviation: numbers.deviation,
                minimum: numbers.minimum, maximum: numbers.maximum, zeroShare: numbers.zeroFraction,
                infinities: numbers.infinities, notNumbers: numbers.notNumbers)
        }
        totalCount = tensors.map(\.count).reduce(0, +)
        totalBytes = tensors.map(\.bytes).reduce(0, +)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var table = TextTable([
            .init("tensor"), .init("shape"), .init("type"), .init("mean", .right), .init("std", .right),
            .init("min", .right), .init("max", .right), .init("zeros", .right), .init("not finite", .right),
        ])
        for tensor in tensors {
            let isEmpty = tensor.minimum == nil
            let wrong = [(tensor.infinities, "infinite"), (tensor.notNumbers, "NaN")].filter { $0.0 > 0 }
                .map { "\($0.0) \($0.1)" }
            table.append([
                tensor.name.printable,
                tensor.shape.isEmpty ? "scalar" : tensor.shape.map(String.init).joined(separator: "×"),
                tensor.type, isEmpty ? "" : short(tensor.mean), isEmpty ? "" : short(tensor.deviation),
                tensor.minimum.map(short) ?? "", tensor.maximum.map(short) ?? "",
                tensor.zeroShare > 0 ? String(format: "%.1f %%", tensor.zeroShare * 100) : "",
                wrong.joined(separator: ", "),
            ])
        }
        var lines = [table.text, ""]
        let count = tensors.count == 1 ? "1 tensor" : "\(tensors.count) tensors"
        lines.append("\(file): \(format), \(count), \(grouped(totalCount)) numbers, \(bytes(totalBytes))")
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let line = value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            lines.append(
                "  \(name.printable): \(line.prefix(80))\(line.count > 80 || line.count < value.count ? " …" : "")")
        }
        return lines.joined(separator: "\n")
    }

    /// Four digits.
    private func short(_ number: Double) -> String { String(format: "%.4g", number) }
}

extension String {
    /// Without characters that would move the terminal's cursor: the text comes from a file.
    var printable: String {
        String(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : Character($0) })
    }
}
