import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeProposals

/// Regions of images as selective search proposes them, which are searched for once and then kept in files: the search of
/// a photograph takes as long as a network takes to look at it many times.
///
/// A file has four float32 numbers for each box, x1, y1, x2 and y2 in pixels, and its name is what it depends on: the
/// image's bytes and the search.
struct RegionCache: RegionProposing {
    private let search: SelectiveSearch
    private let folder: String

    init(_ search: SelectiveSearch, folder: String = UserCache.folder("proposals")) {
        (self.search, self.folder) = (search, folder)
    }

    func proposals(forImageAt path: String) throws(FileError) -> Boxes {
        let bytes = try RegularFile.contents(of: path, limit: 1 << 30)
        let file = "\(folder)/\(Self.name(of: bytes, search)).boxes"
        if let kept = kept(in: file) { return kept }
        let image = try Image(contentsOf: path)
        let found: [Box]
        do throws(ProposalError) {
            found = try search.proposals(in: image).boxes
        } catch {
            throw FileError(.tooLarge, path: path, reason: error.description, remedy: "resize it, or leave it out")
        }
        let boxes = Boxes(found)
        keep(boxes, in: file)
        return boxes
    }

    /// FNV-1a of the image's bytes and of what the search is (Fowler, Noll and Vo, 1991).
    private static func name(of bytes: [UInt8], _ search: SelectiveSearch) -> String {
        func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        return String(format: "%016llx-%lld-%016llx", hash(bytes), bytes.count, hash("1 \(search)".utf8))
    }

    /// What a file has; nil where there is none, or none of this kind.
    private func kept(in file: String) -> Boxes? {
        guard let bytes = try? RegularFile.contents(of: file, limit: 1 << 24), bytes.count % 16 == 0 else { return nil }
        let numbers = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        guard numbers.allSatisfy(\.isFinite) else { return nil }
        return Boxes(corners: numbers)
    }

    /// A cache that cannot be written is no reason to stop.
    private func keep(_ boxes: Boxes, in file: String) {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bytes = boxes.corners.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
        try? AtomicFile.write(bytes, to: file)
    }
}

/// Regions that are known already, by the images' files.
struct KnownRegions: RegionProposing {
    let regions: [String: Boxes]

    func proposals(forImageAt path: String) throws(FileError) -> Boxes {
        guard let boxes = regions[path] else {
            throw FileError(
                .missing, path: path, reason: "nobody proposed regions for it", remedy: "train with the data set again")
        }
        return boxes
    }
}
