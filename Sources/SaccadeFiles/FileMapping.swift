#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes of a file as memory: they are in the system's cache, and nothing is copied. Nobody may write to them.
///
/// A file that becomes shorter while it is mapped kills whoever touches what is gone (`SIGBUS`), and one that is written to
/// changes what was read. One that another takes the place of, as ``AtomicFile`` does it, hurts nobody.
package final class FileMapping: @unchecked Sendable {  // an address and a length that never change
    /// There for as long as this object lives.
    package let bytes: UnsafeRawBufferPointer
    private let pages: UnsafeMutableRawPointer
    private let length: Int

    /// - Parameter range: Bytes of the file; not empty.
    /// - Returns: `nil` where the system does not map this file, or has mapped too many: then it has to be read.
    /// - Throws: ``FileError`` with the code `truncated` when the file ends before.
    package init?(_ file: borrowing FileDescriptor, _ range: Range<Int>) throws(FileError) {
        guard try range.upperBound <= file.regularFileSize() else { throw .shortened(file.path) }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        length = range.upperBound - start
        let mapped = mmap(nil, length, PROT_READ, MAP_PRIVATE, file.number, off_t(start))
        guard let mapped, mapped != MAP_FAILED else { return nil }
        pages = mapped
        bytes = UnsafeRawBufferPointer(start: mapped + (range.lowerBound - start), count: range.count)
        madvise(pages, length, MADV_WILLNEED)  // a hint: where the disk is slow, all of it is on its way at once
    }

    /// Gives the pages that were read back to the system; who reads again gets them from the file again. For weights that a
    /// plan has copied in its own order: they are at hand for the next one, and meanwhile in nobody's way.
    package func letGo() {
        #if canImport(Darwin)
            // There the advice is for anonymous memory alone.
            msync(pages, length, MS_INVALIDATE)
        #else
            madvise(pages, length, MADV_DONTNEED)
        #endif
    }

    deinit { munmap(pages, length) }
}
