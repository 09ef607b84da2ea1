import Foundation
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

/// Files of PngSuite, Pillow, libjpeg-turbo, jpeg-decoder and others, against what Pillow 13 makes of them.
@Suite(.enabled(if: ReferenceData.hasSuite, "set SACCADE_DATA to the folder of reference data"))
struct SuiteTests {
    /// What Pillow says about a file.
    struct Expectation: Decodable {
        var size: [Int]?
        var mode: String?
        var gridMode: String?
        var grid: [[[Double]]]?
        var orientation: Int?
        var error: String?

        enum CodingKeys: String, CodingKey {
            case size, mode, grid, error
            case gridMode = "grid_mode"
            case orientation = "exif_orientation"
        }

        static func all() throws -> [String: Expectation] {
            struct File: Decodable { var files: [String: Expectation] }
            let data = try Data(contentsOf: URL(filePath: ReferenceData.suite + "expected_pillow.json"))
            return try JSONDecoder().decode(File.self, from: data).files.filter { name, _ in
                let lower = name.lowercased()
                return [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"].contains(
                    where: lower.hasSuffix)
            }
        }
    }

    /// Files that Pillow opens and we refuse, on purpose.
    static let refused: [String: FileError.Code] = [
        // Pillow does not look at the checksums of pixel data; a wrong one means changed pixels.
        "image_png_rs/bugfixes/x_interlaced_chck.png": .malformed, "pngsuite/png/xcsn0g01.png": .malformed,
        // A row filter that does not exist: Pillow leaves the rest of the image black.
        "pillow/broken_data_stream.png": .malformed,
        // Cut within its last chunk: the pixels are there, but the file is not whole.
        "pillow/truncated_end_chunk.png": .truncated,
        // Coded data end before the image does; Pillow fills in grey.
        "jpeg_crash/dc-predictor-overflow.jpg": .malformed, "jpeg_reftest/partial_progressive.jpg": .malformed,
        // Apple's variation of PNG, which Pillow reads with red and blue exchanged.
        "stb_png/iphone/iphone_basi0g01.png": .unsupported, "stb_png/iphone/iphone_basi0g02.png": .unsupported,
        "stb_png/iphone/iphone_basi3p02.png": .unsupported, "stb_png/iphone/iphone_bgwn6a08.png": .unsupported,
        "stb_png/iphone/iphone_bgyn6a16.png": .unsupported, "stb_png/iphone/iphone_tbyn3p08.png": .unsupported,
        "stb_png/iphone/iphone_z06n2c08.png": .unsupported,
        // Pixels of colours that the palette does not have, and runs that leave the image.
        "pillow/bmp/b/pal8badindex.bmp": .malformed, "pillow/bmp/b/badrle.bmp": .malformed,
    ]

    /// Files that Pillow refuses and we open.
    static let opened: Set = [
        // Its text chunk inflates to a bomb, but text is never inflated here.
        "pillow/png_decompression_dos.png",
        // Legal BMPs with masks that Pillow has no code for; 2 bits per pixel, as Windows CE had; the short header of OS/2.
        "pillow/bmp/g/rgb32bf.bmp", "pillow/bmp/q/rgb16-231.bmp", "pillow/bmp/q/rgb32-111110.bmp",
        "pillow/bmp/q/rgba16-4444.bmp", "pillow/bmp/q/rgba32abf.bmp", "pillow/bmp/q/pal2.bmp",
        "pillow/bmp/q/pal8os2v2-16.bmp",
    ]

    /// Files whose orientation stands in XMP only, which is not looked at here.
    static let orientedByXMP: Set = ["pillow/xmp_tags_orientation_exiftool.png"]

    @Test("agrees with Pillow on every file: size, channels, orientation, block means, or an error")
    func agreesWithPillow() throws {
        var compared = 0
        var opened: Set<String> = []
        var refused: [String: FileError.Code] = [:]
        for (name, expected) in try Expectation.all() {
            let path = ReferenceData.suite + name
            do throws(FileError) {
                let image = try Image(contentsOf: path)
                if expected.error != nil { opened.insert(name) }
                let header = try ImageHeader(contentsOf: path)
                #expect(header.size == image.size && header.channels == image.channels, "\(name)")
                guard expected.error == nil else { continue }
                if !Self.orientedByXMP.contains(name) {
                    let orientation = Orientation(rawValue: expected.orientation ?? 1) ?? .upright
                    #expect(header.orientation == orientation, "\(name)")
                }
                compare(image, header, expected, name)
                compared += 1
            } catch {
                #expect(error.path == path)
                if expected.error == nil { refused[name] = error.code }
            }
        }
        #expect(opened == Self.opened)
        #expect(refused == Self.refused)
        #expect(compared > 600)
    }

