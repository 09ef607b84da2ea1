import Foundation

/// What a person at the terminal should know, beside the results.
package enum Console {
    package static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Prints one of several results, at once: into a pipe or a file, too, where `print` alone keeps some thousand characters
    /// back until there are more.
    package static func answer(_ text: String) throws(UnwritableOutput) {
        print(text)
        guard fflush(nil) == 0 else { throw UnwritableOutput() }
    }

    /// Works on one of several images: what is wrong with it is told, so that the others go on.
    ///
    /// - Returns: Whether something was wrong.
    /// - Throws: ``UnwritableOutput``, for then there is no use in going on.
    package static func failure(of work: () throws -> Void) throws(UnwritableOutput) -> Bool {
        do {
            try work()
            return false
        } catch let error as UnwritableOutput {
            throw error
        } catch {
            note("error: \(error)")
            return true
        }
    }
}
