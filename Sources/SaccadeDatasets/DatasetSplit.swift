/// The part of a data set that its authors set aside for one purpose.
public enum DatasetSplit: String, Sendable, Codable, CaseIterable {
    /// To learn from.
    case train
    /// To choose among models while they learn.
    case validation
    /// To judge the final model.
    case test
    /// Everything there is.
    case all

    /// The names that its folder may have, in a data set of a folder per split.
    var folderNames: [String] {
        switch self {
        case .train: ["train"]
        case .validation: ["val", "validation", "valid"]
        case .test: ["test"]
        case .all: []
        }
    }
}
