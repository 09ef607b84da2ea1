import SaccadeDrawing
import SaccadeImages
import SaccadeTraining

/// A scene with a class for each pixel.
struct DemoSegmentation: Sendable {
    let overlay: Overlay

    init(_ image: Image, _ segmented: SegmentedImage, _ segmenter: Segmenter) {
        overlay = Overlay(
            image,
            classMask: ClassMask(
                width: image.width, height: image.height, classes: segmented.classes, names: segmenter.classNames,
                ignored: segmenter.background.map { [$0] } ?? []),
            width: 160)
    }
}
