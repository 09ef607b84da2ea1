import ArgumentParser
import SaccadeCommands
import SaccadeRunCommands

@main
struct Saccade: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saccade",
        abstract: "Describe, train, run and explain deep vision networks.",
        version: "saccade",  // `main` says more
        subcommands: [
            Demo.self, DrawScenes.self, Describe.self, Check.self, Convert.self, Augment.self, Train.self,
            Evaluate.self, Classify.self, Segment.self, Detect.self, Generate.self, Translate.self, Label.self,
            Explain.self, RunModel.self, Inspect.self,
            Fetch.self,
            Runs.self, Bench.self,
        ])
}
