import Testing

/// A command line that cannot be carried out, and what has to be said of it.
struct Mistake: CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let complaint: String
    var testDescription: String { arguments.joined(separator: " ") }

    /// Runs it: one sentence, which begins with `error:`, an exit code, and no output.
    func check(in folder: String) throws {
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("error: ") && outcome.output.isEmpty, "\(outcome.errors)")
    }
}
