public import SaccadeGeometry
public import SaccadeImages
public import SaccadeModels
public import SaccadeTensors

/// Finds objects on images, whatever their size.
public protocol Detector: Sendable {
    /// By number.
    var classNames: [String] { get }

    /// What is on an image, the surest first.
    ///
    /// - Parameter clock: Told how long the parts take, where there are any.
    func callAsFunction(_ image: Image, clock: DetectionClock?) throws -> [DetectedObject]
}

extension Detector {
    /// What is on an image, the surest first.
    public func callAsFunction(_ image: Image) throws -> [DetectedObject] { try self(image, clock: nil) }
}

/// An object that was found on an image, in the image's own pixels.
public struct DetectedObject: Sendable, Hashable {
    /// Number of its class, from 0.
    public let category: Int
    /// What the class is called.
    public let label: String
    /// How sure the network is, in 0...1.
    public let score: Double
    public let box: Box
    /// Which of the image's pixels are the object's, of the image's size; nil of a network without masks.
    public let mask: RunLengthMask?

    public init(category: Int, label: String, score: Double, box: Box, mask: RunLengthMask? = nil) {
        (self.category, self.label, self.score, self.box, self.mask) = (category, label, score, box, mask)
    }
}

extension LoadedModel {
    /// What finds objects by this model.
    ///
    /// - Parameter options: How to compute.
    /// - Throws: ``RunError`` when the model is for something else, or its numbers make no detector.
    public func detector(options: Plan.Options = Plan.Options()) throws(RunError) -> any Detector {
        switch description.task {
        case .detect: try RegionDetector(self, options: options)
        case .detectWindows: try WindowDetector(self)
        default:
            throw RunError(
                .different,
                "\(name): this network was made to \(description.task.name), not to detect; use the command of its task."
            )
        }
    }
}
