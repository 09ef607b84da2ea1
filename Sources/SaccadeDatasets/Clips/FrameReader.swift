public import SaccadeFiles
import SaccadeImages
public import SaccadeVideo

/// Goes through the pictures of a film that are wanted, in order. One task at a time may use it.
public final class FrameReader {
    /// What keeps the film from being whole, as far as it has been read; the pictures so far are good.
    public var problem: FileError? { cursor.problem }

    private let cursor: any FrameCursor
    private let wanted: Wanted
    /// How many wanted times lie behind.
    private var turn = 0
    private var current: (time: Duration, duration: Duration)?
    private var number = -1
    /// The current picture, for it may be wanted again.
    private var image: Image?

    private enum Wanted {
        case all
        case rate(Double)
        case times([Duration])
    }

    init(_ source: FrameSource, _ sampling: FrameSampling) throws(FileError) {
        sampling.check()
        wanted =
            switch sampling {
            case .all: .all
            case .rate(let rate): .rate(rate)
            case .count(let count): try source.middles(of: count).map(Wanted.times) ?? .all
            }
        cursor = try source.cursor()
    }

    /// The next picture that is wanted, with its own time and its number among all pictures.
    ///
    /// - Returns: Nothing at the end.
    /// - Throws: ``FileError`` where the film cannot be read any further.
    public func next() throws(FileError) -> VideoFrame? {
        if case .all = wanted { return try step() ? try picture() : nil }
        if current == nil, try !step() { return nil }
        guard let target else { return nil }
        while let current, target + Self.slack >= current.time + current.duration {
            guard try step() else { return nil }
        }
        turn += 1
        return try picture()
    }

    /// Times are compared with this to spare, for a third of a second is no whole number of nanoseconds.
    private static let slack = Duration.microseconds(1)

    /// When the next wanted picture is shown; nothing when all were.
    private var target: Duration? {
        switch wanted {
        case .all: nil
        case .rate(let rate): .seconds(Double(turn) / rate)
        case .times(let times): turn < times.count ? times[turn] : nil
        }
    }

    private func step() throws(FileError) -> Bool {
        current = try cursor.advance()
        number += 1
        image = nil
        return current != nil
    }

    private func picture() throws(FileError) -> VideoFrame? {
        guard let current else { return nil }
        let picture = if let image { image } else { try cursor.image() }
        image = picture
        return VideoFrame(image: picture, time: current.time, duration: current.duration, number: number)
    }
}

extension FrameSource {
    /// The middles of `count` equal parts of the film; nothing where it has no more pictures than that.
    fileprivate func middles(of count: Int) throws(FileError) -> [Duration]? {
        let length = try length()
        guard length.count > count else { return nil }
        return (0..<count).map { length.duration * (2 * $0 + 1) / (2 * count) }
    }
}
