import SaccadeFiles
import SaccadeImages
import Testing

/// TIFFs that are damaged, or were made to do harm.
@Suite struct TIFFBadInputTests {
    @Test("every beginning of a file is refused, or the whole page is there", arguments: TIFFFixture.all)
    func cutShort(fixture: TIFFFixture) throws {
        let bytes = try fixture.bytes()
        let whole = try Image(contentsOf: fixture.path)
        // Whether a file ends with what its first page needs is up to who wrote it: not where others follow.
        var refused = 0
        for count in 3..<bytes.count {
            do throws(FileError) {
                let image = try Image(decoding: Array(bytes.prefix(count)), name: "a.tif")
                #expect(image == whole, "\(count) bytes of \(bytes.count)")
            } catch {
                #expect(error.code == .truncated, "\(count) bytes of \(bytes.count): \(error)")
                refused += 1
            }
            if count % 7 == 0 { _ = tryStack(Array(bytes.prefix(count))) }
        }
        #expect(refused > 140)
    }

    @Test("a stack that is cut short is refused, or keeps its pages", arguments: ["stack5.tif", "slices16.tif"])
    func cutStack(name: String) throws {
        let bytes = try TIFFFixture.bytes(name)
        // tifffile's last two numbers are a resolution that tells nothing.
        for count in 8..<(bytes.count - 16) {
            let found = tryStack(Array(bytes.prefix(count)))
            #expect(found?.code == .truncated, "\(count) bytes of \(bytes.count): \(found?.description ?? "opened")")
        }
        #expect(tryStack(bytes) == nil)
    }

