import Foundation
import Testing

/// `saccade generate`, `translate` and `label` as a user meets them.
@Suite struct SequenceCommandTests {
    /// A folder with a run of each kind, learnt in a moment.
    private static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            let file = "\(path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try write(String(repeating: "the same old song\n", count: 40), "song.txt")
        try write(String(repeating: "ja nein\nnein\n", count: 20), "pairs/train.aa")
        try write(String(repeating: "yes no\nno\n", count: 20), "pairs/train.bb")
        try write(String(repeating: "bad words\n", count: 20), "texts/x.neg")
        try write(String(repeating: "good words\n", count: 20), "texts/x.pos")
        try write(String(repeating: "to P\nrun V\n\na D\nrun N\n\n", count: 20), "tags/train.conll")
        func recipe(_ task: String, _ network: String) -> String {
            """
            task: \(task)
            network: {\(network)}
            input: 4
            training: {epochs: 2, batchSize: 4, learningRate: 0.02, optimizer: {kind: adamW}}
            """
        }
        try write(recipe("generate", "rnn-language-model: {hidden: 8, layers: 1}"), "song.yaml")
        try write(
            recipe("translate", "seq2seq: {hidden: 8, embedding: 4}") + "\ntranslate: {from: aa, to: bb}\n",
            "pairs.yaml")
        try write(recipe("label-text", "rnn-labeller: {hidden: 4, embedding: 4}"), "texts.yaml")
        try write(recipe("label-words", "rnn-tagger: {hidden: 4, embedding: 4}"), "tags.yaml")
        for (name, data) in [("song", "song.txt"), ("pairs", "pairs"), ("texts", "texts"), ("tags", "tags")] {
            let outcome = try Program.run(["train", "\(name).yaml", "--data", data], in: path)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try write("good words\n\nto run\n", "lines.txt")
        try Data([0x67, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: "\(path)/broken.txt"))
        return path
    }

    @Test("runs generate, translate, label and are evaluated; what cannot be is told in a sentence")
    func sequences() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func output(_ arguments: String...) throws -> String {
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.output
        }
        let text = try output("generate", "song", "--prompt", "the ", "--length", "30", "--seed", "3")
        #expect(text.hasPrefix("the ") && text.count == 35)
        #expect(try output("generate", "song", "--prompt", "the ", "--length", "30", "--seed", "3") == text)
        // A line for each line, the empty one too.
        #expect(try output("translate", "pairs", "lines.txt").filter(\.isNewline).count == 3)
        let record = try output("translate", "pairs", "lines.txt", "--json", "--alternatives", "2").split(
            separator: "\n")[0]
        struct Record: Decodable {
            struct Answer: Decodable {
                let text: String
                let logProbability: Double
            }
            let source: String
            let translations: [Answer]
        }
        let decoded = try JSONDecoder().decode(Record.self, from: Data(record.utf8))
        #expect(decoded.source == "good words" && (1...2).contains(decoded.translations.count))
        #expect(try output("label", "texts", "lines.txt").split(separator: "\n")[0].hasSuffix("\tgood words"))
        #expect(try output("label", "tags", "lines.txt", "--each").hasPrefix("good\t"))
        for (run, data) in [("song", "song.txt"), ("pairs", "pairs"), ("texts", "texts"), ("tags", "tags")] {
            let report = try output("evaluate", run, "--data", data, "--json")
            #expect((try? JSONSerialization.jsonObject(with: Data(report.utf8))) != nil)
            _ = try output("describe", "\(run).yaml")
        }
        let mistakes = [
            Mistake(arguments: ["generate", "song", "--prompt", "Ω"], status: 65, complaint: "Ω"),
            Mistake(arguments: ["generate", "pairs"], status: 65, complaint: "was made to translate, not to generate"),
            Mistake(
                arguments: ["generate", "song", "--temperature=-1"], status: 64, complaint: "--temperature must be"),
            Mistake(
                arguments: ["generate", "song", "--top-k", "0"], status: 64, complaint: "--top-k must be at least 1"),
            Mistake(arguments: ["translate", "song", "lines.txt"], status: 65, complaint: "not to translate"),
            Mistake(arguments: ["translate", "pairs", "nowhere.txt"], status: 65, complaint: "nowhere.txt"),
            Mistake(
                arguments: ["translate", "pairs", "broken.txt"], status: 65, complaint: "line 1 is not text in UTF-8"),
            Mistake(
                arguments: ["translate", "pairs", "lines.txt", "--beam", "0"], status: 64, complaint: "--beam must be"),
            Mistake(arguments: ["label", "texts", "lines.txt", "--each"], status: 65, complaint: "leave out --each"),
            Mistake(arguments: ["label", "tags", "lines.txt"], status: 65, complaint: "say --each"),
            Mistake(arguments: ["label", "song", "lines.txt"], status: 65, complaint: "not to label texts"),
            Mistake(arguments: ["classify", "song", "lines.txt"], status: 65, complaint: "not for images"),
        ]
        for mistake in mistakes { try mistake.check(in: folder) }
    }
}
