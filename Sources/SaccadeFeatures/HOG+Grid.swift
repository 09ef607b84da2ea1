import CSaccadeKernels
import CSaccadeThreads
public import SaccadeImages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension HOG {
    /// How many blocks an image of a size has, down and across; none where it is smaller than a block.
    public func blockCounts(for size: PixelSize) -> (rows: Int, columns: Int) {
        (
            sk_hog_blocks_along(size.height, cellSide, blockSide),
            sk_hog_blocks_along(size.width, cellSide, blockSide)
        )
    }

    /// How many numbers describe an image of a size.
    public func length(for size: PixelSize) -> Int {
        let (rows, columns) = blockCounts(for: size)
        return rows * columns * blockLength
    }

    /// All numbers that describe an image: block by block, row by row.
    public func descriptor(of image: Image) -> [Float] { grid(of: image).values }

    /// The blocks of an image, from its upper left corner on, one cell apart.
    ///
    /// What lies beyond the image is its mirror image, so that gradients at its edges go along them. Pixels to the right and
    /// below that do not fill a cell are seen by their neighbours' gradients only. The result does not depend on the number
    /// of threads.
    public func grid(of image: Image) -> HOGGrid {
        let (rows, columns) = blockCounts(for: image.size)
        let profile = profile()
        let values = image.pixels.withUnsafeBufferPointer { pixels in
            profile.withUnsafeBufferPointer { profile in
                var hog = sk_hog(
                    height: image.height, width: image.width, channels: image.channels, pixels: pixels.baseAddress,
                    orientations: orientations, cell: cellSide, block: blockSide,
                    is_luminance: samples == .luminance ? 1 : 0, takes_roots: takesSquareRoots ? 1 : 0,
                    splits_votes: voting == .interpolated ? 1 : 0, profile: profile.baseAddress,
                    adds_to_squares: normalization.form == .insideNorm ? 1 : 0, first: normalization.epsilon,
                    limit: normalization.limit, second: normalization.secondEpsilon)
                // Each part computes again some cells of the next one.
                let parts = max(1, min(2 * Int(saccade_threads_count()), rows / (4 * blockSide)))
                let scratch = UnsafeMutablePointer<Float>.allocate(capacity: parts * sk_hog_scratch_count(&hog))
                defer { scratch.deallocate() }
                return [Float](unsafeUninitializedCapacity: rows * columns * blockLength) { target, count in
                    sk_hog_grid(&hog, parts, scratch, target.baseAddress)
                    count = rows * columns * blockLength
                }
            }
        }
        return HOGGrid(hog: self, rows: rows, columns: columns, values: values)
    }

    /// What a pixel of a block counts for each row, or column, of its cells: `[blockSide, blockSidePixels]`. A pixel's share
    /// of a cell is the product of both.
    private func profile() -> [Float] {
        let (cell, length) = (Double(cellSide), blockSidePixels)
        var profile: [Float] = []
        for index in 0..<blockSide {
            for pixel in 0..<length {
                switch voting {
                case .nearest: profile.append(pixel / cellSide == index ? Float(1 / cell) : 0)
                case .interpolated:
                    // From the centre of the pixel to that of the cell; but the Gaussian is centred on a pixel's corner.
                    let distance = abs((Double(pixel) + 0.5) / cell - 0.5 - Double(index))
                    let offset = (Double(pixel) - Double(length) / 2) / (Double(length) / 4)
                    profile.append(Float(max(1 - distance, 0) * exp(-offset * offset / 2)))
                }
            }
        }
        return profile
    }
}
