/// Where something stands in a file.
public struct Location: Hashable, Sendable, CustomStringConvertible {
    /// The file's path as the user wrote it, or the name of a built-in recipe.
    public var file: String
    /// From 1; `nil` where no single line is at fault.
    public var line: Int?

    public init(file: String, line: Int? = nil) {
        self.file = file
        self.line = line
    }

    /// `recipes/exercise-1.yaml:7`, which editors and terminals can follow.
    public var description: String { line.map { "\(file):\($0)" } ?? file }
}

/// Why a recipe cannot be read, or describes a network that cannot exist.
public struct RecipeError: Error, Hashable, CustomStringConvertible {
    /// The place at fault; `nil` where it is no file's fault, such as an option of the command line.
    public let location: Location?
    /// What is wrong and what to do, one sentence without its place.
    public let message: String

    public init(_ message: String, at location: Location?) {
        self.message = message
        self.location = location
    }

    /// `file:line: what is wrong and what to do`.
    public var description: String { location.map { "\($0): \(message)" } ?? message }
}
