import SaccadeDatasets
public import SaccadeImages
public import SaccadeModels
public import SaccadeTensors

/// What a classifier makes of one image on the way to its answer.
public struct Explanation: Sendable {
    /// The image as the network sees it.
    public let image: Image
    /// What each stage gives, `[1, …]`.
    public let activations: [Tensor]
    /// Of each class, or the mean over all places; they add up to 1.
    public let probabilities: [Float]
    /// The class that is explained.
    public let label: Int
    /// The stage whose activations Grad-CAM weighs.
    public let stage: Int?
    /// Where the class is seen, by Grad-CAM; nil without a stage.
    public let gradCAM: SaliencyMap?
    /// The class's probability with each part of the image covered; nil where it was not asked for.
    public let occlusion: SaliencyMap?

    /// - Parameters:
    ///   - image: An image of any size.
    ///   - layers: The network.
    ///   - preprocessing: How it wants images.
    ///   - label: The class to look for; the most probable one if not given.
    ///   - stage: Where Grad-CAM looks; a spatial one, or none.
    ///   - occludedCells: Places of the covering square along each axis; none covers nothing.
    /// - Precondition: The network gives a score for each of at least two classes.
    public init(
        of image: Image, by layers: LayerByLayer, _ preprocessing: Preprocessing, label: Int? = nil, stage: Int?,
        occludedCells: Int? = nil
    ) {
        self.image = preprocessing.fitted(image)
        let x = Tensor(preprocessing(image), shape: Shape([1] + preprocessing.shape))
        activations = layers.activations(of: x)
        // Of a network with a score for each place, the mean over the places.
        let shares = softmax(activations.last ?? x, axis: 1)
        let probabilities = (shares.shape.rank == 4 ? mean(shares, axes: [2, 3]) : shares).scalars
        let label = label ?? probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        (self.probabilities, self.label, self.stage) = (probabilities, label, stage)
        gradCAM = stage.map { layers.gradCAM(of: x, class: label, at: $0) }
        occlusion = occludedCells.map { cells in
            // Medium grey, as Zeiler and Fergus have it.
            let fill = zip(preprocessing.mean, preprocessing.standardDeviation).map { (0.5 - $0) / $1 }
            let occlusion = Occlusion(cells: cells, fraction: 0.25, fill: fill, batch: Self.batch)
            let plan = Plan(for: Shape([Self.batch] + preprocessing.shape)) { layers($0) }
            return occlusion.probabilities(of: x, class: label) { plan($0) }
        }
    }

    private static let batch = 8

    /// The classes from the most probable one on.
    public var ranking: [Int] {
        probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    }
}
