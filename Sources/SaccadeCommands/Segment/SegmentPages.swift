import Foundation
import SaccadeFiles
import SaccadeImages

/// One image to segment: a file's only one, or a page of a stack.
struct SegmentPage: Sendable {
    let path: String
    /// Counted from 1; nil of a file of one image.
    let page: Int?
    /// How large a pixel is in the world, where the file tells.
    let pixelSize: PhysicalPixelSize?
    private let stack: TIFFStack?

    /// What to call it.
    var name: String { page.map { "\(path), page \($0)" } ?? path }

    func image() throws(FileError) -> Image {
        guard let stack else { return try Image(contentsOf: path) }
        return try stack.page(at: (page ?? 1) - 1)
    }

    /// The images of a file: of a TIFF all pages, each decoded when it is asked for.
    ///
    /// - Parameter note: Told in one line what is odd about them.
    static func all(of path: String, note: (String) -> Void) throws(FileError) -> [SegmentPage] {
        guard ImageFormat(magic: try RegularFile.beginning(of: path, count: 16)) == .tiff else {
            return [SegmentPage(path: path, page: nil, pixelSize: nil, stack: nil)]
        }
        let stack = try TIFFStack(contentsOf: path)
        do throws(FileError) { try stack.requireUniformPages() } catch {
            note("\(path): \(error.reason); each is segmented in its own size.")
        }
        return (0..<stack.count).map {
            SegmentPage(path: path, page: stack.count > 1 ? $0 + 1 : nil, pixelSize: stack.pixelSize, stack: stack)
        }
    }
}
