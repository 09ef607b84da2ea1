import ArgumentParser
import SaccadeCommandSupport
import SaccadeModels
import SaccadeTensors

/// `saccade explain rnn`.
struct ExplainRNN: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rnn",
        abstract: "A recurrent network that learns to write a word: every number, forwards and through time backwards.",
        discussion: """
            The vocabulary is the word’s characters, [h, e, l, o] of hello; each is fed one-hot, and the next one is the \
            target: h_t = tanh(W_xh x_t + W_hh h_t−1), y_t = W_hy h_t, the probabilities are the softmax of y_t, and the \
            loss of a step is −ln of its target’s, in nats. There are no biases: the lecture has none.

            \(RecurrentOptions.discussion)

            EXAMPLES:
              saccade explain rnn hello
              saccade explain rnn hello --output hello.svg
              saccade explain rnn banana --hidden 2 --steps 1000 --json

            \(Failure.codes)
            """)

    @OptionGroup var recurrent: RecurrentOptions
    @OptionGroup var options: ExampleOptions

    func run() throws { try recurrent.show(.tanh, options) }
}
