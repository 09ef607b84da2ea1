import Foundation
import SaccadeImages

/// Small images of six kinds that are easily told apart, as a folder for each: what a training is tried on.
public enum ClassFolder {
    public static let names = ["circle", "cross", "ring", "square", "star", "stripes"]

    /// Writes `count` images, the kinds in turn, to `folder/KIND/NUMBER.png`.
    ///
    /// - Parameter side: Pixels along each side.
    public static func write(_ count: Int, side: Int = 16, to folder: String) throws {
        for name in names {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for index in 0..<count {
            let path = "\(folder)/\(names[index % names.count])/\(index).png"
            try Data(image(index, side: side).pngData()).write(to: URL(fileURLWithPath: path))
        }
    }

    /// A kind of figure in a colour and a place that depend on the number alone.
    private static func image(_ index: Int, side: Int) -> Image {
        let color = [UInt8(160 + index * 37 % 90), UInt8(40 + index * 53 % 180), UInt8(30 + index * 71 % 200)]
        let (cx, cy) = (Double(side) / 2 + Double(index % 3 - 1), Double(side) / 2 + Double(index / 3 % 3 - 1))
        var pixels: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let (u, v) = (abs(Double(x) + 0.5 - cx) / Double(side), abs(Double(y) + 0.5 - cy) / Double(side))
                let radius = (u * u + v * v).squareRoot()
                let isInside =
                    switch names[index % names.count] {
                    case "circle": radius < 0.35
                    case "cross": min(u, v) < 0.08
                    case "ring": radius > 0.25 && radius < 0.4
                    case "square": max(u, v) < 0.3
                    case "star": u + v + 2 * min(u, v) < 0.4
                    default: y % 4 < 2
                    }
                let shade = UInt8((x * 7 + y * 13 + index * 11) % 24)
                pixels += isInside ? color : [shade, shade, shade]
            }
        }
        return Image(width: side, height: side, channels: 3, pixels: pixels)
    }
}
