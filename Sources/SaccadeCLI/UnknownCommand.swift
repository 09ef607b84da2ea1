import ArgumentParser
import SaccadeSettings

extension Saccade {
    /// Says which command was meant. The parser itself would take the word for an argument that is too many.
    static func refuseUnknownCommand(_ arguments: [String]) throws {
        let names = configuration.subcommands.map { $0._commandName }
        guard let word = arguments.first, !word.hasPrefix("-"), !(names + ["help"]).contains(word) else { return }
        let guess = nearest(to: word, among: names).map { "did you mean \($0)? The" } ?? "the"
        throw ValidationError("there is no command \(word); \(guess) commands are \(names.joined(separator: ", ")).")
    }
}
