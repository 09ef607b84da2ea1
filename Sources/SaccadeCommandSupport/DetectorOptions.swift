package import ArgumentParser
package import SaccadeTraining

/// What of a trained detector is changed for detecting: the same flag for every command that detects.
package struct DetectorOptions: ParsableArguments {
    @Option(
        name: .customLong("truncated-svd"),
        help: ArgumentHelp(
            """
            For Fast, Faster and Mask R-CNN: cut the fully connected layers over regions to these ranks, one for each layer or \
            one for all, such as 1024,256: faster, and less exact. Default: whole.
            """, valueName: "ranks"))
    package var truncatedSVD: String?

    package init() {}

    package func validate() throws { _ = try ranks }

    /// A request for a model, for such a detector of it.
    package func applied(to request: ModelRequest) throws -> ModelRequest {
        var request = request
        request.truncatedSVD = try ranks
        return request
    }

    /// Nil where the layers stay whole.
    package var ranks: [Int]? {
        get throws {
            try truncatedSVD.map { text in
                let words = text.split(separator: ",", omittingEmptySubsequences: false)
                let ranks = words.compactMap { Int($0) }.filter { $0 >= 1 }
                guard ranks.count == words.count else {
                    throw ValidationError(
                        "--truncated-svd takes ranks from 1 on with commas between, such as 1024,256; got “\(text)”.")
                }
                return ranks
            }
        }
    }
}
