import Foundation
import SaccadeFiles
import SaccadeImages
import Testing

/// TIFFs of all kinds, as images and as stacks.
@Suite struct TIFFTests {
    @Test("the fixtures are there")
    func fixtures() { #expect(TIFFFixture.all.count > 100) }

    @Test("decodes to the expected pixels", arguments: TIFFFixture.all)
    func pixels(fixture: TIFFFixture) throws {
        let image = try Image(contentsOf: fixture.path)
        let expected = try fixture.image()
        // What JPEG and YCbCr lose; elsewhere not even a level.
        let tolerance = fixture.name.hasPrefix("lossy") ? 12 : 0
        #expect(image.worstDifference(from: expected) <= tolerance)
        #expect(image.meanDifference(from: expected) <= Double(tolerance) / 6)
        #expect(try Image(decoding: fixture.bytes(), name: fixture.name) == image)
        for header in [
            try ImageHeader(contentsOf: fixture.path), try ImageHeader(decoding: fixture.bytes(), name: fixture.name),
        ] {
            #expect(header.format == .tiff && header.size == image.size && header.channels == image.channels)
        }
    }

    @Test("every page has its size, image and values", arguments: TIFFFixture.all)
    func stacks(fixture: TIFFFixture) throws {
        let stack = try TIFFStack(contentsOf: fixture.path)
        #expect(stack.count == fixture.pages ?? fixture.values?.count ?? 1)
        #expect(try stack.page(at: 0) == Image(contentsOf: fixture.path))
        for index in 0..<stack.count {
            let image = try stack.page(at: index)
            #expect(image.size == stack.size(at: index))
            if let size = fixture.sizes?[index] { #expect([image.width, image.height] == size) }
            #expect(image.channels == 1 || !stack.isGrey(at: index))
            guard let values = fixture.values?[index] else { continue }
            #expect(try stack.exactValues(at: index) == values)
            #expect(try stack.values(at: index) == values.map { Float($0) })
        }
        // From memory as from disk, and from the last page to the first.
        let other = try TIFFStack(decoding: fixture.bytes(), name: fixture.name)
        #expect(other.count == stack.count)
        for index in (0..<stack.count).reversed() { #expect(try other.page(at: index) == stack.page(at: index)) }
    }

    @Test("the size of a pixel is told by TIFF, ImageJ or OME", arguments: TIFFFixture.all)
    func pixelSize(fixture: TIFFFixture) throws {
        let size = try TIFFStack(contentsOf: fixture.path).pixelSize
        guard let expected = fixture.pixelSize else {
            // One pixel for a unit that is none, as tifffile has it without being told.
            #expect(size == nil)
            return
        }
        let found = try #require(size)
        #expect(abs(found.width / expected[0]! - 1) < 1e-6 && abs(found.height / expected[1]! - 1) < 1e-6)
        #expect((found.depth == nil) == (expected[2] == nil))
        if let depth = found.depth, let z = expected[2] { #expect(abs(depth / z - 1) < 1e-6) }
    }

    @Test("a microsign of Latin-1, and entities of XML, are micrometres")
    func microsigns() throws {
        func size(_ description: [UInt8]) throws -> PhysicalPixelSize? {
            let bytes = TIFFBuilder.file(
                width: 1, height: 1, [9],
                [(270, 2, description.map(Int.init) + [0]), (282, 5, [4, 1]), (283, 5, [8, 1])])
            return try TIFFStack(decoding: bytes, name: "some.tif").pixelSize
        }
        #expect(try size(Array("ImageJ=1.54f\nunit=".utf8) + [0xB5] + Array("m\n".utf8))?.width == 0.25)
        #expect(try size(Array("ImageJ=1.54f\nunit=µm\nspacing=-1\n".utf8))?.depth == nil)
        #expect(try size(Array("ImageJ=1.54f\nunit=furlong\n".utf8)) == nil)
        let pixels = "<OME><Pixels ID='a' PhysicalSizeX='2' PhysicalSizeXUnit='&#181;m' PhysicalSizeY = \"3\"/>"
        #expect(try size(Array(pixels.utf8)) == PhysicalPixelSize(width: 2, height: 3))
        #expect(try size(Array("<OME><Pixels PhysicalSizeX='2' PhysicalSizeXUnit='pixel'/>".utf8))?.width == 6350)
    }

    @Test("numbers without a scale fill it: a page of one value is black, of ones white")
    func scale() throws {
        func level(_ pattern: UInt32, _ format: Int, _ photometric: Int = 1) throws -> UInt8 {
            let data = (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * $0)) }
            let bytes = TIFFBuilder.file(
                width: 1, height: 1, data, [(258, 3, [32]), (262, 3, [photometric]), (339, 3, [format])])
            return try Image(decoding: bytes, name: "some.tif")[0, 0]
        }
        #expect(try level(Float(1).bitPattern, 3) == 255)
        #expect(try level(Float(0.5).bitPattern, 3) == 128)
        #expect(try level(Float(0.5).bitPattern, 3, 0) == 127)
        #expect(try level(Float(7).bitPattern, 3) == 0)
        #expect(try level(Float.greatestFiniteMagnitude.bitPattern, 3) == 0)
        #expect(try level(77, 1) == 0)
    }

    @Test("numbers of classes stay what they are, in samples of any depth")
    func numbers() throws {
        let folder = try TemporaryFolder()
        func numbers(_ data: [UInt8], _ changes: [TIFFBuilder.Entry]) throws -> [UInt8] {
            let path = folder.file("mask.tif")
            try Data(TIFFBuilder.file(width: 2, height: 1, data, changes)).write(to: URL(filePath: path))
            return try Image(numbersIn: path).pixels
        }
        let palette = [Int](repeating: 300, count: 768)
        #expect(try numbers([7, 255], []) == [7, 255])
        #expect(try numbers([7, 255], [(262, 3, [3]), (320, 3, palette)]) == [7, 255])
        #expect(try numbers([7, 0, 255, 0], [(258, 3, [16])]) == [7, 255])
        #expect(try numbers([7, 0, 0, 0, 255, 0, 0, 0], [(258, 3, [32]), (339, 3, [2])]) == [7, 255])
        #expect(try numbers([0, 0, 0xE0, 0x40, 0, 0, 0, 0], [(258, 3, [32]), (339, 3, [3])]) == [7, 0])
        #expect(throws: FileError.self) { try numbers([7, 0, 0, 1], [(258, 3, [16])]) }
        #expect(throws: FileError.self) { try numbers([7, 255], [(339, 3, [2])]) }
        #expect(throws: FileError.self) { try numbers([0, 0, 0, 0x3F, 0, 0, 0, 0], [(258, 3, [32]), (339, 3, [3])]) }
        #expect(try Image(numbersIn: Fixture.path("rgb8.tif", in: "tiff")).channels == 3)
    }

    @Test("four grey pixels may share their colour")
    func subsampled() throws {
        let bytes = TIFFBuilder.file(
            width: 2, height: 2, [10, 200, 90, 255, 128, 128],
            [(258, 3, [8, 8, 8]), (262, 3, [6]), (277, 3, [3]), (530, 3, [2, 2])])
        let image = try Image(decoding: bytes, name: "some.tif")
        let expected: [UInt8] = [10, 10, 10, 200, 200, 200, 90, 90, 90, 255, 255, 255]
        #expect(image == Image(width: 2, height: 2, channels: 3, pixels: expected))
    }

    @Test("slices behind the first 4 GB of a file are read where they are")
    func large() throws {
        let (width, height, slices) = (4096, 2048, 300)
        let description = "ImageJ=1.54f\nimages=\(slices)\nslices=\(slices)\n".utf8.map(Int.init) + [0]
        let page = width * height * 2
        var builder = TIFFBuilder()
        builder.append(
            TIFFBuilder.grey(
                width: width, height: height, place: 1000, length: page, [(258, 3, [16]), (270, 2, description)]))
        let folder = try TemporaryFolder()
        let path = folder.file("large.tif")
        try Data(builder.bytes).write(to: URL(filePath: path))
        // What is never written takes no room on the disk.
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.truncate(atOffset: UInt64(1000 + page * slices))
        try file.seek(toOffset: UInt64(1000 + page * (slices - 1)))
        try file.write(contentsOf: [0x39, 0x30])
        try file.close()
        let stack = try TIFFStack(contentsOf: path)
        #expect(stack.count == slices && stack.size(at: slices - 1) == PixelSize(width: width, height: height))
        let (last, before) = (try stack.values(at: slices - 1), try stack.values(at: slices - 2))
        #expect(last[0] == 12_345 && last[1...].allSatisfy { $0 == 0 } && before.allSatisfy { $0 == 0 })
        #expect(try Image(contentsOf: path).size == PixelSize(width: width, height: height))
    }

    @Test("pages that differ are told apart")
    func uniform() throws {
        let mixed = try TIFFStack(decoding: TIFFFixture.bytes("mixed.tif"), name: "mixed.tif")
        #expect(!mixed.hasUniformPages)
        #expect(
            (0..<4).map(mixed.kind) == [
                "8-bit unsigned grey", "16-bit unsigned grey", "8-bit unsigned grey", "8-bit unsigned colour",
            ])
        #expect(throws: FileError.self) { try mixed.values(at: 3) }
        #expect(
            refusal { () throws(FileError) in try mixed.requireUniformPages() }
                == "mixed.tif: its pages are not alike: page 2 is 16-bit unsigned grey where page 1 is 8-bit unsigned "
                + "grey; split it into files of pages that are.")
        var builder = TIFFBuilder()
        builder.append(TIFFBuilder.grey(width: 2, height: 3, place: 8, length: 6), next: nil)
        builder.append(TIFFBuilder.grey(width: 3, height: 2, place: 8, length: 6))
        let sizes = try TIFFStack(decoding: builder.bytes, name: "sizes.tif")
        #expect(
            refusal { () throws(FileError) in try sizes.requireUniformPages() }
                == "sizes.tif: its pages are not alike: page 2 has 3×2 pixels where page 1 has 2×3; "
                + "split it into files of pages that are.")
        let alike = try TIFFStack(decoding: TIFFFixture.bytes("slices16.tif"), name: "slices16.tif")
        #expect(alike.hasUniformPages)
        try alike.requireUniformPages()
    }

    @Test("pages are decoded by several tasks at once")
    func concurrent() async throws {
        let fixture = try #require(TIFFFixture.all.first { $0.name == "stack5.tif" })
        let stack = try TIFFStack(contentsOf: fixture.path)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<200 {
                group.addTask { (try? stack.exactValues(at: task % 5)) == fixture.values?[task % 5] }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    private func refusal(_ body: () throws(FileError) -> Void) -> String? {
        do throws(FileError) {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
