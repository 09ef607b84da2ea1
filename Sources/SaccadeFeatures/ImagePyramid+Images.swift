import CSaccadeThreads
import SaccadeImages

extension ImagePyramid {
    /// Hands on the images at some levels, in their order. As many are resized at once as there are threads, unless they are
    /// very large.
    func forEachImage(at levels: [Level], _ body: (Level, Image) throws -> Void) rethrows {
        var next = 0
        while next < levels.count {
            let size = levels[next].size
            let few = max(Self.mostPixelsAtOnce / (size.width * size.height), 1)
            let batch = levels[next..<min(next + min(few, Int(saccade_threads_count())), levels.count)]
            for (level, image) in zip(batch, images(at: Array(batch))) { try body(level, image) }
            next += batch.count
        }
    }

    private static var mostPixelsAtOnce: Int { 1 << 25 }

    private func images(at levels: [Level]) -> [Image] {
        if levels.count == 1 { return [image(at: levels[0])] }
        return [Image](unsafeUninitializedCapacity: levels.count) { images, count in
            let target = images.baseAddress!
            withoutActuallyEscaping({ (index: Int) in (target + index).initialize(to: image(at: levels[index])) }) {
                body in
                withUnsafePointer(to: body) { context in
                    saccade_threads_for(levels.count, 1, UnsafeMutableRawPointer(mutating: context)) {
                        context, begin, end in
                        // The pointer made above, which lives until all threads are done.
                        let body = context.unsafelyUnwrapped.assumingMemoryBound(to: ((Int) -> Void).self).pointee
                        for index in begin..<end { body(index) }
                    }
                }
            }
            count = levels.count
        }
    }
}
