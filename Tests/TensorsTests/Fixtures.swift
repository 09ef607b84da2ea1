import Foundation
import SaccadeTensors
import Testing

/// What PyTorch computed for the operations: `Tests/Fixtures/operations.safetensors`, written by
/// `make_operation_fixtures.py` beside it; and what torchvision did: `regions.safetensors` by `make_roi_fixtures.py`.
struct Fixtures {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let operation: String
        let settings: [String: [Double]]
        let inputs: [String]
        let results: [String]
        let cotangent: String
        let gradients: [String: String]

        var testDescription: String {
            let tensors = inputs.map { "\(Fixtures.shared.shape($0))" }.joined(separator: ", ")
            let settings = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return "\(operation) of \(tensors) \(settings.joined(separator: ", "))"
        }

        func integers(_ name: String) -> [Int] { (settings[name] ?? []).map { Int($0) } }
        func integer(_ name: String) -> Int { integers(name).first ?? 0 }
        func float(_ name: String) -> Float { Float(settings[name]?.first ?? 0) }
        func flag(_ name: String) -> Bool { integer(name) != 0 }
        func pair(_ name: String) -> Pair { Pair(integers(name)[0], integers(name)[1]) }
        func reduction(_ name: String = "reduction") -> LossReduction { [.mean, .sum, .none][integer(name)] }
    }

    private struct Entry: Decodable {
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case shape
            case offsets = "data_offsets"
        }
    }

    static let shared: Fixtures = {
        do { return try Fixtures("operations") } catch { fatalError("the fixtures cannot be read: \(error)") }
    }()

    static let regions: Fixtures = {
        do { return try Fixtures("regions") } catch { fatalError("the fixtures cannot be read: \(error)") }
    }()

    let cases: [Case]
    private let entries: [String: Entry]
    private let bytes: Data

    private init(_ name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name).safetensors")
        let data = try Data(contentsOf: file)
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = data.subdata(in: 8..<8 + length)
        struct Header: Decodable {
            struct Metadata: Decodable { let cases: String }
            let metadata: Metadata
            enum CodingKeys: String, CodingKey { case metadata = "__metadata__" }
        }
        let metadata = try JSONDecoder().decode(Header.self, from: header).metadata
        cases = try JSONDecoder().decode([Case].self, from: Data(metadata.cases.utf8))
        // Every other key is a tensor.
        var all = try JSONSerialization.jsonObject(with: header) as? [String: Any] ?? [:]
        all["__metadata__"] = nil
        entries = try JSONDecoder().decode([String: Entry].self, from: JSONSerialization.data(withJSONObject: all))
        bytes = data.subdata(in: 8 + length..<data.count)
    }

    func shape(_ name: String) -> Shape { Shape(entries[name]?.shape ?? []) }

    func tensor(_ name: String) throws -> Tensor {
        let entry = try #require(entries[name], "no tensor \(name)")
        let part = bytes.subdata(in: entry.offsets[0]..<entry.offsets[1])
        let count = part.count / MemoryLayout<Float>.stride
        let scalars = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            _ = part.copyBytes(to: buffer)
            initialized = count
        }
        return Tensor(scalars, shape: Shape(entry.shape))
    }
}
