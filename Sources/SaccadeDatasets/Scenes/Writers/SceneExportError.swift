/// Why scenes could not be written: what, where, and what to do about it.
public struct SceneExportError: Error, Equatable, CustomStringConvertible {
    /// The kinds of trouble that a program may want to tell apart.
    public enum Code: Sendable, Equatable {
        /// Something is there already that would be lost or mixed up.
        case occupied
        /// The system refuses to write.
        case unwritable
    }

    public let code: Code
    /// The file or folder at fault.
    public let path: String
    /// One sentence for a person: the file, what is wrong, and the remedy.
    public let description: String

    /// - Parameter sentence: What is wrong and what to do, in words that follow "PATH: ".
    init(_ code: Code, path: String, _ sentence: String) {
        (self.code, self.path, description) = (code, path, "\(path): \(sentence)")
    }
}
