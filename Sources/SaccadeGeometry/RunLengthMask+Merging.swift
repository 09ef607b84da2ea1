extension RunLengthMask {
    /// The pixels that are inside any of the masks.
    ///
    /// - Throws: ``GeometryError`` when the masks are not of one size, or there are none, so that there is no size.
    public static func union(_ masks: [RunLengthMask]) throws(GeometryError) -> RunLengthMask {
        try merged(masks) { $0 || $1 }
    }

    /// The pixels that are inside all of the masks.
    ///
    /// - Throws: ``GeometryError`` when the masks are not of one size, or there are none, so that there is no size.
    public static func intersection(_ masks: [RunLengthMask]) throws(GeometryError) -> RunLengthMask {
        try merged(masks) { $0 && $1 }
    }

    /// The pixels that are inside this mask or the other.
    ///
    /// - Throws: ``GeometryError`` when the masks are not of one size.
    public func union(_ other: RunLengthMask) throws(GeometryError) -> RunLengthMask {
        try merged(with: other) { $0 || $1 }
    }

    /// The pixels that are inside this mask and the other.
    ///
    /// - Throws: ``GeometryError`` when the masks are not of one size.
    public func intersection(_ other: RunLengthMask) throws(GeometryError) -> RunLengthMask {
        try merged(with: other) { $0 && $1 }
    }

    /// Merges neighbours, then their results: many small masks cost n log n, where one after the other costs n².
    private static func merged(
        _ masks: [RunLengthMask], _ rule: (Bool, Bool) -> Bool
    ) throws(GeometryError) -> RunLengthMask {
        guard !masks.isEmpty else { throw GeometryError(.mismatch, "no masks to merge; give one or more") }
        var masks = masks
        while masks.count > 1 {
            var next: [RunLengthMask] = []
            for index in stride(from: 0, to: masks.count, by: 2) {
                next.append(
                    index + 1 < masks.count ? try masks[index].merged(with: masks[index + 1], rule) : masks[index])
            }
            masks = next
        }
        return masks[0]
    }

    private func merged(
        with other: RunLengthMask, _ rule: (Bool, Bool) -> Bool
    ) throws(GeometryError) -> RunLengthMask {
        try requireSameSize(as: other)
        var builder = try RunBuilder(width: width, height: height)
        var (i, j, a, b) = (0, 0, 0, 0)  // runs, and how much of them is left
        while true {
            // Runs at odd places are inside.
            while a == 0, i < runs.count { (a, i) = (Int(runs[i]), i + 1) }
            while b == 0, j < other.runs.count { (b, j) = (Int(other.runs[j]), j + 1) }
            let step = min(a, b)
            guard step > 0 else { break }
            builder.appendUnchecked(step, isInside: rule(i.isMultiple(of: 2), j.isMultiple(of: 2)))
            a -= step
            b -= step
        }
        return try builder.mask()
    }

    func requireSameSize(as other: RunLengthMask) throws(GeometryError) {
        guard width == other.width, height == other.height else {
            throw GeometryError(
                .mismatch,
                "masks of \(width)×\(height) and \(other.width)×\(other.height) pixels belong to different images; "
                    + "give masks of one size")
        }
    }
}
