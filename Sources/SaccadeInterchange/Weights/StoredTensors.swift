import SaccadeFiles
import SaccadeTensors

/// The tensors of an open file, by name.
struct StoredTensors: Sendable {
    let store: TensorStore
    let all: [String: StoredTensor]

    /// - Throws: ``FileError`` when there is none of that name.
    func stored(_ name: String) throws(FileError) -> StoredTensor {
        guard let stored = all[name] else {
            throw FileError(
                .noSuchTensor, path: store.path, reason: "there is no tensor \(name) in this file",
                remedy: "see what it holds: saccade inspect \(store.path)")
        }
        return stored
    }

    func tensor(_ name: String) throws(FileError) -> Tensor { try store.tensor(stored(name)) }

    /// - Parameter mapped: Whether large tensors may stay in the file; see ``WeightsFile/tensors(_:mapped:)``.
    func tensors(_ names: [String], mapped: Bool = false) throws(FileError) -> [Tensor] {
        var wanted: [StoredTensor] = []
        for name in names { wanted.append(try stored(name)) }
        return try store.tensors(wanted, mapped: mapped)
    }
}
