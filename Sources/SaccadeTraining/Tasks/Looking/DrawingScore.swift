import Foundation
public import SaccadeMetrics

/// What is known about a network that draws, after it has drawn some images.
public struct DrawingScore: TaskScore {
    private var reconstruction = RunningMean()
    private var latent = RunningMean()
    /// Of an image.
    private var numbers = 1

    /// - Parameters:
    ///   - reconstruction: Nats of all images together; so is `latent`.
    ///   - count: How many images.
    ///   - numbers: Of an image.
    mutating func add(reconstruction: Double, latent: Double, count: Int, numbers: Int) {
        self.reconstruction += RunningMean(sum: reconstruction, count: count)
        self.latent += RunningMean(sum: latent, count: count)
        self.numbers = numbers
    }

    public var count: Int { reconstruction.count }

    private var nats: Double { reconstruction.value + latent.value }

    public var metrics: [Metric: Double] {
        [.loss: nats, .reconstructionLoss: reconstruction.value, .latentLoss: latent.value]
    }

    var report: TaskReport {
        TaskReport(
            count: count, metrics: metrics, columns: [], rows: [], confusions: nil,
            json: Whole(
                images: count, nats: nats, reconstruction: reconstruction.value, latent: latent.value,
                bitsPerNumber: nats / log(2) / Double(numbers)))
    }

    private struct Whole: Codable {
        let images: Int
        /// The bound, for an image; its two parts.
        let nats, reconstruction, latent: Double
        let bitsPerNumber: Double
    }
}
