import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeImages
import SaccadeTraining

/// A scene with a class for each pixel.
struct DemoSegmentation: Sendable {
    let overlay: Overlay

    init(_ image: Image, _ segmented: SegmentedImage, _ segmenter: Segmenter) {
        overlay = Overlay(image, classMask: ClassMask(segmented, by: segmenter), width: 160)
    }
}
