public import SaccadeDatasets
import SaccadePrelude
package import SaccadeSettings

/// The tasks: the one place that knows all of them.
public enum RunTask: Sendable, Equatable {
    case classify(Classification)
    case segment(Segmentation)
    case detect(Detection)
    case detectWindows(WindowDetection)
    case generate(Generation)
    case translate(Translation)
    case labelText(TextLabelling)
    case labelWords(WordLabelling)
    case glimpse(GlimpseRecognition)
    case draw(ImageDrawing)
    case labelClips(ClipLabelling)
    case predictFrames(FramePrediction)

    /// In the order in which they are listed to users.
    static let types: [any LearningTask.Type] = [
        Classification.self, Segmentation.self, Detection.self, WindowDetection.self, Generation.self, Translation.self,
        TextLabelling.self, WordLabelling.self, GlimpseRecognition.self, ImageDrawing.self, ClipLabelling.self,
        FramePrediction.self,
    ]

    /// What recipes call them.
    public static let names = types.map { $0.name }

    /// The task as one value: call a function with it that takes `some LearningTask`.
    public var task: any LearningTask {
        switch self {
        case .classify(let task): task
        case .segment(let task): task
        case .detect(let task): task
        case .detectWindows(let task): task
        case .generate(let task): task
        case .translate(let task): task
        case .labelText(let task): task
        case .labelWords(let task): task
        case .glimpse(let task): task
        case .draw(let task): task
        case .labelClips(let task): task
        case .predictFrames(let task): task
        }
    }

    private init(_ task: any LearningTask) {
        switch task {
        case let task as Classification: self = .classify(task)
        case let task as Segmentation: self = .segment(task)
        case let task as Detection: self = .detect(task)
        case let task as WindowDetection: self = .detectWindows(task)
        case let task as Generation: self = .generate(task)
        case let task as Translation: self = .translate(task)
        case let task as TextLabelling: self = .labelText(task)
        case let task as WordLabelling: self = .labelWords(task)
        case let task as GlimpseRecognition: self = .glimpse(task)
        case let task as ImageDrawing: self = .draw(task)
        case let task as ClipLabelling: self = .labelClips(task)
        case let task as FramePrediction: self = .predictFrames(task)
        default: wrongProgram("there is no case for the task \(type(of: task).name)")
        }
    }

    /// What the network's answers are called, by number.
    public var classNames: [String] {
        get { task.classNames }
        set {
            var task = task
            task.classNames = newValue
            self = RunTask(task)
        }
    }

    /// How texts become numbers; none for images.
    public var codings: [TextCoding] {
        get { task.codings }
        set {
            var task = task
            task.codings = newValue
            self = RunTask(task)
        }
    }

    /// A task with the settings of its section.
    ///
    /// - Returns: Nil where there is no task of the name.
    package init?(named name: String, _ section: Setting?) throws(RecipeError) {
        func decoded<Task: LearningTask>(_ type: Task.Type) throws(RecipeError) -> Task {
            guard let section else { return Task() }
            let task: Task = try section.decoded()
            if let problem = task.problem { throw section.error(problem) }
            return task
        }
        switch name {
        case Classification.name: self = .classify(try decoded(Classification.self))
        case Segmentation.name: self = .segment(try decoded(Segmentation.self))
        case Detection.name: self = .detect(try decoded(Detection.self))
        case WindowDetection.name: self = .detectWindows(try decoded(WindowDetection.self))
        case Generation.name: self = .generate(try decoded(Generation.self))
        case Translation.name: self = .translate(try decoded(Translation.self))
        case TextLabelling.name: self = .labelText(try decoded(TextLabelling.self))
        case WordLabelling.name: self = .labelWords(try decoded(WordLabelling.self))
        case GlimpseRecognition.name: self = .glimpse(try decoded(GlimpseRecognition.self))
        case ImageDrawing.name: self = .draw(try decoded(ImageDrawing.self))
        case ClipLabelling.name: self = .labelClips(try decoded(ClipLabelling.self))
        case FramePrediction.name: self = .predictFrames(try decoded(FramePrediction.self))
        default: return nil
        }
    }
}

extension RunTask {
    public var name: String { type(of: task).name }
    /// The command that answers.
    public var command: String { type(of: task).command }

    /// The metric by which epochs are compared where the recipe does not say.
    public var monitor: Monitor { task.monitor }

    /// The recipe of a network that is no list of layers; nil where none is called so.
    static func recipe(ofNetwork name: String) -> String? {
        for type in types {
            if let recipe = type.networks.first(where: { $0.name == name }) { return recipe.recipe }
        }
        return nil
    }

    /// The names of all networks that are no lists of layers.
    public static var networkNames: [String] { types.flatMap { $0.networks.map(\.name) } }
}
