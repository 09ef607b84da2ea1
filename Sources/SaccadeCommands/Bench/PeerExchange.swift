import Foundation
import SaccadeCommandSupport
import SaccadeInterchange
import SaccadeTensors

/// What everybody computes with, as files that a peer reads, and what a peer has made of it.
final class PeerExchange {
    /// The network's weights, a .pth.
    let weights: String
    /// The images, a .npy.
    let input: String
    private let labels: String
    private let folder: String

    convenience init(_ network: NetworkBenchmark) throws {
        try self.init(input: network.input, labels: network.labels, weights: network.weights)
    }

    /// - Parameter labels: What comes with the images: classes, boxes.
    init(input: Tensor, labels: Tensor? = nil, weights: [(name: String, tensor: Tensor)] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.weights = "\(folder)/weights.pth"
        (self.input, self.labels) = ("\(folder)/input.npy", "\(folder)/labels.npy")
        if !weights.isEmpty { try WeightsFile.write(weights, to: self.weights) }
        try WeightsFile.write([("input", input)], to: self.input)
        if let labels { try WeightsFile.write([("labels", labels)], to: self.labels) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Another file beside them.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// What tells a peer's script of the files.
    var arguments: [String] {
        ["--weights", weights, "--labels", labels] + operationArguments
    }

    /// The same for an operation.
    var operationArguments: [String] { ["--input", input, "--output", path("output.npy")] }

    /// Checks what the peer has computed, which is then gone.
    ///
    /// - Parameters:
    ///   - expected: Our own result.
    ///   - tolerance: The largest difference that may be, as a share of the largest number.
    ///   - isOfMean: Whether the mean of the differences counts, in place of the largest.
    /// - Returns: That difference.
    /// - Throws: ``CommandError`` when the results differ: then it was something else that was measured.
    func difference(from expected: Tensor, tolerance: Double, isOfMean: Bool, of peer: String) throws -> Double {
        let result = try NumPyFile.read(path("output.npy"))
        try FileManager.default.removeItem(atPath: path("output.npy"))
        guard result.shape.elementCount == expected.shape.elementCount else {
            throw CommandError.data("\(peer) computes \(result.shape) where we compute \(expected.shape)")
        }
        let largest = expected.scalars.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
        let differences = zip(result.scalars, expected.scalars).map { Double(abs($0 - $1)) }
        let difference =
            isOfMean
            ? differences.reduce(0, +) / Double(max(differences.count, 1)) : differences.reduce(0) { max($0, $1) }
        let share = difference / Double(largest)
        guard share <= tolerance, result.scalars.allSatisfy(\.isFinite) else {
            throw CommandError.data(
                "\(peer) computes something else: its results differ from ours by \(isOfMean ? "" : "up to ")\(share) of the "
                    + "largest")
        }
        return share
    }
}
