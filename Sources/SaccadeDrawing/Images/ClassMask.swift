import SaccadePrelude

/// A class for each pixel of an image.
public struct ClassMask: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// Row by row, `width * height` of them.
    public let classes: [UInt8]
    /// The classes' names by number; one without a name is called by its number.
    public let names: [String]
    /// Numbers that stand for no class: their pixels are left as they are.
    public let ignored: Set<UInt8>

    /// - Parameters:
    ///   - width: At least 1. A mask of another size than its image is stretched over it.
    ///   - height: At least 1.
    ///   - classes: Row by row.
    ///   - names: By number.
    ///   - ignored: Numbers that stand for no class, such as an unlabelled border.
    /// - Precondition: There are `width * height` classes.
    public init(width: Int, height: Int, classes: [UInt8], names: [String] = [], ignored: Set<UInt8> = []) {
        require(
            width > 0 && height > 0 && classes.count == width * height,
            "ClassMask: \(classes.count) classes for \(width)×\(height) pixels")
        (self.width, self.height, self.classes) = (width, height, classes)
        (self.names, self.ignored) = (names, ignored)
    }

    /// How many pixels there are of each number, 256 of them.
    var counts: [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for number in classes { counts[Int(number)] += 1 }
        return counts
    }

    /// The classes that are there with their shares of the image, the largest first.
    var legend: [(color: Color, name: String)] {
        let counts = counts
        let present = counts.indices.filter { counts[$0] > 0 && !ignored.contains(UInt8($0)) }
        return present.sorted { (counts[$1], $0) < (counts[$0], $1) }.map { number in
            let name = number < names.count && !names[number].isEmpty ? names[number] : "class \(number)"
            let share = Double(counts[number]) / Double(classes.count) * 100
            return (Color.category(number), "\(name) \(share < 1 ? "<1" : "\(Int(share.rounded()))") %")
        }
    }
}
