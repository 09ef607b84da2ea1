import Foundation
import SaccadeInterchange
import SaccadeTensors
import Testing

/// The files that `make_weights_fixtures.py` made by PyTorch and NumPy, and what they hold.
enum WeightsFixtures {
    struct Expected: Decodable {
        enum Number: Decodable {
            case number(Double)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let number = try? value.decode(Double.self) {
                    self = .number(number)
                } else {
                    self = .number(Double(try value.decode(String.self)) ?? .nan)
                }
            }
        }

        let type: String
        let shape: [Int]
        let numbers: [Number]

        var floats: [Float] { numbers.map { if case .number(let number) = $0 { Float(number) } else { .nan } } }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/weights").standardizedFileURL.path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static let expected: [String: [String: Expected]] = {
        let json = (try? Data(contentsOf: URL(fileURLWithPath: path("expected.json")))) ?? Data()
        return (try? JSONDecoder().decode([String: [String: Expected]].self, from: json)) ?? [:]
    }()

    /// Compares everything that a file holds with what PyTorch or NumPy says it holds.
    static func check(
        _ file: WeightsFile, against tensors: [String: Expected], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(Set(file.entries.map(\.name)) == Set(tensors.keys), sourceLocation: sourceLocation)
        for entry in file.entries {
            let wanted = try #require(tensors[entry.name], sourceLocation: sourceLocation)
            #expect("\(entry.type)" == wanted.type, "\(entry.name)", sourceLocation: sourceLocation)
            #expect(entry.shape.dimensions == wanted.shape, "\(entry.name)", sourceLocation: sourceLocation)
            let found = try file.tensor(entry.name).scalars
            let isSame = zip(found, wanted.floats).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
            #expect(isSame && found.count == wanted.numbers.count, "\(entry.name)", sourceLocation: sourceLocation)
        }
    }
}
