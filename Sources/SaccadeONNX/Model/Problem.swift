import SaccadeFiles
import SaccadeTensors

/// What is wrong with a model, before it is known where: the interpreter adds the node, the reader the file.
struct Problem: Error {
    let code: FileError.Code
    let reason: String

    /// The file contradicts the format or itself.
    static func malformed(_ reason: String) -> Problem { Problem(code: .malformed, reason: reason) }

    /// It is right, but not for here.
    static func unsupported(_ reason: String) -> Problem { Problem(code: .unsupported, reason: reason) }

    /// Whatever the code for one operator threw.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let shape as ShapeError: self = .malformed(shape.description)
        case let file as FileError: self.init(code: file.code, reason: file.reason)
        default: self = .malformed("\(error)")
        }
    }

    private init(code: FileError.Code, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// - Parameter place: Which part of the file is at fault, if it is known.
    func inFile(_ path: String, at place: String? = nil) -> FileError {
        FileError(
            code, path: path, reason: place.map { "\($0): \(reason)" } ?? reason,
            remedy: code == .unsupported
                ? "export the network in another way, or leave this part out" : "export the network again")
    }
}
