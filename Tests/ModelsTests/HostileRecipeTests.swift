import SaccadeModels
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import Testing

@Suite struct HostileRecipeTests {
    /// Pieces that mutations put into recipes.
    static let pieces = [
        "{", "}", "[", "]", ":", "- ", "\n", "  ", "&a ", "*a", "!!int ", "? ", "|", "'", "\"", "#", "---\n", "\t",
        "999999999999", "-1", "0", "1e308", "nan", "65536", "1024", "~", "null", "\u{0}", "\u{FEFF}", "é", "conv",
        "repeat", "pad-channels: 9", "auxiliary", "network: resnet-18",
        "residual", "upconv", "classes", "<<: ", "stride: 0", "kernel: 1024", "count: 4096",
    ]

    static func mutated(_ text: String, using generator: inout SplitMix64) -> String {
        var characters = Array(text)
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
            let place = Int.random(in: 0...characters.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: characters.insert(contentsOf: pieces.randomElement(using: &generator) ?? "", at: place)
            case 1 where place < characters.count: characters.remove(at: place)
            case 2:
                let end = min(place + Int.random(in: 1...20, using: &generator), characters.count)
                characters.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator) ?? "")
            case 3:
                let end = min(place + Int.random(in: 1...60, using: &generator), characters.count)
                let copy = characters[place..<end]
                characters.insert(contentsOf: copy, at: Int.random(in: 0...characters.count, using: &generator))
            default:
                // A number somewhere becomes another.
                guard
                    let digit = characters.indices.filter({ characters[$0].isNumber }).randomElement(using: &generator)
                else { continue }
                characters.replaceSubrange(
                    digit...digit, with: String(Int.random(in: 0...100_000, using: &generator)))
            }
        }
        return String(characters)
    }

    @Test("no mutation of a recipe crashes: it is described, or refused in one sentence", arguments: 0..<6)
    func mutations(_ seed: Int) throws {
        let name = ["alexnet", "exercise-1", "lenet-5", "mnist", "googlenet", "scenes"][seed]
        let text = try BuiltInRecipes.text(named: name) ?? Architecture(fileOrName: name).yaml
        var generator = SplitMix64(seed: UInt64(seed))
        var refused = 0
        for _ in 0..<100 {
            let mutant = Self.mutated(text, using: &generator)
            do {
                let resolved = try Architecture(yaml: mutant, source: "mutant.yaml").resolved()
                #expect(ModelSummary(resolved, batch: 4).totalParameters >= 0)
            } catch {
                refused += 1
                #expect("\(error)".utf8.count < 1000, "\(error)")
            }
        }
        // Both happen, or the mutations are no test.
        #expect(refused > 10 && refused < 100)
    }

    @Test("random bytes are refused")
    func noise() {
        var generator = SplitMix64(seed: 9)
        for _ in 0..<300 {
            let count = Int.random(in: 0...200, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...127, using: &generator) }
            #expect(throws: RecipeError.self) {
                _ = try Architecture(yaml: String(decoding: bytes, as: UTF8.self), source: "noise.yaml").resolved()
            }
        }
    }

    @Test("networks at the bounds are described without overflow")
    func bounds() throws {
        let yaml = """
            input: 8192x8192x4
            layers:
              - repeat:
                  count: 1000
                  layers:
                    - conv: {channels: 4, kernel: 1023, padding: same}
                    - conv: {channels: 4, kernel: 1023, padding: same, groups: 2}
            """
        let resolved = try Architecture(yaml: yaml, source: "large.yaml").resolved()
        let description = ModelSummary(resolved, batch: ModelSummary.maximumBatch, optimizerStates: 2)
        #expect(description.totalMultiplyAdds > 1 << 50)
        #expect(description.memory.trainingBytes > 1 << 50)
    }

    @Test("anchors and aliases work where they are few")
    func aliases() throws {
        let yaml = """
            input: 8x8x4
            layers:
              - &block {conv: {channels: 4, kernel: 3, padding: same}}
              - *block
            """
        let resolved = try Architecture(yaml: yaml, source: "test.yaml").resolved()
        #expect(resolved.layers.map(\.path) == ["conv1", "conv2"])
    }
}
