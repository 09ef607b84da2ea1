import ArgumentParser
import Foundation
import SaccadeCommands
import SaccadeRunCommands
import SaccadeSettings

extension Saccade {
    /// The command that arguments name.
    ///
    /// - Throws: What is wrong with them, or a request for help.
    static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        // Behind a word that it does not know the parser still finds the wish for help, and gives that of the program.
        if arguments.contains(where: ["-h", "--help"].contains) { try refuseUnknownCommand(arguments) }
        do {
            return try parseAsRoot(arguments)
        } catch {
            try refuseUnknownCommand(arguments)
            throw error
        }
    }

    /// Says which command was meant. The parser itself takes the word for an argument that is too many.
    private static func refuseUnknownCommand(_ arguments: [String]) throws {
        try refuse(arguments.first, of: Saccade.self, spoken: "")
        if arguments.first == "runs" { try refuse(arguments.dropFirst().first, of: Runs.self, spoken: "runs ") }
        if arguments.first == "explain", let word = arguments.dropFirst().first { try refuseMisspeltStep(word) }
    }

    /// `saccade explain` takes any other word for a model's name. What is there is meant: a run may be called `run`, which is
    /// one letter from `rpn`.
    private static func refuseMisspeltStep(_ word: String) throws {
        let names = Explain.configuration.subcommands.map { $0._commandName }
        guard !names.contains(word), !FileManager.default.fileExists(atPath: word),
            let name = nearest(to: word, among: names)
        else { return }
        throw ValidationError("there is no command explain \(word); did you mean explain \(name)?")
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
