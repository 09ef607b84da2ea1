package import SaccadeDrawing
package import SaccadeImages
package import SaccadeModels
package import SaccadeTensors

/// What the layers make of one image, as figures.
package struct LayerFigures {
    /// One layer's result.
    package struct Sheet {
        /// The layer's name, which can be a file's.
        package let name: String
        package let figure: PlaneSheet
        package let caption: String
    }

    /// How to read them.
    package static let note =
        "Each square is one map of the layer’s result, dark where it is low, light where it is high; maps of a layer "
        + "share one scale, so that one that stays dark is weak everywhere. The scale’s ends leave out the lowest and "
        + "the highest two numbers of a thousand."

    /// More maps than these nobody looks at one by one.
    package static let mostMaps = 64

    /// From input to output. Dropout and flatten, which change no number, have none.
    package let sheets: [Sheet]

    /// - Parameter activations: Of one image, `[1, …]`, one for each stage.
    package init(_ layers: LayerByLayer, _ activations: [Tensor]) {
        sheets = zip(layers.stages, activations).compactMap { stage, activation in
            stage.kind == .dropout || stage.kind == .flatten ? nil : Self.sheet(stage, activation.scalars)
        }
    }

    private static func sheet(_ stage: LayerByLayer.Stage, _ scalars: [Float]) -> Sheet {
        let title = "\(stage.name) (\(stage.kind.rawValue))"
        guard stage.isSpatial else {
            // A vector in rows as wide as suits the page; white where the last row ends.
            let width = min(scalars.count, scalars.count > 1024 ? 128 : scalars.count > 256 ? 64 : 32)
            let height = (scalars.count + width - 1) / width
            let padded = scalars + Array(repeating: Float.nan, count: width * height - scalars.count)
            return Sheet(
                name: stage.name, figure: PlaneSheet([padded], width: width, height: height, title: title),
                caption: "\(title): \(scalars.count) numbers"
                    + (height > 1 ? ", row by row" : ""))
        }
        let (channels, height, width) = (stage.output[0], stage.output[1], stage.output[2])
        let shown = min(channels, mostMaps)
        let planes = (0..<shown).map { Array(scalars[$0 * height * width..<($0 + 1) * height * width]) }
        let count = shown < channels ? "the first \(shown) of \(channels) maps" : "\(channels) maps"
        return Sheet(
            name: stage.name, figure: PlaneSheet(planes, width: width, height: height, title: title),
            caption: "\(title): \(count) of \(height)×\(width)")
    }
}

extension ContactSheet {
    /// The filters of a network's first convolution, as colours where it sees colours.
    ///
    /// - Parameter weights: `[O, C, KH, KW]`.
    package static func filters(_ weights: Tensor) -> (sheet: ContactSheet, caption: String) {
        let (count, channels, height, width) = (weights.shape[0], weights.shape[1], weights.shape[2], weights.shape[3])
        let scalars = weights.scalars
        let area = height * width
        let shown = min(count, 96)
        let items = (0..<shown).map { filter in
            let numbers = scalars[filter * channels * area..<(filter + 1) * channels * area]
            let most = max(numbers.lazy.map(abs).max() ?? 0, .leastNormalMagnitude)
            func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, (127.5 + 127.5 * value / most).rounded()))) }
            let start = numbers.startIndex
            let pixels = (0..<area).flatMap { place in
                (channels == 3 ? 0..<3 : 0..<1).map { byte(numbers[start + $0 * area + place]) }
            }
            return Item(
                Image(width: width, height: height, channels: channels == 3 ? 3 : 1, pixels: pixels), caption: "")
        }
        let part = shown < count ? "The first \(shown) of \(count) filters" : "The \(count) filters"
        let what = channels == 3 || channels == 1 ? "" : ", of their \(channels) channels the first"
        return (
            ContactSheet(title: "", items: items, columns: min(16, shown), side: shown <= 32 ? 56 : 40),
            "\(part) of the first convolution, \(height)×\(width)\(what): grey is 0, and each has its largest weight "
                + "at full brightness or darkness"
        )
    }
}

extension HeatMap {
    /// A saliency map over the image that it comes from.
    package init(_ saliency: SaliencyMap, over image: Image, title: String, label: String) {
        self.init(
            saliency.values.map(Double.init), width: saliency.width, height: saliency.height, title: title,
            label: label, map: .inferno, over: image, opacity: 0.55, side: 250)
    }
}
