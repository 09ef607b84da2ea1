import ArgumentParser
import SaccadeSettings

extension Saccade {
    /// Says which command was meant. The parser itself would take the word for an argument that is too many.
    static func refuseUnknownCommand(_ arguments: [String]) throws {
        try refuse(arguments.first, of: Saccade.self, spoken: "")
        if arguments.first == "runs" { try refuse(arguments.dropFirst().first, of: Runs.self, spoken: "runs ") }
    }

    private static func refuse(
        _ word: String?, of command: any ParsableCommand.Type, spoken: String
    ) throws {
        let names = command.configuration.subcommands.map { $0._commandName }
        guard let word, !word.hasPrefix("-"), !(names + ["help"]).contains(word) else { return }
        let guess = nearest(to: word, among: names).map { "did you mean \($0)? The" } ?? "the"
        throw ValidationError(
            "there is no command \(spoken)\(word); \(guess) commands are \(names.joined(separator: ", ")).")
    }
}
