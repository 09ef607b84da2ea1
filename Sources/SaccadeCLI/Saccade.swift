import ArgumentParser

@main
struct Saccade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saccade",
        abstract: "Describe, train, run and explain deep vision networks.",
        subcommands: [Bench.self, Describe.self])
}
