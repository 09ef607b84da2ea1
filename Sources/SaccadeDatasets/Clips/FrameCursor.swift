import SaccadeFiles
import SaccadeImages
import SaccadeVideo

/// Goes from picture to picture without decoding more than it has to.
protocol FrameCursor: AnyObject {
    /// Goes to the next picture: when it is shown, and for how long; nothing at the end.
    func advance() throws(FileError) -> (time: Duration, duration: Duration)?
    /// The picture that was reached.
    func image() throws(FileError) -> Image
    /// What keeps the film from being whole, as far as it has been read.
    var problem: FileError? { get }
}

extension VideoReader: FrameCursor {}

/// Image files as a film.
final class ImageFiles: FrameCursor {
    private let paths: [String]
    private let rate: Double
    private var number = -1

    init(_ paths: [String], rate: Double) { (self.paths, self.rate) = (paths, rate) }

    var problem: FileError? { nil }

    func advance() -> (time: Duration, duration: Duration)? {
        guard number + 1 < paths.count else { return nil }
        number += 1
        return (time(number), time(number + 1) - time(number))
    }

    private func time(_ number: Int) -> Duration { .nanoseconds(Int64((Double(number) / rate * 1e9).rounded())) }

    func image() throws(FileError) -> Image { try Image(contentsOf: paths[number]) }
}
