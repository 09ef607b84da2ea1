import Foundation
import SaccadeFiles
import SaccadeImages
import Synchronization

extension ClassificationDataset {
    /// How closely samples are looked at before anybody relies on them.
    public enum Inspection: Sendable {
        /// Whether each file is there, is a picture of a known kind, and tells its size: reads the beginning of each
        /// file. What lies behind it may still be damaged.
        case headers
        /// Decodes each picture, which takes about as long as reading the data set once for training.
        case pixels
    }

    /// The samples that cannot be used, in order, on all processors. Records of record files were checked when they
    /// were opened.
    public func unusableSamples(_ inspection: Inspection) -> [(index: Int, problem: Problem)] {
        let found = Mutex([(index: Int, problem: Problem)]())
        // Pieces, for one header takes no longer than handing it to a thread does.
        let piece = 32
        DispatchQueue.concurrentPerform(iterations: (count + piece - 1) / piece) { number in
            for index in number * piece..<min((number + 1) * piece, count) {
                guard case .file(let path) = samples[index].origin else { continue }
                do throws(FileError) {
                    switch inspection {
                    case .headers: _ = try ImageHeader(contentsOf: path)
                    case .pixels: _ = try Image(contentsOf: path)
                    }
                } catch {
                    let problem = Problem(error, rule: .unreadableImage)
                    found.withLock { $0.append((index, problem)) }
                }
            }
        }
        return found.withLock { $0 }.sorted { $0.index < $1.index }
    }
}
