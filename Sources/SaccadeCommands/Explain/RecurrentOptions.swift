import ArgumentParser
import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

/// The word that a recurrent network learns to write, and how.
struct RecurrentOptions: ParsableArguments {
    static let discussion = """
        All is shown before training and after: states, outputs, losses, and what comes back through time: ∂L/∂y_t, ∂L/∂h_t \
        in the part of the step’s own output and the part of the step behind, and what each step adds to ∂L/∂W. L is the \
        sum of the losses. At last the network writes by itself, from the word’s first character on.

        With --json, steps, loss, weights, gradients and written are those after training; before has the same of the \
        network that has not learnt.
        """

    @Argument(
        help: ArgumentHelp("2 to \(RecurrentExample.longestWord) characters of any writing.", valueName: "word"))
    var word = "hello"

    @Option(help: "Numbers of the state, 1 to \(RecurrentExample.mostHidden).")
    var hidden = 3

    @Option(help: "Steps of training: gradient descent on L. 0 to \(RecurrentExample.mostSteps).")
    var steps = 300

    @Option(help: "Seed of the first weights; the same seed gives the same numbers.")
    var seed: UInt64 = 0

    /// Works the example out, prints it, and draws it where that is wanted.
    func show(_ kind: RecurrentCell, _ options: ExampleOptions) throws {
        let lesson = RecurrentLesson(
            example: try workedOut {
                try RecurrentExample(word, kind: kind, hidden: hidden, steps: steps, seed: seed)
            })
        try options.show(lesson.text, json: lesson.shown, lesson.figure)
    }
}
