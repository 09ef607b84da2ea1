import SaccadeModels
import SaccadeSettings
import Testing

@Suite struct SettingTests {
    struct Training: Decodable, Equatable {
        var epochs: Int
        var rate: Double
        var name: String
        var quick: Bool?
        var steps: [Int]?
    }

    static func decoded(_ training: String) throws -> Training? {
        let yaml = "input: 4\nlayers: [linear: 2]\ntraining:\n" + training
        return try Architecture(yaml: yaml, source: "t.yaml").training?.decoded()
    }

    @Test("a section becomes a value of its type")
    func decodes() throws {
        let training = try Self.decoded("  epochs: 3\n  rate: 1e-3\n  name: \"7\"\n  quick: yes\n  steps: [1, 2]")
        #expect(training == Training(epochs: 3, rate: 0.001, name: "7", quick: true, steps: [1, 2]))
        #expect(try Self.decoded("  {epochs: 3, rate: 2, name: 'a\"\\b', quick: ~}")?.name == "a\"\\b")
    }

    @Test(
        "what does not fit is pointed out with its line",
        arguments: [
            ("  epochs: many\n  rate: 1\n  name: a", 4, "epochs must be a whole number, got “many”"),
            ("  epochs: 3\n  rate: fast\n  name: a", 5, "rate must be a number"),
            ("  epochs: 3\n  rate: .inf\n  name: a", 5, "rate must be a number"),
            ("  epochs: 3\n  rate: 1\n  name: a\n  steps: [1, x]", 7, "steps must be a whole number"),
            ("  epochs: 3\n  rate: 1", 3, "name is missing"),
            ("  [1, 2]", 3, "must be a section of settings"),
        ])
    func refuses(_ training: String, _ line: Int, _ message: String) throws {
        let error = try #require(throws: RecipeError.self) { _ = try Self.decoded(training) }
        #expect(error.message.contains(message), "\(error)")
        #expect([line, line + 1].contains(error.location?.line), "\(error)")
    }

    @Test("the nearest word is the one that was meant")
    func nearestWords() {
        #expect(nearest(to: "chanels", among: ["channels", "kernel"]) == "channels")
        #expect(nearest(to: "Kernel", among: ["channels", "kernel"]) == "kernel")
        #expect(nearest(to: "krenel", among: ["channels", "kernel"]) == "kernel")
        #expect(nearest(to: "zzz", among: ["channels", "kernel"]) == nil)
        #expect(nearest(to: "", among: ["channels"]) == nil)
    }
}
