import ArgumentParser
import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

/// `saccade explain gru`.
struct ExplainGRU: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gru",
        abstract: "The same with a GRU: its gates at each step.",
        discussion: """
            As saccade explain rnn, with the gates r (reset), z (update) and n (new) between: \
            n = tanh(W_xn x_t + r ⊙ W_hn h_t−1), h_t = (1 − z) ⊙ n + z ⊙ h_t−1. Rows of W_xh and W_hh are those of r, then \
            z and n, as in PyTorch. There are no biases.

            \(RecurrentOptions.discussion)

            EXAMPLES:
              saccade explain gru hello
              saccade explain gru mississippi --output gates.png

            \(Failure.codes)
            """)

    @OptionGroup var recurrent: RecurrentOptions
    @OptionGroup var options: ExampleOptions

    func run() throws { try recurrent.show(.gru, options) }
}
