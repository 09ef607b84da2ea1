extension RunLengthMask {
    /// A mask whose inside pixels all lie in one part of the image.
    ///
    /// - Parameters:
    ///   - pixels: A byte for each pixel of the part, row by row; anything but 0 is inside.
    ///   - x: The part's first column.
    ///   - y: The part's first row.
    ///   - partWidth: The part's columns.
    /// - Throws: ``GeometryError`` when the image has more pixels than the limit, the bytes are no such part, or it
    ///   does not lie on the image.
    public init(
        width: Int, height: Int, part pixels: [UInt8], x: Int, y: Int, partWidth: Int
    ) throws(GeometryError) {
        var builder = try RunBuilder(width: width, height: height)
        guard partWidth > 0, pixels.count.isMultiple(of: partWidth), x >= 0, y >= 0, partWidth <= width,
            x <= width - partWidth, pixels.count / partWidth <= height, y <= height - pixels.count / partWidth
        else {
            throw GeometryError(
                .size,
                "\(pixels.count) bytes in rows of \(partWidth) at (\(x), \(y)) are no part of a mask of "
                    + "\(width)×\(height) pixels")
        }
        let partHeight = pixels.count / partWidth
        builder.appendUnchecked(x * height, isInside: false)
        for column in 0..<partWidth {
            builder.appendUnchecked(y, isInside: false)
            var start = 0
            while start < partHeight {
                let isInside = pixels[start * partWidth + column] != 0
                var end = start + 1
                while end < partHeight, (pixels[end * partWidth + column] != 0) == isInside { end += 1 }
                builder.appendUnchecked(end - start, isInside: isInside)
                start = end
            }
            builder.appendUnchecked(height - y - partHeight, isInside: false)
        }
        builder.appendUnchecked((width - x - partWidth) * height, isInside: false)
        self = try builder.mask()
    }
}
