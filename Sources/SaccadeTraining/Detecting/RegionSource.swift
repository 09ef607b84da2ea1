import SaccadeGeometry
import SaccadeImages
import SaccadeProposals

/// Who says which regions of an image may have an object, where the network does not propose them itself.
indirect enum RegionSource: Sendable {
    /// Uijlings et al. (2013).
    case selectiveSearch(SelectiveSearch)
    /// A network that was trained before, as in the second of the four steps of Ren et al. (2015), section 3.2.
    case network(RegionDetector)

    /// The regions of an image, the likeliest first, in its pixels.
    func regions(of image: Image) throws -> Boxes {
        switch self {
        case .selectiveSearch(let search): Boxes(try search.proposals(in: image).boxes)
        case .network(let detector): try detector.proposals(on: image)
        }
    }
}
