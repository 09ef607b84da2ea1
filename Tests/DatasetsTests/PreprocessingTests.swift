import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadePrelude
import SaccadeTensors
import Testing

/// An image of arbitrary pixels.
func noise(width: Int, height: Int, channels: Int, seed: UInt64 = 1) -> Image {
    var generator = SplitMix64(seed: seed)
    let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
}

@Suite struct PreprocessingTests {
    @Test("planes, scale and normalisation as defined, to the last bit", arguments: [1, 3])
    func definition(channels: Int) {
        let image = noise(width: 5, height: 4, channels: channels)
        let (mean, deviation) = ([0.485, 0.456, 0.406] as [Float], [0.229, 0.224, 0.225] as [Float])
        let preprocessing = Preprocessing(
            height: 4, width: 5, channels: channels, mean: Array(mean.prefix(channels)),
            standardDeviation: Array(deviation.prefix(channels)))
        let numbers = preprocessing(image)
        #expect(preprocessing.shape == [channels, 4, 5] && numbers.count == preprocessing.count)
        for c in 0..<channels {
            for y in 0..<4 {
                for x in 0..<5 {
                    let expected = (Float(image[x, y, c]) / 255 - mean[c]) / deviation[c]
                    #expect(numbers[(c * 4 + y) * 5 + x] == expected)
                }
            }
        }
    }

    @Test("stretch resizes, crop keeps proportions")
    func sizes() {
        let image = noise(width: 30, height: 20, channels: 3)
        let stretched = Preprocessing(height: 12, width: 12, channels: 3).fitted(image)
        #expect(stretched == image.resized(width: 12, height: 12))
        let cropped = Preprocessing(height: 12, width: 14, channels: 3, resizing: .centerCrop(shortSide: 16))
        #expect(cropped.fitted(image) == image.resized(shortSide: 16).centerCropped(width: 14, height: 12))
        let nearest = Preprocessing(height: 7, width: 9, channels: 3, filter: .nearest).fitted(image)
        #expect(nearest == image.resized(width: 9, height: 7, filter: .nearest))
    }

    @Test("grey and colour become what the network expects")
    func channels() {
        let colour = noise(width: 6, height: 6, channels: 3)
        #expect(Preprocessing(height: 6, width: 6, channels: 1).fitted(colour) == colour.grey())
        #expect(Preprocessing(height: 3, width: 3, channels: 1).fitted(colour).channels == 1)
        let grey = noise(width: 6, height: 6, channels: 1)
        let numbers = Preprocessing(height: 6, width: 6, channels: 3)(grey)
        #expect(numbers[0..<36].elementsEqual(numbers[36..<72]) && numbers[0..<36].elementsEqual(numbers[72...]))
    }

    static let values = [
        Preprocessing(height: 28, width: 28, channels: 1, mean: [0.1307], standardDeviation: [0.3081]),
        Preprocessing(
            height: 224, width: 200, channels: 3, resizing: .centerCrop(shortSide: 256), filter: .nearest,
            decodesReduced: true),
    ]

    @Test("survives JSON", arguments: values)
    func json(value: Preprocessing) throws {
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == value)
    }

    @Test(
        "refuses JSON that would trap",
        arguments: [
            (#""height":28"#, #""height":0"#), (#""width":28"#, #""width":70000"#),
            (#""channels":1"#, #""channels":2"#),
            (#""channels":1"#, #""channels":3"#), (#""std":[0.5]"#, #""std":[0]"#), (#""mean":[0.25]"#, #""mean":[]"#),
            (#""resize":"stretch""#, #""resize":"crop""#), (#""resize":"stretch""#, #""resize":"squash""#),
            (#""resize":"stretch""#, #""resize":"crop","shortSide":20"#), (#""filter":"bilinear""#, #""filter":"x""#),
        ])
    func badJSON(from good: String, to bad: String) throws {
        let value = Preprocessing(height: 28, width: 28, channels: 1, mean: [0.25], standardDeviation: [0.5])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(value), as: UTF8.self)
        let changed = json.replacingOccurrences(of: good, with: bad)
        #expect(changed != json, "\(json)")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Preprocessing.self, from: Data(changed.utf8))
        }
    }

    @Test("traps on a size that cannot be")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = Preprocessing(height: 0, width: 4, channels: 3) }
    }
}
