import SaccadeImages

/// `run.json` as version 1 had it, while there were classifiers alone.
struct FormerRun: Decodable {
    private enum Keys: String, CodingKey { case architecture, classNames, preprocessing, settings, data, versions }
    private enum TaskKeys: String, CodingKey { case labelSmoothing }

    let description: RunDescription

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        // A setting of the task stood among those of the training.
        let smoothing = try values.nestedContainer(keyedBy: TaskKeys.self, forKey: .settings)
            .decodeIfPresent(Double.self, forKey: .labelSmoothing)
        var recipe = try values.decode(String.self, forKey: .architecture)
        if let smoothing, smoothing != 0 { recipe += "classify: {labelSmoothing: \(smoothing)}\n" }
        let settings = try TrainingSettings(from: values.superDecoder(forKey: .settings), ignoring: ["labelSmoothing"])
        var run = RunDescription(
            try ModelDescription(
                recipe: recipe, source: "the run's recipe",
                classNames: values.decode([String].self, forKey: .classNames),
                preprocessing: values.decode(Preprocessing.self, forKey: .preprocessing)),
            settings: settings, data: try values.decode(String.self, forKey: .data))
        run.versions = try values.decode([String: String].self, forKey: .versions)
        run.versions["format"] = nil
        description = run
    }
}
