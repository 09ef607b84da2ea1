import SaccadeFiles
import Testing

@Suite struct FileLockTests {
    @Test("one at a time, and the next when it is gone")
    func exclusive() throws {
        let folder = try TemporaryFolder()
        func isFree() throws -> Bool {
            guard let lock = try FileLock(at: folder.file("lock")) else { return false }
            _ = consume lock
            return true
        }
        do {
            let lock = try FileLock(at: folder.file("lock"))
            #expect(try !isFree())
            _ = consume lock
        }
        #expect(try isFree())
        #expect(try isFree())
    }

    @Test("who looks whether a file is held does not take it")
    func looking() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("lock")
        #expect(!FileLock.isHeld(at: path))
        let lock = try FileLock(at: path)
        #expect(FileLock.isHeld(at: path) && FileLock.isHeld(at: path))
        _ = consume lock
        #expect(!FileLock.isHeld(at: path))
        let next = try FileLock(at: path, attempts: 3)
        #expect(FileLock.isHeld(at: path))
        _ = consume next
    }

    @Test("a folder that is not there is an error")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { _ = try FileLock(at: folder.file("no/lock")) }
    }
}
