import SaccadeDrawing
import SaccadeModels

/// The maps of a network and what leads from one to another, read off a summary's rows.
///
/// Blocks that end with a sum or a concatenation are one map, other blocks are opened. Notes such as batch norms and
/// ReLU belong to the arrow before them. What is joined with an up-sampled map is drawn as copied into it.
struct SummaryFlows {
    private(set) var maps: [Schematic.FeatureMap] = []
    private(set) var flows: [Schematic.Flow] = []

    private let layers: [ModelSummary.Layer]
    /// The map that each row hands on.
    private var mapOf: [Int: Int] = [-1: 0]
    /// Rows that hand on less than their map.
    private var cropped: Set<Int> = []

    /// Whether the drawing needs levels: maps are sampled up again, and others are handed past them.
    var hasLevels: Bool {
        flows.contains { $0.kind == .skip } && flows.contains { $0.kind == .upsampling }
    }

    init(_ summary: ModelSummary) {
        layers = summary.layers
        guard summary.stages == nil else { return }
        maps = [Schematic.FeatureMap(summary.input, caption: "input")]
        let closed = ClosedBlocks(layers)
        for index in layers.indices where closed.isVisible[index] && layers[index].isAuxiliary == nil {
            append(index, closed.sources[index], readers: closed.readers)
        }
        let read = Set(flows.map(\.from))
        for map in maps.indices.dropFirst() where !read.contains(map) { maps[map].caption = "output" }
    }

    private mutating func append(_ index: Int, _ sources: [Int], readers: [Int: Int]) {
        let layer = layers[index]
        let given = sources.compactMap { mapOf[$0] }.unique
        guard let last = given.max() else { return }
        if given.count > 1 {
            join(index, sources, last, readers)
        } else if layer.isMinor {
            if layer.kind == .crop { cropped.insert(index) }
            if sources.contains(where: cropped.contains) { cropped.insert(index) }
            if [.normalization, .activation].contains(layer.kind.role),
                let flow = flows.lastIndex(where: { $0.to == last && $0.kind != .skip })
            {
                flows[flow].caption += ", \(layer.caption)"
            }
            mapOf[index] = last
        } else {
            maps.append(Schematic.FeatureMap(layer.outputSize))
            flows.append(.init(from: last, to: maps.count - 1, kind: .init(layer.kind.role), caption: layer.caption))
            mapOf[index] = maps.count - 1
        }
    }

    /// A sum or a concatenation: the map that was made last takes the others in, unless it is needed as it was.
    private mutating func join(_ index: Int, _ sources: [Int], _ last: Int, _ readers: [Int: Int]) {
        let layer = layers[index]
        let isCopy = layer.kind == .concatenation
        var target = last
        let isShared = sources.contains { mapOf[$0] == last && readers[$0, default: 0] > 1 }
        if isShared || last == 0 {
            maps.append(Schematic.FeatureMap(layer.outputSize))
            target = maps.count - 1
            flows.append(.init(from: last, to: target, kind: .other, caption: layer.caption))
        }
        let own = target == last ? maps[last].channels : 0
        maps[target] = Schematic.FeatureMap(layer.outputSize)
        if isCopy, own > 0 { maps[target].copied = max(0, maps[target].channels - own) }
        for source in sources {
            guard let map = mapOf[source], map != last, !flows.contains(where: { $0.from == map && $0.to == target })
            else { continue }
            let caption = isCopy ? (cropped.contains(source) ? "copy and crop" : "copy") : layer.kind.title
            flows.append(.init(from: map, to: target, kind: .skip, caption: caption))
        }
        mapOf[index] = target
    }
}

/// Which rows are drawn, and what these are given, when blocks that end with a sum or a concatenation are closed.
private struct ClosedBlocks {
    private(set) var isVisible: [Bool]
    /// Rows by their indices, -1 for the input.
    private(set) var sources: [[Int]]
    /// How many visible rows read each.
    private(set) var readers: [Int: Int] = [:]

    init(_ layers: [ModelSummary.Layer]) {
        isVisible = layers.map { _ in true }
        sources = layers.indices.map { layers[$0].sources ?? [$0 - 1] }
        for (index, layer) in layers.enumerated() where layer.kind == .residual || layer.kind == .parallel {
            // A block's row follows those of its parts.
            let first = (layers[..<index].lastIndex { $0.depth <= layer.depth } ?? -1) + 1
            guard first < index else { continue }
            for part in first..<index { isVisible[part] = false }
            sources[index] = sources[first...index].flatMap { $0 }.filter { $0 < first }.unique
        }
        for index in layers.indices where isVisible[index] {
            for source in sources[index] { readers[source, default: 0] += 1 }
        }
    }
}

extension Schematic.FeatureMap {
    fileprivate init(_ size: [Int], caption: String = "") {
        self.init(
            height: size.count == 3 ? max(size[0], 1) : 1, width: size.count == 3 ? max(size[1], 1) : 1,
            channels: max(size.last ?? 1, 1), caption: caption)
    }
}

extension Schematic.Flow.Kind {
    fileprivate init(_ role: LayerKind.Role) {
        self =
            switch role {
            case .convolution: .convolution
            case .pooling: .pooling
            case .upsampling: .upsampling
            // Residual blocks and branches are mostly convolutions.
            case .merging: .convolution
            case .dense, .normalization, .activation, .reshaping, .other: .other
            }
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it first stands.
    fileprivate var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