    @Test("damaged stacks are opened or refused")
    func fuzz() throws {
        let originals = try TIFFFixture.all.map { try $0.bytes() }
        var generator = Fuzz.Generator(state: 5)
        var (opened, refused) = (0, 0)
        for _ in 0..<(FuzzTests.wanted ?? 5_000) {
            var bytes = originals.randomElement(using: &generator)!
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                Fuzz.mutate(&bytes, originals.randomElement(using: &generator)!, &generator)
            }
            if tryStack(bytes) == nil { opened += 1 } else { refused += 1 }
        }
        #expect(opened > 100 && refused > 1000, "\(opened) opened, \(refused) refused")
    }

    @Test("pages that lead in a circle, or to no end, are refused")
    func circles() throws {
        func file(_ second: Int) -> [UInt8] {
            var builder = TIFFBuilder()
            builder.append(TIFFBuilder.grey(width: 1, height: 1, place: 8, length: 1), next: nil)
            builder.append(TIFFBuilder.grey(width: 1, height: 1, place: 8, length: 1), next: second)
            return builder.bytes
        }
        let second = 8 + 2 + 9 * 12 + 4
        #expect(tryStack(file(0)) == nil)
        for place in [8, second] { #expect(reason(file(place)).contains("page 3: it is an earlier page again")) }
        #expect(tryStack(file(1_000_000))?.code == .truncated)
        // The image is the first page, whatever comes behind.
        #expect(throws: Never.self) { try Image(decoding: file(8), name: "a.tif") }

        var builder = TIFFBuilder()
        for _ in 0..<65_536 {
            builder.append(TIFFBuilder.grey(width: 1, height: 1, place: 8, length: 1), next: nil)
        }
        builder.append(TIFFBuilder.grey(width: 1, height: 1, place: 8, length: 1))
        #expect(tryStack(builder.bytes)?.code == .tooLarge)
    }

    @Test("absurd sizes and counts are refused before memory is taken for them")
    func absurd() {
        func error(_ width: Int, _ height: Int, _ changes: [TIFFBuilder.Entry] = []) -> FileError? {
            imageError(TIFFBuilder.file(width: width, height: height, [1, 2, 3, 4], changes))
        }
        #expect(error(2, 2) == nil)
        #expect(error(0, 2)?.code == .malformed)
        #expect(error(2, 0xFFFF_FFFF)?.code == .malformed)
        #expect(error(0x7FFF_FFFF, 0x7FFF_FFFF)?.code == .tooLarge)
        #expect(error(100_001, 1000)?.code == .tooLarge)
        #expect(error(10_000, 10_000)?.code == .truncated)
        #expect(error(2, 2, [(256, 4, [])])?.reason.contains("size is not told") == true)
        // Strips that are not there, have no length or lie elsewhere.
        #expect(error(2, 4, [(278, 4, [1])])?.reason.contains("4 parts") == true)
        #expect(error(1, 50_000_000, [(278, 4, [1])])?.code == .malformed)
        #expect(error(2, 2, [(273, 4, [])])?.code == .malformed)
        #expect(error(2, 2, [(273, 4, [100_000])])?.code == .truncated)
        #expect(error(2, 2, [(279, 4, [5])])?.code == .truncated)
        // How long one uncompressed strip is, follows from the size: libtiff does not need to be told.
        for length in [[], [0], [1]] { #expect(error(2, 2, [(279, 4, length)]) == nil) }
        #expect(error(2, 2, [(278, 4, [0xFFFF_FFFF])]) == nil)
        // Tiles as large as they can be told.
        for side in [0x7FFF_FFFF, 0x10_0000, 0xFFFF_FFFF] {
            let tiles: [TIFFBuilder.Entry] = [(322, 4, [side]), (323, 4, [side]), (324, 4, [8]), (325, 4, [4])]
            #expect(error(2, 2, tiles)?.code == .malformed)
        }
        #expect(error(2, 2, [(277, 3, [60_000])])?.code == .unsupported)
        #expect(error(2, 2, [(277, 3, [0])])?.code == .malformed)
    }

    @Test(
        "rare kinds are refused by name",
        arguments: [
            (259, [34887], "LERC"), (259, [6], "JPEG as before 1995"), (259, [12345], "number 12345"),
            (258, [24], "24-bit unsigned grey"), (262, [32803], "number 32803"), (262, [4], "number 4"),
            (339, [6], "differ in kind"), (277, [3], "3 channels"), (262, [6], "number 6"), (262, [8], "Lab"),
        ])
    func rare(tag: Int, values: [Int], named: String) {
        let found = imageError(TIFFBuilder.file(width: 1, height: 1, [1, 2, 3, 4], [(tag, 3, values)]))
        #expect(found?.code == .unsupported && found?.reason.contains(named) == true, "\(found?.reason ?? "opened")")
    }

    @Test("what is not a number has no grey", arguments: [Float.nan, .infinity, -.infinity])
    func notANumber(value: Float) throws {
        let data = (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        let bytes = TIFFBuilder.file(width: 1, height: 1, data, [(258, 3, [32]), (339, 3, [3])])
        #expect(
            imageError(bytes)?.description
                == "a.tif: has pixels that are not numbers, or infinite; put numbers in their place first.")
        // Somebody may want to know where they are.
        let values = try TIFFStack(decoding: bytes, name: "a.tif").values(at: 0)
        #expect(values[0].isNaN == value.isNaN && !values[0].isFinite)
    }

    @Test(
        "compressed pixels that end early never leave a part of the page grey",
        arguments: ["lossy_jpeg.tif", "lossy_jpeg_tiles.tif", "zlib.tif", "fax_group4.tif", "lzma.tif"])
    func cutStrips(name: String) throws {
        // A strip says that it is shorter than it is: the file is whole, its data are not.
        let bytes = try TIFFFixture.bytes(name)
        let tags: [[UInt8]] = [[0x17, 0x01], [0x45, 0x01]]  // the lengths of strips and of tiles
        let found = (8..<(bytes.count - 12)).first { tags.contains(Array(bytes[$0..<($0 + 2)])) }
        let lengths = try #require(found)
        let count = Int(bytes[lengths + 4]) | Int(bytes[lengths + 5]) << 8
        let size = bytes[lengths + 2] == 3 ? 2 : 4
        let inside = count * size <= 4
        let place = inside ? lengths + 8 : Int(bytes[lengths + 8]) | Int(bytes[lengths + 9]) << 8
        let length = Int(bytes[place]) | Int(bytes[place + 1]) << 8
        let whole = try Image(decoding: bytes, name: name)
        for shorter in 1..<length {
            var cut = bytes
            cut[place] = UInt8(shorter & 255)
            cut[place + 1] = UInt8(shorter >> 8)
            // What is behind the last pixel, such as a checksum, need not be there.
            let image = try? Image(decoding: cut, name: name)
            #expect(image == nil || image == whole && shorter > length / 2, "\(shorter) bytes of \(length)")
        }
    }

    @Test("ImageJ's slices that are not all there are missed")
    func missingSlices() throws {
        let bytes = try TIFFFixture.bytes("slices8.tif")
        let found = tryStack(Array(bytes.dropLast()))
        #expect(found?.reason == "is a TIFF cut short (ImageJ wrote 5 slices, and not all are there)")
    }

    @Test("other files are no stacks")
    func others() throws {
        let png = try Image.ramp(width: 3, height: 2, channels: 1).pngData()
        #expect(tryStack(png)?.reason == "is a PNG, which has no stack of pages")
        #expect(tryStack([])?.code == .empty)
        #expect(tryStack([0x49, 0x49])?.code == .truncated)
        #expect(tryStack([0x49, 0x49, 0x2A, 0])?.code == .truncated)
        #expect(reason([0x49, 0x49, 0x2A, 0, 0, 0, 0, 0]).contains("no pages"))
        #expect(throws: FileError.self) { try TIFFStack(contentsOf: "no/such.tif") }
    }

    /// Opens a stack and decodes all of its pages.
    private func tryStack(_ bytes: [UInt8]) -> FileError? {
        do throws(FileError) {
            let stack = try TIFFStack(decoding: bytes, name: "a.tif", pixelLimit: 1 << 16)
            for index in 0..<min(stack.count, 50) {
                _ = try stack.page(at: index)
                if stack.isGrey(at: index) { _ = try stack.values(at: index) }
            }
            return nil
        } catch {
            #expect(error.path == "a.tif")
            return error
        }
    }

    private func imageError(_ bytes: [UInt8]) -> FileError? {
        do throws(FileError) {
            _ = try Image(decoding: bytes, name: "a.tif")
            return nil
        } catch {
            return error
        }
    }

    private func reason(_ bytes: [UInt8]) -> String { tryStack(bytes)?.reason ?? "opened" }
}
