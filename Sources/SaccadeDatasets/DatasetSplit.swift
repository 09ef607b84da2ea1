import SaccadeFiles

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

    /// The part that the name of a text file speaks of, by the first word in it that is one: `train.de`, `valid.txt`,
    /// `test_2016_flickr.de`, `de_gsd-ud-dev.conllu`; or as ``init(in:)`` says.
    init?(ofText name: String) {
        for word in name.lowercased().split(whereSeparator: { !$0.isLetter }) {
            switch word {
            case "train", "training", "trainset": self = .train
            case "val", "valid", "validation", "dev", "devel", "devset": self = .validation
            case "test", "testing", "testset": self = .test
            default: continue
            }
            return
        }
        self.init(in: name)
    }

    /// What to say when this part is wanted, and the data have others.
    func missing(at path: String, among present: [DatasetSplit]) -> FileError {
        FileError(
            .missingSplit, path: path, reason: "these data come without a \(rawValue) part",
            remedy: "ask for \(present.map(\.rawValue).joined(separator: ", ")), or for all")
    }
}
