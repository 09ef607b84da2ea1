import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

/// Images with rings and upright bars on a ground of blurred noise: two classes of different forms.
struct DrawnObjects {
    static let classNames = ["ring", "bar"]

    var images: [Image] = []
    var examples: [HOGSVM.Example] = []

    init(count: Int, seed: UInt64, width: Int = 160, height: Int = 120) {
        for index in 0..<count {
            var generator = SplitMix64(seed: seed, stream: index)
            var objects: [HOGSVM.Example.Object] = []
            for label in [0, 1] {
                let length = Double.random(in: 30...60, using: &generator)
                let (w, h) = label == 0 ? (length, length) : (length / 2, length)
                // One half of the image for each, which one at random.
                let left = label == 0 ? 0.0 : Double(width) / 2
                let x = Double.random(in: left...(left + Double(width) / 2 - w), using: &generator)
                let y = Double.random(in: 0...(Double(height) - h), using: &generator)
                objects.append(
                    .init(Box(x: x.rounded(), y: y.rounded(), width: w.rounded(), height: h.rounded()), label: label))
            }
            let noise = UInt32.random(in: 0...9999, using: &generator)
            images.append(Self.image(objects, width: width, height: height, noise: noise))
            examples.append(HOGSVM.Example(objects: objects))
        }
    }

    static func image(_ objects: [HOGSVM.Example.Object], width: Int, height: Int, noise: UInt32) -> Image {
        let ground = Image.noise(width: width / 8, height: height / 8, channels: 1, seed: noise)
            .resized(width: width, height: height)
        return .drawn(width, height, 1) { x, y, _ in
            var value = Double(ground[x, y]) / 3
            for object in objects {
                let box = object.box
                let u = (Double(x) + 0.5 - box.center.x) / (box.width / 2)
                let v = (Double(y) + 0.5 - box.center.y) / (box.height / 2)
                let isInk =
                    object.label == 0
                    ? (0.6...1).contains((u * u + v * v).squareRoot()) : max(abs(u), abs(v)) <= 1 && abs(u) > 0.4
                if isInk { value = 220 }
            }
            return Int(value)
        }
    }
}
