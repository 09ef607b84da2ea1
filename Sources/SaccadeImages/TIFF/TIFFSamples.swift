import SaccadeFiles

/// The samples of a page as they were stored, in the machine's order of bytes.
struct TIFFSamples {
    let width: Int
    let height: Int
    /// Samples of a pixel.
    let channels: Int
    let bits: Int
    let format: TIFFPage.Format
    let bytes: [UInt8]

    /// Bytes of a sample.
    static func size(bits: Int) -> Int { bits <= 8 ? 1 : bits <= 16 ? 2 : bits / 8 }

    /// The samples as bytes, by the rule that ``Image/init(contentsOf:atLeast:pixelLimit:)`` states.
    ///
    /// - Parameter isInverted: Whether the least value is white.
    /// - Throws: ``FileError`` with the code `unsupported` where a sample is not a number, or infinite.
    func levels(isInverted: Bool, _ problem: TIFFProblem) throws(FileError) -> [UInt8] {
        var levels = format == .unsigned && bits <= 16 ? scaled() : try stretched(problem)
        if isInverted {
            for i in levels.indices { levels[i] = 255 - levels[i] }
        }
        return levels
    }

    /// Whole numbers of a scale that they tell themselves: of many bits the highest eight, few bits from black to white.
    private func scaled() -> [UInt8] {
        if bits == 8 { return bytes }
        if bits < 8 {
            let most = 1 << bits - 1
            return bytes.map { UInt8((Int($0) * 255 + most / 2) / most) }
        }
        let shift = UInt16(bits - 8)
        return [UInt8](unsafeUninitializedCapacity: bytes.count / 2) { target, count in
            count = bytes.count / 2
            bytes.withUnsafeBytes { source in
                for i in 0..<count {
                    let sample = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                    target[i] = UInt8(truncatingIfNeeded: sample &>> shift)
                }
            }
        }
    }

    /// Numbers of no scale of their own: from the least to the greatest, or from 0 to 1 where all floats are between.
    private func stretched(_ problem: TIFFProblem) throws(FileError) -> [UInt8] {
        var (low, high, isFinite) = (Double.infinity, -Double.infinity, true)
        forEach { _, number in
            low = number < low ? number : low
            high = number > high ? number : high
            isFinite = isFinite && number.isFinite
        }
        guard isFinite else {
            throw FileError(
                .unsupported, path: problem.name, reason: "has pixels that are not numbers, or infinite",
                remedy: "put numbers in their place first")
        }
        if format == .float, low >= 0, high <= 1 { (low, high) = (0, 1) }
        // Halves, for the difference of two large numbers may be infinite.
        let range = high / 2 - low / 2
        return [UInt8](unsafeUninitializedCapacity: bytes.count / Self.size(bits: bits)) { target, count in
            forEach { i, number in
                target[i] = range > 0 ? UInt8((number / 2 - low / 2) / range * 255 + 0.5) : 0
            }
            count = bytes.count / Self.size(bits: bits)
        }
    }

    /// The samples as the nearest floats.
    func floats() -> [Float] {
        [Float](unsafeUninitializedCapacity: bytes.count / Self.size(bits: bits)) { target, count in
            forEach { i, number in target[i] = Float(number) }
            count = bytes.count / Self.size(bits: bits)
        }
    }

    /// The samples as doubles: exact but for whole numbers beyond 2⁵³.
    func doubles() -> [Double] {
        [Double](unsafeUninitializedCapacity: bytes.count / Self.size(bits: bits)) { target, count in
            forEach { i, number in target[i] = number }
            count = bytes.count / Self.size(bits: bits)
        }
    }

    /// The samples as bytes of the same value; nothing where one is not a whole number of 0...255.
    func bytesIfWhole() -> [UInt8]? {
        var areWhole = true
        let numbers = [UInt8](unsafeUninitializedCapacity: bytes.count / Self.size(bits: bits)) { target, count in
            forEach { i, number in
                let isWhole = number >= 0 && number <= 255 && number == number.rounded()
                target[i] = isWhole ? UInt8(number) : 0
                areWhole = areWhole && isWhole
            }
            count = bytes.count / Self.size(bits: bits)
        }
        return areWhole ? numbers : nil
    }

    /// Visits every sample in turn, with its place.
    @inline(__always)
    private func forEach(_ body: (Int, Double) -> Void) {
        switch (format, Self.size(bits: bits)) {
        case (.unsigned, 1): visit(UInt8.self, { Double($0) }, body)
        case (.unsigned, 2): visit(UInt16.self, { Double($0) }, body)
        case (.unsigned, 4): visit(UInt32.self, { Double($0) }, body)
        case (.unsigned, _): visit(UInt64.self, { Double($0) }, body)
        case (.signed, 1): visit(Int8.self, { Double($0) }, body)
        case (.signed, 2): visit(Int16.self, { Double($0) }, body)
        case (.signed, 4): visit(Int32.self, { Double($0) }, body)
        case (.signed, _): visit(Int64.self, { Double($0) }, body)
        case (.float, 2): visit(UInt16.self, Self.widened, body)
        case (.float, 4): visit(Float.self, { Double($0) }, body)
        case (.float, _): visit(Double.self, { $0 }, body)
        }
    }

    @inline(__always)
    private func visit<Stored: BitwiseCopyable>(
        _: Stored.Type, _ number: (Stored) -> Double, _ body: (Int, Double) -> Void
    ) {
        bytes.withUnsafeBytes { source in
            let size = MemoryLayout<Stored>.size
            for i in 0..<(source.count / size) {
                body(i, number(source.loadUnaligned(fromByteOffset: i * size, as: Stored.self)))
            }
        }
    }

    /// IEEE half precision, in integer arithmetic: Swift has no `Float16` on Intel Macs.
    private static func widened(half bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Double(bits & 0x3FF))
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }
}
