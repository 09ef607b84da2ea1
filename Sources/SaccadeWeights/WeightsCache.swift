import Foundation
import SaccadeFiles

/// Where downloaded weights are kept: `$XDG_CACHE_HOME/saccade/weights`, or `~/.cache/saccade/weights`.
public struct WeightsCache: Sendable {
    public let folder: String
    /// Where PyTorch keeps its own downloads, under the same names: they need not be fetched twice.
    private let otherFolder: String?

    /// The user's cache.
    public init() { self.init(environment: ProcessInfo.processInfo.environment) }

    /// The cache of a user with such an environment.
    init(environment: [String: String]) {
        let base = UserCache.base(environment)
        folder = "\(base)/saccade/weights"
        otherFolder = (environment["TORCH_HOME"] ?? "\(base)/torch") + "/hub/checkpoints"
    }

    /// A cache in a folder of its own.
    public init(folder: String) {
        self.folder = folder
        otherFolder = nil
    }

    /// Where the file of a card belongs, whether it is there or not.
    public func place(of card: WeightsCard) -> String { "\(folder)/\(card.file)" }

    /// The file of a card, if it is there.
    public func file(of card: WeightsCard) -> String? {
        [folder, otherFolder].compactMap { $0 }.map { "\($0)/\(card.file)" }
            .first { Path($0).exists }
    }
}
