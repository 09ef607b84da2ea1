import SaccadePrelude

/// A height and a width, or one number for both.
///
///     conv2D(x, w, stride: 2)
///     conv2D(x, w, stride: [2, 1])  // height, width
public struct Pair: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, CustomStringConvertible
{
    public let height: Int
    public let width: Int

    public init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    public init(_ both: Int) { self.init(both, both) }
    public init(integerLiteral both: Int) { self.init(both) }

    /// - Precondition: There are two numbers: the height, then the width.
    public init(arrayLiteral elements: Int...) {
        require(elements.count == 2, "a pair is [height, width], got \(elements)")
        self.init(elements[0], elements[1])
    }

    public var description: String { height == width ? "\(height)" : "\(height)×\(width)" }

    package var both: [Int] { [height, width] }
    package var product: Int { height * width }
}

/// What surrounds an image while a window slides over it.
public enum Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// Nothing: the window stays inside.
    case valid
    /// As much as makes the output ⌈input / stride⌉ long; where that is odd, the extra element is at the bottom
    /// and at the right.
    case same
    /// This many elements on both sides of each axis.
    case pixels(Pair)

    public init(integerLiteral value: Int) { self = .pixels(Pair(value)) }
}
