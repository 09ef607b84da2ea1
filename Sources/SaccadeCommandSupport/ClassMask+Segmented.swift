package import SaccadeDrawing
import SaccadeImages
package import SaccadeTraining

extension ClassMask {
    /// The classes of an image's pixels, to be drawn over it; the background is left as it is.
    package init(_ segmented: SegmentedImage, by segmenter: Segmenter) {
        self.init(
            width: segmented.size.width, height: segmented.size.height, classes: segmented.classes,
            names: segmenter.classNames, ignored: segmenter.background.map { [$0] } ?? [])
    }
}
