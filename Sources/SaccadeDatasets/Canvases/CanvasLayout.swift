import SaccadeSettings

/// How small images, such as digits, come to lie on a larger black canvas: how many, and what lies about between them.
///
/// Mnih et al., "Recurrent Models of Visual Attention" (2014), section 4.1, has one digit on a canvas, alone or among four
/// pieces of 8×8 pixels of other digits ("cluttered translated MNIST"); Ba et al., "Multiple Object Recognition with Visual
/// Attention" (2015), section 4.1, has pairs.
public struct CanvasLayout: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable { case digits, clutter, piece }

    /// Images on a canvas, from left to right, none above another: 1 to 8.
    public var digits = 1
    /// Pieces of other images that lie anywhere, 0 to 256.
    public var clutter = 0
    /// Rows and columns of such a piece, 1 to 64.
    public var piece = 8

    public init(digits: Int = 1, clutter: Int = 0, piece: Int = 8) {
        (self.digits, self.clutter, self.piece) = (digits, clutter, piece)
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        digits = try values.decodeIfPresent(Int.self, forKey: .digits) ?? digits
        clutter = try values.decodeIfPresent(Int.self, forKey: .clutter) ?? clutter
        piece = try values.decodeIfPresent(Int.self, forKey: .piece) ?? piece
    }

    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        guard (1...8).contains(digits) else { return "digits must be 1 to 8, not \(digits)" }
        guard (0...256).contains(clutter) else { return "clutter must be 0 to 256 pieces, not \(clutter)" }
        guard (1...64).contains(piece) else { return "piece must be 1 to 64 pixels, not \(piece)" }
        return nil
    }
}