    private func compare(_ image: Image, _ header: ImageHeader, _ expected: Expectation, _ name: String) {
        // Pillow's numbers are of the image as stored.
        let back: Orientation =
            switch header.orientation {
            case .turned90Clockwise: .turned90CounterClockwise
            case .turned90CounterClockwise: .turned90Clockwise
            default: header.orientation
            }
        let stored = image.upright(from: back)
        #expect([stored.width, stored.height] == expected.size, "\(name)")
        switch expected.mode {
        case "1", "L", "LA", "I;16", "I;16B": #expect(stored.channels == 1, "\(name)")
        case "P": break  // grey where the palette of a BMP or GIF is
        case "RGBA" where name.hasSuffix("4a16.png"):
            // Grey and transparency of 16 bits, for which Pillow has no mode.
            #expect(stored.channels == 1, "\(name)")
        default: #expect(stored.channels == 3, "\(name)")
        }
        guard let grid = expected.grid, expected.mode != "CMYK" else { return }
        let means = stored.blockMeans(rows: grid.count, columns: grid[0].count)
        var worst = 0.0
        for (r, row) in grid.enumerated() {
            for (q, cell) in row.enumerated() {
                for (c, mean) in means[r][q].enumerated() {
                    // The highest eight bits of a deep sample are up to one level less than their share of it.
                    let isDeep = expected.gridMode?.hasPrefix("I;16") == true
                    let share = name.contains("12bit") ? 16.0 : 256
                    worst = max(worst, isDeep ? abs(mean - cell[c] / share + 0.5) - 0.5 : abs(mean - cell[c]))
                }
            }
        }
        // Two builds of libjpeg or libwebp may round differently.
        let tolerance = header.format == .jpeg || header.format == .webp ? 0.3 : 0.006
        #expect(worst < tolerance, "\(name)")
    }

    @Test(
        "BMPs that Pillow refuses are what their more ordinary sisters are",
        arguments: [
            ("g/rgb32bf", "g/rgb24", 0), ("q/rgba32abf", "q/rgba32", 0), ("q/pal8os2v2-16", "g/pal8", 0),
            // Samples of 10 and 11 bits, and of 1, 3 and 2.
            ("q/rgb32-111110", "g/rgb24", 1), ("q/rgb16-231", "g/rgb24", 255),
        ])
    func sisters(name: String, sister: String, tolerance: Int) throws {
        let ours = try Image(contentsOf: ReferenceData.suite + "pillow/bmp/\(name).bmp")
        let other = try Image(contentsOf: ReferenceData.suite + "pillow/bmp/\(sister).bmp")
        #expect(ours.worstDifference(from: other) <= tolerance)
        #expect(ours.meanDifference(from: other) <= Double(tolerance) / 4)
    }

    /// `numpy.asarray(PIL.Image.open(name).convert("RGB"))`, means of its four quarters, Pillow 13.0.0.
    @Test(
        "CMYK and YCCK become RGB as in Pillow",
        arguments: [
            (
                "jpeg_reftest/mozilla/jpg-cmyk-1.jpg",
                [193.37, 193.37, 0.0, 61.64, 193.38, 21.85, 193.38, 61.63, 21.85, 61.61, 61.61, 131.59]
            ),
            (
                "jpeg_reftest/mozilla/jpg-cmyk-2.jpg",
                [250.69, 250.08, 252.55, 254.47, 254.4, 250.96, 249.18, 247.89, 248.75, 254.9, 254.87, 254.89]
            ),
            (
                "pillow/pil_sample_cmyk.jpg",
                [55.81, 6.66, 9.49, 35.61, 5.74, 7.85, 17.17, 4.8, 6.31, 12.34, 4.58, 5.9]
            ),
        ])
    func cmyk(name: String, means: [Double]) throws {
        let ours = try Image(contentsOf: ReferenceData.suite + name).blockMeans(rows: 2, columns: 2).flatMap { $0 }
        for (a, b) in zip(ours.flatMap { $0 }, means) { #expect(abs(a - b) < 0.3) }
    }

    @Test("all nine orientations of one photograph come out alike", arguments: 0...8)
    func orientations(n: Int) throws {
        let upright = try Image(contentsOf: ReferenceData.suite + "exif_orientation/Portrait_1.jpg")
        let image = try Image(contentsOf: ReferenceData.suite + "exif_orientation/Portrait_\(n).jpg")
        #expect(image.size == upright.size)
        // Each file was compressed anew, so only a reduced image agrees, and only on the whole.
        let (a, b) = (image.resized(width: 30, height: 45), upright.resized(width: 30, height: 45))
        #expect(a.meanDifference(from: b) < 1)
        #expect(a.flippedHorizontally().meanDifference(from: b) > 10)
    }

    @Test("a scaled JPEG is nearly the whole one, shrunk")
    func scaled() throws {
        let path = ReferenceData.suite + "exif_orientation/Portrait_6.jpg"
        let small = try Image(contentsOf: path, atLeast: PixelSize(width: 224, height: 224))
        #expect(small.size == PixelSize(width: 300, height: 450))
        let whole = try Image(contentsOf: path).resized(width: 300, height: 450)
        #expect(small.meanDifference(from: whole) < 3)
    }
}
