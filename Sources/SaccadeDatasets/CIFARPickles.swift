import Foundation
import SaccadeFiles

/// CIFAR-10 and CIFAR-100 in their Python version: the images are in pickles, which are programs rather than data, and
/// the authors offer the same images as plain records.
enum CIFARPickles {
    /// Why a folder of theirs is not read, and what to do; nil for any other folder.
    static func problem(at folder: String) -> FileError? {
        func has(_ names: String...) -> Bool {
            names.allSatisfy { Path("\(folder)/\($0)").exists }
        }
        let version: String
        if has("data_batch_1", "batches.meta") {
            version = "cifar-10"
        } else if has("train", "test", "meta") {
            version = "cifar-100"
        } else {
            return nil
        }
        return FileError(
            .unsupported, path: folder, reason: "this is the Python version of the data set, made of pickles",
            remedy: "download the same images as \(version)-binary.tar.gz from "
                + "https://www.cs.toronto.edu/~kriz/cifar.html, and give the folder in it")
    }
}
