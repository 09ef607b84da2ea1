import SaccadeLayers
import SaccadeModels
import SaccadeTensors

/// What an encoder–decoder writes for sequences of numbers.
struct SequenceWriter {
    let model: Runner<Seq2Seq>
    /// The tokens before the first and behind the last.
    let start: Int
    let end: Int

    /// What was written, and where was looked: for each token how much fell on each of the source.
    struct Result {
        var tokens: [Int]
        var logProbability: Double
        var attention: [[Float]]
    }

    /// The likeliest token at each step, for several sequences at once.
    ///
    /// - Parameters:
    ///   - sources: Tokens, `[S, N]`, and lengths, `[N]`.
    ///   - limit: Tokens at most.
    /// - Returns: Tokens without the end.
    func greedy(_ sources: [Tensor], limit: Int) throws -> [[Int]] {
        let read = try model(sources, stage: 0)
        var states = Array(read.dropFirst())
        let count = sources[1].shape[0]
        var tokens = [Float](repeating: Float(start), count: count)
        var written = [[Int]](repeating: [], count: count)
        var isDone = [Bool](repeating: false, count: count)
        for _ in 0..<limit {
            let results = try model([Tensor(tokens, shape: [1, count]), read[0], sources[1]] + states, stage: 1)
            states = Array(results[1...states.count])
            tokens = argMax(results[0], axis: 2).scalars
            for (row, token) in tokens.enumerated() where !isDone[row] {
                if Int(token) == end { isDone[row] = true } else { written[row].append(Int(token)) }
            }
            if !isDone.contains(false) { break }
        }
        return written
    }

    /// The best of several beginnings, for one sequence.
    ///
    /// - Parameter source: Its tokens; at least one.
    /// - Returns: The best first.
    func search(_ source: [Int], by search: BeamSearch) throws -> [Result] {
        let length = Float(source.count)
        let read = try model([PairBatch.columns([source]), Tensor([length], shape: [1])], stage: 0)
        var states = Array(read.dropFirst())
        // Where was looked: at each step, from each beginning.
        var looks: [[[Float]]] = []
        let found = try search.search(from: start, to: end) { steps in
            let count = steps.count
            let parents = Tensor(steps.map { Float($0.parent) }, shape: [count])
            states = states.map { $0.indexSelected(axis: 0, parents) }
            let memory = read[0].broadcast(to: [source.count, count, read[0].shape[2]])
            let results = try model(
                [
                    Tensor(steps.map { Float($0.token) }, shape: [1, count]), memory,
                    Tensor(filledWith: length, shape: [count]),
                ] + states, stage: 1)
            states = Array(results[1...states.count])
            if results.count > states.count + 1 {
                let look = results[states.count + 1].scalars
                looks.append((0..<count).map { Array(look[$0 * source.count..<($0 + 1) * source.count]) })
            }
            let scores = logSoftmax(results[0], axis: 2).scalars
            let tokens = scores.count / count
            return (0..<count).map { Array(scores[$0 * tokens..<($0 + 1) * tokens]) }
        }
        return found.map { hypothesis in
            let tokens = hypothesis.isFinished ? hypothesis.tokens.dropLast() : hypothesis.tokens
            let attention = zip(looks, hypothesis.path).prefix(tokens.count).map { $0[$1] }
            return Result(tokens: tokens, logProbability: hypothesis.logProbability, attention: attention)
        }
    }
}
