import ArgumentParser
import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

/// `saccade explain lstm`.
struct ExplainLSTM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lstm",
        abstract: "The same with an LSTM: its gates and its cell at each step.",
        discussion: """
            As saccade explain rnn, with the gates i (input), f (forget), g (cell) and o (output) between: \
            c_t = f ⊙ c_t−1 + i ⊙ g, h_t = o ⊙ tanh c_t. Rows of W_xh and W_hh are those of i, then f, g and o, as in \
            PyTorch. There are no biases.

            \(RecurrentOptions.discussion)

            EXAMPLES:
              saccade explain lstm hello
              saccade explain lstm mississippi --output gates.png

            \(Failure.codes)
            """)

    @OptionGroup var recurrent: RecurrentOptions
    @OptionGroup var options: ExampleOptions

    func run() throws { try recurrent.show(.lstm, options) }
}
