import Foundation

/// A folder that appears when all of it is written, or not at all.
///
/// Files go to a hidden folder beside it, are brought onto the disk one by one, and then get their names in one step.
struct StagedFolder {
    /// Where the files are going to be.
    let path: String
    private let staging: String
    private var subfolders: Set<String> = []
    private var files: FileManager { .default }

    /// - Throws: ``SceneExportError`` when something is at `path` that is not an empty folder.
    init(for path: String) throws(SceneExportError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw SceneExportError(.unwritable, path: "(no name)", "cannot be a folder's name; give another one.")
        }
        self.path = path
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let (parent, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
        staging = "\(parent)/.\(name).unfinished"
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw SceneExportError(.occupied, path: path, "is a file; give the name of a new folder.")
            }
            guard let contents = try? files.contentsOfDirectory(atPath: path) else {
                throw SceneExportError(.unwritable, path: path, "cannot be listed; check its permissions.")
            }
            guard contents.isEmpty else {
                throw SceneExportError(
                    .occupied, path: path, "has other contents, which would be mixed up; give the name of a new folder."
                )
            }
        }
        guard !files.fileExists(atPath: staging) else {
            throw SceneExportError(
                .occupied, path: staging,
                "is left from a run that was stopped, or another run is writing it; delete it.")
        }
        do {
            try files.createDirectory(atPath: staging, withIntermediateDirectories: true)
        } catch {
            throw SceneExportError(
                .unwritable, path: path,
                "cannot be created (\(Self.reason(error))); check the folder that it is to be in.")
        }
    }

    /// Writes a file; folders on the way are made.
    mutating func write(_ bytes: [UInt8], to name: String) throws(SceneExportError) {
        let file = try stream(to: name)
        try file.write(bytes)
        try file.finish()
    }

    mutating func write(_ text: String, to name: String) throws(SceneExportError) {
        try write([UInt8](text.utf8), to: name)
    }

    /// Opens a file to be written piece by piece.
    mutating func stream(to name: String) throws(SceneExportError) -> StagedFile {
        if let slash = name.lastIndex(of: "/"), subfolders.insert(String(name[..<slash])).inserted {
            do {
                try files.createDirectory(atPath: "\(staging)/\(name[..<slash])", withIntermediateDirectories: true)
            } catch {
                throw SceneExportError(
                    .unwritable, path: "\(path)/\(name[..<slash])",
                    "cannot be created (\(Self.reason(error))); check the disk.")
            }
        }
        return try StagedFile("\(staging)/\(name)", named: "\(path)/\(name)")
    }

    /// Gives the files their place.
    func publish() throws(SceneExportError) {
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
            throw SceneExportError(
                .unwritable, path: path,
                "cannot get its contents (\(Self.reason(error))); they are in \(staging).")
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

    fileprivate init(_ path: String, named name: String) throws(SceneExportError) {
        self.name = name
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw SceneExportError(.unwritable, path: name, "cannot be created; check the disk and its permissions.")
        }
        self.handle = handle
    }

    func write(_ bytes: some Sequence<UInt8>) throws(SceneExportError) {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw failure(error)
        }
    }

    func write(_ text: String) throws(SceneExportError) { try write(text.utf8) }

    /// Brings all of it onto the disk.
    func finish() throws(SceneExportError) {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> SceneExportError {
        SceneExportError(
            .unwritable, path: name, "cannot be written (\(StagedFolder.reason(error))); free some space on that disk.")
    }
}
