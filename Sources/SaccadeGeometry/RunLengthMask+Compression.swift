// The numbers of COCO's compressed masks: like LEB128, but in groups of 5 bits, the lowest first, each as one character
// from "0" (0) to "o" (63): bit 5 tells that another group follows, and bit 4 of the last is the sign. From the fourth
// on, a number is the difference to the one two before it, as neighbouring columns of an object look alike.

extension RunLengthMask {
    /// A mask from COCO's compressed string.
    ///
    /// - Throws: ``GeometryError`` for a size beyond the limit, a character that cannot occur, a number that is too large
    ///   or ends early, or runs that do not add up to `width * height`.
    public init(width: Int, height: Int, compressed: String) throws(GeometryError) {
        var builder = try RunBuilder(width: width, height: height)
        var (isInside, before, twoBefore, index) = (false, 0, 0, 0)
        var (number, shift) = (0, 0)
        for byte in compressed.utf8 {
            guard (48..<112).contains(byte) else {
                throw GeometryError(
                    .compressed,
                    "a compressed mask holds the byte \(byte), which is none of \"0\" to \"o\"; it is damaged or of "
                        + "another format")
            }
            // Seven groups hold every difference between two lengths within the limit.
            guard shift < 35 else {
                throw GeometryError(
                    .compressed, "run \(index) of a compressed mask takes more than seven characters; it is damaged")
            }
            let group = Int(byte) - 48
            number |= (group & 0x1F) << shift
            shift += 5
            guard group & 0x20 == 0 else { continue }
            if group & 0x10 != 0 { number -= 1 << shift }
            let run = index > 2 ? number + twoBefore : number
            try builder.append(run, isInside: isInside)
            (twoBefore, before) = (before, run)
            (number, shift) = (0, 0)
            index += 1
            isInside.toggle()
        }
        guard shift == 0 else {
            throw GeometryError(.compressed, "a compressed mask ends within run \(index); it is cut off")
        }
        self = try builder.mask()
    }

    /// COCO's compressed string.
    public var compressed: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(runs.count * 2)
        for index in runs.indices {
            var number = Int(runs[index]) - (index > 2 ? Int(runs[index - 2]) : 0)
            var isDone = false
            while !isDone {
                let group = number & 0x1F
                number >>= 5
                isDone = number == (group & 0x10 == 0 ? 0 : -1)
                bytes.append(UInt8(group + (isDone ? 48 : 48 + 0x20)))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
