import SaccadeFeatures
import SaccadeGeometry
public import SaccadeImages
public import SaccadeModels

/// Dalal and Triggs's detector, ready to find objects on images in their own size.
public struct WindowDetector: Detector {
    private let detector: HOGSVM

    /// - Throws: ``RunError`` when the model is of another kind, or its numbers make no detector.
    init(_ model: LoadedModel) throws(RunError) {
        guard let network = model.network as? WindowNetwork else {
            throw RunError(.different, "\(model.name): this network has no windows; name hog-svm, or a run of it.")
        }
        do throws(FeaturesError) {
            detector = try network.detector(classNames: model.description.classNames)
        } catch {
            throw RunError(.damaged, "\(model.name): its weights make no detector: \(error); train it again.")
        }
    }

    public var classNames: [String] { detector.classNames }

    /// - Parameter clock: Told nothing: there are no parts.
    public func callAsFunction(_ image: Image, clock: DetectionClock?) -> [DetectedObject] {
        detector.objects(on: image)
    }
}
