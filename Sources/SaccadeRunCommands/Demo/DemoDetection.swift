import SaccadeDrawing
import SaccadeImages
import SaccadeTraining

/// A scene with what is where on it.
struct DemoDetection: Sendable {
    /// How sure the network has to be.
    static let threshold = 0.5

    let overlay: Overlay

    init(_ image: Image, by detector: any Detector) throws {
        let objects = try detector(image).filter { $0.score >= Self.threshold }
        overlay = Overlay(
            image, objects: objects.map { .init($0.label, score: $0.score, box: $0.box, mask: $0.mask) },
            classes: detector.classNames, width: 240)
    }
}
