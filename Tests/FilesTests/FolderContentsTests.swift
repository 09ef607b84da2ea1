import Foundation
import SaccadeFiles
import Testing

@Suite struct FolderContentsTests {
    @Test("names come in the order of their bytes, hidden ones too")
    func order() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "é", "B", "a10", "a9", ".hidden", "z", "a"] { try folder.write([], to: name) }
        try FileManager.default.createDirectory(atPath: folder.file("c"), withIntermediateDirectories: false)
        #expect(
            try FolderContents.names(in: folder.path) == [".hidden", "B", "a", "a10", "a9", "b", "c", "z", "é"])
    }

    @Test("what is no folder, or cannot be listed, is refused")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "file")
        func code(_ path: String) -> FileError.Code? {
            #expect(throws: FileError.self) { try FolderContents.names(in: path) }?.code
        }
        #expect(code(folder.file("nothing")) == .missing)
        #expect(code(folder.file("file")) == .missing)
        #expect(code("\(folder.path)\0") == .missing)
        #expect(code("") == .missing)
    }
}
