import CSaccadeOneDNN
import Synchronization

/// The type of a tensor's elements in memory.
package enum ElementType: Hashable, Sendable {
    case float32, bfloat16, int32, uint8, int8

    var bridged: sdnn_type {
        switch self {
        case .float32: SDNN_F32
        case .bfloat16: SDNN_BF16
        case .int32: SDNN_S32
        case .uint8: SDNN_U8
        case .int8: SDNN_S8
        }
    }

    init?(bridged value: Int32) {
        switch sdnn_type(rawValue: UInt32(bitPattern: value)) {
        case SDNN_F32: self = .float32
        case SDNN_BF16: self = .bfloat16
        case SDNN_S32: self = .int32
        case SDNN_U8: self = .uint8
        case SDNN_S8: self = .int8
        default: return nil
        }
    }
}

/// The shape of a tensor and the order of its elements in memory, as oneDNN describes them.
///
/// Equal layouts in use are the same object, so comparing and hashing are pointer operations: eager execution
/// looks kernels up by the layouts of their inputs.
package final class Layout: @unchecked Sendable {  // holds one pointer to an object nobody mutates
    let pointer: OpaquePointer
    package let dimensions: [Int]
    package let elementType: ElementType?
    /// Bytes that hold every element, including the padding of blocks.
    package let byteCount: Int

    /// Takes ownership of `pointer`.
    private init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        dimensions = Layout.dimensions(of: pointer)
        elementType = ElementType(bridged: sdnn_layout_type(pointer))
        byteCount = sdnn_layout_size(pointer)
    }

    deinit { sdnn_layout_free(pointer) }

    private static func dimensions(of pointer: OpaquePointer) -> [Int] {
        var dims = [Int64](repeating: 0, count: Int(SDNN_MAX_RANK))
        let rank = Int(sdnn_layout_rank(pointer))
        precondition(rank <= dims.count, "oneDNN layouts here have at most \(dims.count) axes, got \(rank)")
        sdnn_layout_dims(pointer, &dims)
        return dims.prefix(rank).map(Int.init)
    }

    /// Every layout in use, by shape. A network has some dozens; where sizes vary without end, those that nobody uses any
    /// more are swept out from time to time.
    private struct Known: ~Copyable {
        struct Entry { weak var layout: Layout? }

        var layouts: [[Int]: [Entry]] = [:]
        var count = 0
        var countAtNextSweep = 4096
        /// The last ones that somebody asked for, so that they stay while oneDNN reads them: what was asked for as an
        /// argument may be out of use for Swift once its pointer is read.
        private var recent = [Layout?](repeating: nil, count: 1024)
        private var next = 0

        mutating func keep(_ layout: Layout) -> Layout {
            recent[next] = layout
            next = (next + 1) % recent.count
            return layout
        }

        mutating func add(_ layout: Layout) {
            let same = layouts[layout.dimensions] ?? []
            let used = same.filter { $0.layout != nil }
            layouts[layout.dimensions] = used + [Entry(layout: layout)]
            count += used.count + 1 - same.count
            guard count >= countAtNextSweep else { return }
            layouts = layouts.compactMapValues { entries in
                let used = entries.filter { $0.layout != nil }
                return used.isEmpty ? nil : used
            }
            count = layouts.values.reduce(0) { $0 + $1.count }
            // Each sweep is paid for by as many new ones.
            countAtNextSweep = max(2 * count, 4096)
        }
    }
    private static let known = Mutex(Known())

    /// How many layouts are known, some of which may be out of use.
    package static var knownCount: Int { known.withLock { $0.count } }

    /// The layout that `pointer` describes; takes ownership of it.
    static func unique(owning pointer: OpaquePointer) -> Layout {
        let made = Layout(owning: pointer)
        return known.withLock { known in
            for entry in known.layouts[made.dimensions] ?? [] {
                if let same = entry.layout, sdnn_layout_equal(same.pointer, pointer) != 0 {
                    return known.keep(same)
                }
            }
            known.add(made)
            return known.keep(made)
        }
    }

    /// Elements of the last axis next to each other, then those of the axis before, and so on.
    package static func rowMajor(_ dimensions: [Int], _ type: ElementType = .float32) -> Layout {
        var strides = [Int](repeating: 1, count: dimensions.count)
        for axis in dimensions.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * max(dimensions[axis + 1], 1)
        }
        return strided(dimensions, strides, type)
    }

    /// Images `[N, C, H, W]` with all channels of a pixel together.
    package static func channelsLast(_ dimensions: [Int], _ type: ElementType = .float32) -> Layout {
        let (channels, height, width) = (dimensions[1], dimensions[2], dimensions[3])
        return strided(dimensions, [channels * height * width, 1, width * channels, channels], type)
    }

    /// Images `[N, C, H, W]` in blocks of sixteen channels, `[N, ⌈C/16⌉, H, W, 16]`; the last block is filled
    /// up with zeros.
    package static func blocked16(_ dimensions: [Int], _ type: ElementType = .float32) -> Layout {
        blocked(by: 16, dimensions, type)
    }

    /// The same in blocks of `width` channels: 8, which processors with AVX2 like, or 16.
    package static func blocked(by width: Int, _ dimensions: [Int], _ type: ElementType = .float32) -> Layout {
        precondition(dimensions.count == 4, "images have 4 axes, got \(dimensions)")
        return make {
            sdnn_layout_blocked(&$0, $2, type.bridged, Int32(width))
        } of: {
            dimensions
        }
    }

    /// Any order that strides, in elements, can express.
    package static func strided(_ dimensions: [Int], _ strides: [Int], _ type: ElementType = .float32) -> Layout {
        // oneDNN has no scalars: one is a vector of one element.
        let (dimensions, strides) = dimensions.isEmpty ? ([1], [1]) : (dimensions, strides)
        return make {
            sdnn_layout_strided(&$0, $1, $2, type.bridged, strides.map(Int64.init))
        } of: {
            dimensions
        }
    }

    /// A request for whichever order the primitive likes best.
    package static func any(_ dimensions: [Int], _ type: ElementType = .float32) -> Layout {
        make {
            sdnn_layout_any(&$0, $1, $2, type.bridged)
        } of: {
            dimensions
        }
    }

    private static func make(
        _ create: (inout OpaquePointer?, Int32, [Int64]) -> Int32, of dimensions: () -> [Int]
    ) -> Layout {
        let dimensions = dimensions()
        var pointer: OpaquePointer?
        let status = create(&pointer, Int32(dimensions.count), dimensions.map(Int64.init))
        guard status == 0, let pointer else { preconditionFailure("oneDNN has no layout for \(dimensions)") }
        return unique(owning: pointer)
    }

    /// The part of this layout that starts at `offsets`, or `nil` where its blocks cannot be cut there.
    package func part(_ dimensions: [Int], at offsets: [Int]) -> Layout? {
        var part: OpaquePointer?
        let status = sdnn_layout_part(&part, pointer, dimensions.map(Int64.init), offsets.map(Int64.init))
        guard status == 0, let part else { return nil }
        return Layout.unique(owning: part)
    }
}

extension Layout: Hashable {
    package static func == (a: Layout, b: Layout) -> Bool { a === b }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
