import SaccadePrelude

/// Histograms of oriented gradients (Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", 2005): how
/// an image is described by which way its edges go where.
///
/// Each pixel votes for the direction of its gradient, without regard to which side is brighter, and with its length; votes
/// are collected in cells, cells are gathered in blocks that overlap, and each block is normalised.
///
/// The paper leaves open how votes near the border of a bin, a cell or a block count. The libraries differ, and so their
/// numbers, by far more than by rounding: on noise the two have a correlation of about one half. Both can be had:
/// ``dalalTriggs`` and ``scikitImage``.
public struct HOG: Sendable, Hashable {
    /// What gradients are taken of.
    public enum Samples: String, Sendable, Hashable {
        /// Each channel; of a pixel's three gradients the longest counts (the paper's section 6.1), of equals the one of
        /// blue, then green.
        case strongestChannel
        /// 0.2125 R + 0.7154 G + 0.0721 B, the luminance of ITU-R 709.
        case luminance
    }

    /// What a pixel gives to bins and cells around it.
    public enum Voting: String, Sendable, Hashable {
        /// A share by its distance from their centres: to the two nearest bins, and to the nearest four of the block's cells;
        /// times a Gaussian over the block, whose standard deviation is a quarter of the block's side.
        case interpolated
        /// All to the bin and the cell that it lies in; a cell has the mean of its pixels.
        case nearest
    }

    /// A block v is divided by its length |v|, cut off, and divided again: Lowe's way of the scheme L2-Hys.
    public struct Normalization: Sendable, Hashable {
        /// How ε keeps the division from going wrong.
        public enum Guard: String, Sendable, Hashable {
            /// |v| + ε
            case besideNorm
            /// √(|v|² + ε²), as the paper has it.
            case insideNorm
        }

        public var form: Guard
        /// ε of the first division; samples go from 0 to 255, or to its root.
        public var epsilon: Float
        /// The most that a number may be after the first division.
        public var limit: Float
        /// ε of the second division.
        public var secondEpsilon: Float

        public init(form: Guard, epsilon: Float, limit: Float = 0.2, secondEpsilon: Float) {
            (self.form, self.epsilon, self.limit, self.secondEpsilon) = (form, epsilon, limit, secondEpsilon)
        }
    }

    /// Bins that there may be.
    public static let orientationCounts = 2...36
    /// Sides that cells may have, in pixels.
    public static let cellSides = 2...64
    /// Sides that blocks may have, in cells.
    public static let blockSides = 1...8

    /// Bins between 0 and 180 degrees.
    public let orientations: Int
    /// Along a cell, in pixels.
    public let cellSide: Int
    /// Along a block, in cells. Neighbouring blocks are one cell apart.
    public let blockSide: Int
    public let samples: Samples
    /// Whether the square root is taken of samples (the paper's gamma compression).
    public let takesSquareRoots: Bool
    public let voting: Voting
    public let normalization: Normalization

    /// - Precondition: `orientations`, `cellSide` and `blockSide` are in ``orientationCounts``, ``cellSides`` and
    ///   ``blockSides``.
    public init(
        orientations: Int = 9, cellSide: Int = 8, blockSide: Int = 2, samples: Samples = .strongestChannel,
        takesSquareRoots: Bool = true, voting: Voting = .interpolated,
        normalization: Normalization = Normalization(form: .besideNorm, epsilon: 3.6, secondEpsilon: 1e-3)
    ) {
        require(
            Self.orientationCounts.contains(orientations) && Self.cellSides.contains(cellSide)
                && Self.blockSides.contains(blockSide),
            "HOG: \(orientations) bins, cells of \(cellSide) pixels, blocks of \(blockSide) cells")
        (self.orientations, self.cellSide, self.blockSide) = (orientations, cellSide, blockSide)
        (self.samples, self.takesSquareRoots, self.voting) = (samples, takesSquareRoots, voting)
        self.normalization = normalization
    }

    /// The paper's detector as OpenCV 4 has it (`HOGDescriptor`), whose numbers these are within 1e-5: 9 bins, 8×8 cells,
    /// 2×2 blocks, square roots. OpenCV's window of 64×128 has 3780 numbers; there blocks, and cells within blocks, follow
    /// each other column by column, here row by row.
    public static let dalalTriggs = HOG()

    /// `skimage.feature.hog` of scikit-image 0.26 as it is called by default, with `feature_vector=True`, for the luminance
    /// between 0 and 1: 9 bins, 8×8 cells, 3×3 blocks, no square roots. Equal to 1e-6.
    public static let scikitImage = HOG(
        blockSide: 3, samples: .luminance, takesSquareRoots: false, voting: .nearest,
        normalization: Normalization(form: .insideNorm, epsilon: 255e-5, secondEpsilon: 1e-5))

    /// Along a block, in pixels.
    public var blockSidePixels: Int { blockSide * cellSide }

    /// Numbers of a block: cell by cell, row by row, the bins of each from 0 degrees on.
    public var blockLength: Int { blockSide * blockSide * orientations }
}
