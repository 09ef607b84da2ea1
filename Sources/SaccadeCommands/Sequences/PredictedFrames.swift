import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages

/// What `saccade generate` writes of a clip: predicted frames beside the true ones.
struct PredictedFrames {
    let seen: [Image]
    /// What was expected behind each that was seen.
    let expected: [Image]
    /// What the network made of its own frames behind the last.
    let beyond: [Image]

    /// - Returns: The files' paths.
    func write(to folder: String, title: String) throws -> [String] {
        try OutputFolder.make(folder)
        // Frame n and, below it, what was expected in its place; the first nobody could expect.
        let blank = Image(width: seen[0].width, height: seen[0].height, filledWith: [UInt8](repeating: 255, count: 3))
        let truth = seen + beyond.map { _ in blank }
        let predicted = [blank] + expected.dropLast() + beyond
        let sheet = StepSheet(
            title: title, headings: truth.indices.map { $0 < seen.count ? "\($0 + 1)" : "+\($0 - seen.count + 1)" },
            rows: [truth.map { .init($0) }, predicted.map { .init($0) }])
        let (picture, film) = ("\(folder)/predicted.png", "\(folder)/predicted.gif")
        try sheet.write(to: picture, scale: 2)
        let pairs = zip(truth.dropFirst(), predicted.dropFirst()).map { Self.beside($0, $1) }
        try AnimatedGIF(pairs, delay: .milliseconds(200)).write(to: film)
        return [picture, film]
    }

    /// Two images side by side.
    private static func beside(_ a: Image, _ b: Image) -> Image {
        let (a, b) = (a.converted(toChannels: 3), b.converted(toChannels: 3))
        var pixels: [UInt8] = []
        pixels.reserveCapacity((a.width + b.width) * a.height * 3)
        for row in 0..<a.height {
            pixels += a.pixels[row * a.width * 3..<(row + 1) * a.width * 3]
            pixels += b.pixels[row * b.width * 3..<(row + 1) * b.width * 3]
        }
        return Image(width: a.width + b.width, height: a.height, channels: 3, pixels: pixels)
    }
}
