import Foundation
import SaccadeDrawing
public import SaccadeFiles
import SaccadeGeometry
public import SaccadeImages
import SaccadeTensors

/// Small pictures of coloured shapes, drawn afresh: data for a first training that needs no download.
///
/// Place, size, angle, colours, light and noise vary; the shape alone tells the class. Picture number `index`
/// of a seed is the same on every machine that draws with the same Cairo.
public struct ShapePictures: Sendable {
    /// What can be seen on a picture.
    public enum Shape: String, Sendable, CaseIterable {
        case circle, cross, ring, square, star, triangle
    }

    public let seed: UInt64
    /// Pixels along both sides.
    public let side: Int

    public init(seed: UInt64, side: Int = 64) {
        self.seed = seed
        self.side = side
    }

    /// The class of picture `index`: they take turns.
    public func shape(at index: Int) -> Shape { Shape.allCases[index % Shape.allCases.count] }

    /// - Throws: ``FileError`` when Cairo cannot draw.
    public func image(at index: Int) throws(FileError) -> Image {
        var generator = SplitMix64(seed: seed, stream: index)
        let size = Double(side)
        let canvas = try Canvas(width: size, height: size, format: .png, scale: 1)
        let back = color(using: &generator)
        canvas.fill(Rectangle(x: 0, y: 0, width: size, height: size), back)
        // Stripes, so that edges alone do not give the shape away.
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let y = Double.random(in: 0...size, using: &generator)
            let height = Double.random(in: 1...size / 8, using: &generator)
            canvas.fill(
                Rectangle(x: 0, y: y, width: size, height: height), back.mixed(with: color(using: &generator), 0.35))
        }
        draw(shape(at: index), on: canvas, over: back, using: &generator)
        return noisy(try canvas.image(), using: &generator)
    }

    private func color(using generator: inout SplitMix64) -> Color {
        Color(
            .random(in: 0...1, using: &generator), .random(in: 0...1, using: &generator),
            .random(in: 0...1, using: &generator))
    }

    private func draw(
        _ shape: Shape, on canvas: borrowing Canvas, over back: Color, using generator: inout SplitMix64
    ) {
        let size = Double(side)
        let radius = Double.random(in: size * 0.18...size * 0.36, using: &generator)
        let center = Point(
            .random(in: radius...size - radius, using: &generator),
            .random(in: radius...size - radius, using: &generator))
        let angle = Double.random(in: 0...2 * .pi, using: &generator)
        // A shape that has its background's brightness could not be seen by anybody.
        var front = color(using: &generator)
        while abs(front.luminance - back.luminance) < 0.2 { front = color(using: &generator) }

        func corner(_ turn: Double, _ distance: Double) -> Point {
            let direction = angle + turn * 2 * .pi
            return Point(center.x + cos(direction) * radius * distance, center.y + sin(direction) * radius * distance)
        }
        switch shape {
        case .circle: canvas.fillCircle(center, radius: radius, front)
        case .ring: canvas.strokeCircle(center, radius: radius * 0.8, front, width: radius * 0.35)
        case .triangle: canvas.fill((0..<3).map { corner(Double($0) / 3, 1) }, front)
        case .square: canvas.fill((0..<4).map { corner(Double($0) / 4, 1) }, front)
        case .star: canvas.fill((0..<10).map { corner(Double($0) / 10, $0 % 2 == 0 ? 1 : 0.42) }, front)
        case .cross:
            for arm in [0.0, 0.25] {
                let (ahead, aside) = (corner(arm, 1), corner(arm + 0.25, 0.28))
                let (dx, dy) = (aside.x - center.x, aside.y - center.y)
                let behind = Point(2 * center.x - ahead.x, 2 * center.y - ahead.y)
                canvas.fill(
                    [
                        Point(ahead.x + dx, ahead.y + dy), Point(ahead.x - dx, ahead.y - dy),
                        Point(behind.x - dx, behind.y - dy), Point(behind.x + dx, behind.y + dy),
                    ], front)
            }
        }
    }

    /// Adds the same noise to all channels of a pixel, as a sensor in the dark does.
    private func noisy(_ image: Image, using generator: inout SplitMix64) -> Image {
        let strength = Int.random(in: 0...20, using: &generator)
        guard strength > 0 else { return image }
        var pixels = image.pixels
        for start in stride(from: 0, to: pixels.count, by: image.channels) {
            let noise = Int.random(in: -strength...strength, using: &generator)
            for place in start..<start + image.channels {
                pixels[place] = UInt8(clamping: Int(pixels[place]) + noise)
            }
        }
        return Image(width: image.width, height: image.height, channels: image.channels, pixels: pixels)
    }

    /// Writes pictures as `FOLDER/CLASS/00042.png`, which every reader of labelled folders understands.
    ///
    /// - Parameter range: Which pictures; different ranges never share one.
    public func write(_ range: Range<Int>, to folder: String) throws {
        for shape in Shape.allCases {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(shape.rawValue)", withIntermediateDirectories: true)
        }
        for index in range {
            let number = String(repeating: "0", count: max(0, 5 - String(index).count)) + String(index)
            try image(at: index).writePNG(to: "\(folder)/\(shape(at: index).rawValue)/\(number).png", level: 1)
        }
    }
}
