import SaccadeFiles

extension Problem {
    /// What a file that cannot be read or understood means for a data set.
    init(_ error: FileError, rule: Rule = .malformedFile, line: Int? = nil) {
        self.init(
            error.code == .missing ? (rule == .unreadableImage ? .missingImage : .missingFile) : rule,
            at: Place(file: error.path, line: line), error.reason, remedy: error.remedy)
    }
}
