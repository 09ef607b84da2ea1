public import SaccadeLoading
public import SaccadeTensors

/// Clips with their labels.
public struct ClipBatch: LearningBatch {
    /// Frames `[T, N, C, H, W]`, filled up with 0 beyond a clip's end, and how many each has, `[N]`.
    public let inputs: [Tensor]
    /// Of each row of the network's answers, `[N]` or `[T · N]`; ``ignored`` where there is none.
    let labels: Tensor
    public var count: Int { inputs[1].shape[0] }
    public var names: [String] { makeNames() }
    private let makeNames: @Sendable () -> [String]

    /// The label of what is not there.
    static let ignored = -1

    /// - Parameters:
    ///   - clips: `[T, C, H, W]` each, at least one.
    ///   - labels: Of each clip one, or one for each of its frames.
    ///   - isEach: Which of both.
    init(_ clips: [Tensor], labels: [[Int]], isEach: Bool, names: @escaping @Sendable () -> [String]) {
        let steps = clips.map { $0.shape[0] }.max() ?? 1
        let frame = Array(clips[0].shape.dimensions.dropFirst())
        let size = frame.reduce(1, *)
        let frames = Tensor(shape: Shape([steps, clips.count] + frame)) { elements in
            elements.update(repeating: 0)
            for (column, clip) in clips.enumerated() {
                clip.withScalars { scalars in
                    for step in 0..<clip.shape[0] {
                        let place = (step * clips.count + column) * size
                        for index in 0..<size { elements[place + index] = scalars[step * size + index] }
                    }
                }
            }
        }
        inputs = [frames, Tensor(clips.map { Float($0.shape[0]) }, shape: [clips.count])]
        let rows = isEach ? steps : 1
        self.labels = Tensor(shape: [rows * clips.count]) { elements in
            elements.update(repeating: Float(Self.ignored))
            for (column, labels) in labels.enumerated() {
                for (step, label) in labels.prefix(rows).enumerated() {
                    elements[step * clips.count + column] = Float(label)
                }
            }
        }
        makeNames = names
    }
}
