/// The recipes that come with the program: those of the folder `recipes`, compiled in so that their names work
/// everywhere.
public enum BuiltInRecipes {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("alexnet", PackageResources.alexnet_yaml),
        ("exercise-1", PackageResources.exercise_1_yaml),
        ("lenet-5", PackageResources.lenet_5_yaml),
        ("mnist", PackageResources.mnist_yaml),
        ("resnet-50", PackageResources.resnet_50_yaml),
        ("scenes", PackageResources.scenes_yaml),
        ("vgg-16", PackageResources.vgg_16_yaml),
    ]

    /// In alphabetical order.
    public static var names: [String] { files.map(\.name) }

    /// The YAML of one; `nil` where there is none of this name.
    public static func text(named name: String) -> String? {
        files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
