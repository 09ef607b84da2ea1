import Foundation
import SaccadeFiles

/// A folder that appears when all of it is written, or not at all.
///
/// Files go to a hidden folder beside it, are brought onto the disk one by one, and then get their names in one step.
struct StagedFolder {
    /// Where the files are going to be.
    let path: String
    private let staging: String
    private var subfolders: Set<String> = []
    private var files: FileManager { .default }

    /// - Throws: ``FileError`` when something is at `path` that is not an empty folder.
    init(for path: String) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(
                .unwritable, path: "(no name)", reason: "cannot be a folder's name", remedy: "give another one")
        }
        self.path = path
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let (parent, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
        staging = "\(parent)/.\(name).unfinished"
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw FileError(.unwritable, path: path, reason: "is a file", remedy: "give the name of a new folder")
            }
            guard let contents = try? files.contentsOfDirectory(atPath: path) else {
                throw FileError(.unwritable, path: path, reason: "cannot be listed", remedy: "check its permissions")
            }
            guard contents.isEmpty else {
                throw FileError(
                    .unwritable, path: path, reason: "has other contents, which would be mixed up",
                    remedy: "give the name of a new folder"
                )
            }
        }
        guard !files.fileExists(atPath: staging) else {
            throw FileError(
                .unwritable, path: staging,
                reason: "is left from a run that was stopped, or another run is writing it", remedy: "delete it")
        }
        do {
            try files.createDirectory(atPath: staging, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: path,
                reason: "cannot be created (\(Self.reason(error)))", remedy: "check the folder that it is to be in")
        }
    }

    /// Writes a file; folders on the way are made.
    mutating func write(_ bytes: [UInt8], to name: String) throws(FileError) {
        let file = try stream(to: name)
        try file.write(bytes)
        try file.finish()
    }

    mutating func write(_ text: String, to name: String) throws(FileError) {
        try write([UInt8](text.utf8), to: name)
    }

    /// Opens a file to be written piece by piece.
    mutating func stream(to name: String) throws(FileError) -> StagedFile {
        try makeFolder(of: name)
        return try StagedFile("\(staging)/\(name)", named: "\(path)/\(name)")
    }

    private mutating func makeFolder(of name: String) throws(FileError) {
        if let slash = name.lastIndex(of: "/"), subfolders.insert(String(name[..<slash])).inserted {
            do {
                try files.createDirectory(atPath: "\(staging)/\(name[..<slash])", withIntermediateDirectories: true)
            } catch {
                throw FileError(
                    .unwritable, path: "\(path)/\(name[..<slash])",
                    reason: "cannot be created (\(Self.reason(error)))", remedy: "check the disk")
            }
        }
    }

    /// Takes a file from elsewhere, byte for byte or as a symbolic link to it; folders on the way are made.
    ///
    /// - Returns: Whether it is there.
    mutating func take(_ path: String, to name: String, isLinked: Bool) throws(FileError) -> Bool {
        guard files.fileExists(atPath: path) else { return false }
        try makeFolder(of: name)
        do {
            if isLinked {
                let target = URL(fileURLWithPath: path).standardizedFileURL.path
                try files.createSymbolicLink(atPath: "\(staging)/\(name)", withDestinationPath: target)
            } else {
                try files.copyItem(atPath: path, toPath: "\(staging)/\(name)")
            }
        } catch {
            throw FileError(
                .unwritable, path: "\(self.path)/\(name)",
                reason: "\(path) cannot be put here (\(Self.reason(error)))", remedy: "check the disk")
        }
        return true
    }

    /// Gives the files their place.
    func publish() throws(FileError) {
        do {
            if files.fileExists(atPath: path) {
                // An empty folder may be somebody's current one: it is filled, not replaced.
                for name in try files.contentsOfDirectory(atPath: staging).sorted() {
                    try files.moveItem(atPath: "\(staging)/\(name)", toPath: "\(path)/\(name)")
                }
                try files.removeItem(atPath: staging)
            } else {
                try files.moveItem(atPath: staging, toPath: path)
            }
        } catch {
            throw FileError(
                .unwritable, path: path,
                reason: "cannot get its contents (\(Self.reason(error)))", remedy: "take them from \(staging)")
        }
    }

    /// Removes what was written so far.
    func discard() { try? files.removeItem(atPath: staging) }

    fileprivate static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let system = underlying, system.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
        return String(cString: strerror(Int32(system.code)))
    }
}

/// One file of a staged folder.
struct StagedFile {
    private let handle: FileHandle
    private let name: String

    fileprivate init(_ path: String, named name: String) throws(FileError) {
        self.name = name
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw FileError(
                .unwritable, path: name, reason: "cannot be created", remedy: "check the disk and its permissions")
        }
        self.handle = handle
    }

    func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw failure(error)
        }
    }

    func write(_ text: String) throws(FileError) { try write(text.utf8) }

    /// Brings all of it onto the disk.
    func finish() throws(FileError) {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> FileError {
        FileError(
            .unwritable, path: name, reason: "cannot be written (\(StagedFolder.reason(error)))",
            remedy: "free some space on that disk")
    }
}
