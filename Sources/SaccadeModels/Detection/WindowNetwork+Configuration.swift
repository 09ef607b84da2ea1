public import SaccadeFeatures
import SaccadeImages
import SaccadeSettings

extension WindowNetwork {
    /// The settings of a recipe, `network: {hog-svm: {side: 64, margin: 8}}`.
    public struct Configuration: Sendable, Hashable {
        /// The side of a square as large as an object in its window, 8 to 1024 pixels.
        public var side = 64
        /// Context around the object at each edge of its window, 0 to 256 pixels of the window.
        public var margin = 8
        /// How many times smaller each size of an image is than the one before, 1.01 to 2.
        public var step = 1.1
        /// Bins of a histogram between 0 and 180 degrees, 2 to 36.
        public var orientations = 9
        /// Along a cell, 2 to 64 pixels.
        public var cell = 8
        /// Along a block, 1 to 8 cells.
        public var block = 2
        /// Whether the square roots of samples count.
        public var squareRoots = true

        public init() {}

        /// What windows are described by.
        public var hog: HOG {
            HOG(orientations: orientations, cellSide: cell, blockSide: block, takesSquareRoots: squareRoots)
        }

        /// Of a class that nothing is known of: a square, for objects of any size.
        public var usualWindow: WindowShape {
            let pixels = max((side + 2 * margin) / cell, block) * cell
            return WindowShape(
                windowSize: PixelSize(width: pixels, height: pixels), sides: Double(side) / 2...16 * Double(side))
        }

        /// What is wrong with settings that come from outside; nil where all is well.
        public var problem: String? {
            let whole: [(String, Int, ClosedRange<Int>)] = [
                ("side", side, 8...1024), ("margin", margin, WindowSearch.margins),
                ("orientations", orientations, HOG.orientationCounts), ("cell", cell, HOG.cellSides),
                ("block", block, HOG.blockSides),
            ]
            for (name, value, range) in whole where !range.contains(value) {
                return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(value)"
            }
            guard ImagePyramid.steps.contains(step) else {
                return "step must be \(ImagePyramid.steps.lowerBound) to \(ImagePyramid.steps.upperBound), not \(step)"
            }
            // The thinnest window there can be is half as wide as the square, and has to hold a block and the margins.
            guard side / 2 + 2 * margin >= max(block * cell, 3 * margin) else {
                return
                    "objects of \(side) pixels with a margin of \(margin) do not hold a block of \(block * cell) pixels; give "
                    + "a larger side"
            }
            return nil
        }
    }
}

extension WindowNetwork.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable {
        case side, margin, step, orientations, cell, block, squareRoots
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        side = try values.decodeIfPresent(Int.self, forKey: .side) ?? side
        margin = try values.decodeIfPresent(Int.self, forKey: .margin) ?? margin
        step = try values.decodeIfPresent(Double.self, forKey: .step) ?? step
        orientations = try values.decodeIfPresent(Int.self, forKey: .orientations) ?? orientations
        cell = try values.decodeIfPresent(Int.self, forKey: .cell) ?? cell
        block = try values.decodeIfPresent(Int.self, forKey: .block) ?? block
        squareRoots = try values.decodeIfPresent(Bool.self, forKey: .squareRoots) ?? squareRoots
        try decoder.refuse(problem)
    }
}
