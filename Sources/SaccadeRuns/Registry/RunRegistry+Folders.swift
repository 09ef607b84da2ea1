import Foundation
public import SaccadeFiles
public import SaccadeTraining

extension RunRegistry {
    /// Enters every run below some folders.
    ///
    /// - Parameters:
    ///   - folders: Each is a run itself or holds runs, at most `depth` folders down.
    ///   - depth: How far to look.
    /// - Returns: The folders of the runs that were found, and what is wrong with others that look like runs.
    /// - Throws: `FileError` when a folder cannot be read, or the registry not be written.
    public func scan(
        _ folders: [String], depth: Int = 4
    ) throws(FileError) -> (found: [String], problems: [RunError]) {
        var found: [String] = []
        var problems: [RunError] = []
        for folder in folders {
            for run in try Self.runs(below: folder, depth: depth) {
                let summary: RunSummary
                do throws(RunError) { summary = try RunSummary(of: run) } catch {
                    problems.append(error)
                    continue
                }
                try enter(summary)
                found.append(summary.folder)
            }
        }
        return (found, problems)
    }

    /// Looks into the folders again where they may have changed, enters what has become of the runs, and gives all of
    /// them, the one that something last became of first.
    ///
    /// - Parameter folders: Folders of runs that need not have been entered yet; those that are not there do not count.
    public func refreshed(with folders: [String] = []) throws(FileError) -> [RunEntry] {
        var known = Dictionary(try entries().map { ($0.folder, $0) }) { first, _ in first }
        for folder in folders where Path(folder).exists {
            for run in try Self.runs(below: folder, depth: 1) {
                let path = RunSummary.absolute(run)
                if known[path] == nil, let summary = try? RunSummary(of: path) {
                    try enter(summary)
                    known[path] = RunEntry(summary, stamp: RunEntry.stamp(of: path))
                }
            }
        }
        for (folder, var entry) in known {
            guard Path("\(folder)/run.json").exists else {
                entry.state = .gone
                known[folder] = entry
                continue
            }
            let isRunning = RunFolder.isBeingTrained(folder)
            guard entry.stamp != RunEntry.stamp(of: folder) || isRunning != (entry.state == .running) else { continue }
            guard let summary = try? RunSummary(of: folder) else { continue }
            try enter(summary)
            // A page that was written while the run lived says so until somebody finds out.
            if entry.state == .running, summary.state == .killed { try? RunReport(summary).write() }
            known[folder] = RunEntry(summary, stamp: RunEntry.stamp(of: folder))
        }
        return known.values.sorted { ($1.lastActive, $0.folder) < ($0.lastActive, $1.folder) }
    }

    /// The folders that hold a `run.json`, sorted; a run within a run's folder is not looked for.
    private static func runs(below folder: String, depth: Int) throws(FileError) -> [String] {
        let names = try FolderContents.names(in: folder)
        if names.contains("run.json") { return [folder] }
        guard depth > 0 else { return [] }
        var found: [String] = []
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
            // Links are not followed: they may lead round in circles.
            guard type == .typeDirectory else { continue }
            // What may not be read holds no runs of ours.
            found += (try? runs(below: path, depth: depth - 1)) ?? []
        }
        return found
    }
}
