import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite struct MovesTests {
    /// `image` moved by the definition.
    func moved(_ image: Image, x dx: Int, y dy: Int, fill: Augmentation.Fill) -> Image {
        var result = image
        for y in 0..<image.height {
            for x in 0..<image.width {
                for c in 0..<image.channels {
                    let (sx, sy) = (x - dx, y - dy)
                    let isInside = sx >= 0 && sx < image.width && sy >= 0 && sy < image.height
                    let nearest = image[min(max(sx, 0), image.width - 1), min(max(sy, 0), image.height - 1), c]
                    result[x, y, c] = isInside || fill == .edge ? nearest : 0
                }
            }
        }
        return result
    }

    @Test("a flip mirrors, and happens as often as asked", arguments: [1, 3])
    func flip(channels: Int) {
        let image = noise(width: 5, height: 3, channels: channels)
        var mirrored = image
        for y in 0..<3 {
            for x in 0..<5 { for c in 0..<channels { mirrored[4 - x, y, c] = image[x, y, c] } }
        }
        var generator = SplitMix64(seed: 3)
        #expect(Augmentation.horizontalFlip(probability: 1).apply(to: image, using: &generator) == mirrored)
        #expect(Augmentation.horizontalFlip(probability: 0).apply(to: image, using: &generator) == image)
        let results = (0..<1000).map { _ in
            Augmentation.horizontalFlip(probability: 0.3).apply(to: image, using: &generator)
        }
        #expect(results.allSatisfy { $0 == image || $0 == mirrored })
        #expect((250...350).contains(results.count { $0 == mirrored }))
    }

    struct Move: CustomTestStringConvertible {
        var augmentation: Augmentation, x: ClosedRange<Int>, y: ClosedRange<Int>, fill: Augmentation.Fill
        var testDescription: String { "\(augmentation)" }
    }

    @Test(
        "crops and shifts reach every offset they should, and no other",
        arguments: [
            Move(augmentation: .randomCrop(padding: 1), x: -1...1, y: -1...1, fill: .black),
            Move(augmentation: .randomCrop(padding: 2, fill: .edge), x: -2...2, y: -2...2, fill: .edge),
            Move(augmentation: .randomCrop(padding: 7), x: -7...7, y: -7...7, fill: .black),
            Move(augmentation: .shift(fraction: 0.25), x: -2...2, y: -1...1, fill: .edge),
            Move(augmentation: .shift(fraction: 0), x: 0...0, y: 0...0, fill: .edge),
        ])
    func moves(move: Move) {
        let image = noise(width: 8, height: 5, channels: 3)
        let expected = move.x.flatMap { x in move.y.map { y in moved(image, x: x, y: y, fill: move.fill) } }
        var seen: Set<Int> = []
        var generator = SplitMix64(seed: 9)
        for _ in 0..<2500 {
            let result = move.augmentation.apply(to: image, using: &generator)
            guard let place = expected.firstIndex(of: result) else {
                Issue.record("an offset out of range")
                return
            }
            seen.insert(place)
        }
        // Images moved out of the frame altogether are all black, so some offsets look alike.
        #expect(seen.count == expected.indices.count { expected.firstIndex(of: expected[$0]) == $0 })
    }
}
