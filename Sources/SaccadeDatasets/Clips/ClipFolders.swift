import SaccadeFiles

/// A folder for each class, with videos (`CLASS/clip.mp4`) or folders of numbered images (`CLASS/clip/img_00001.jpg`), or
/// one level deeper below `train`, `val` and `test`.
enum ClipFolders {
    /// The folders whose class folders are read; none where the classes hold no films.
    static func roots(_ path: String) -> [(split: DatasetSplit?, path: String)] {
        let splits = ImageFolder.splits(in: path)
        let roots = splits.isEmpty ? [(nil, path)] : splits.map { (Optional($0.split), $0.path) }
        return roots.contains { hasFilms($0.1) } ? roots : []
    }

    static func open(_ path: String) throws(FileError) -> LabelledClips.Contents {
        let roots = roots(path)
        let names = Set(roots.flatMap { ImageFolder.folders(in: $0.path) }).sortedByBytes()
        guard names.count > 1 else {
            throw FileError(
                .tooFewClasses, path: path, reason: "has only one class folder, \(names.first ?? "")",
                remedy: "at least two make a data set, each with its films")
        }
        var contents = LabelledClips.Contents(classNames: names)
        for (split, root) in roots {
            for (label, name) in names.enumerated() {
                let folder = "\(root)/\(name)"
                guard ImageFolder.isFolder(folder) else { continue }
                let before = contents.clips.count
                for source in films(in: folder, &contents.problems) {
                    contents.clips.append(
                        LabelledClips.Clip(
                            source: source, label: label, frameLabels: nil, split: split,
                            place: Problem.Place(file: source.name)))
                }
                if contents.clips.count == before {
                    contents.problems.append(
                        Problem(
                            .missingFile, at: Problem.Place(file: folder), "this class has no films",
                            remedy: "add videos or folders of numbered images, or delete the folder"))
                }
            }
        }
        return contents
    }

    private static func hasFilms(_ root: String) -> Bool {
        ImageFolder.folders(in: root).contains { name in
            let folder = "\(root)/\(name)"
            // Images right in the folder of a class are images of that class.
            return ImageNames.list(in: folder).isEmpty
                && (!VideoNames.list(in: folder).isEmpty
                    || ImageFolder.folders(in: folder).contains { !FrameFolders.series(in: "\(folder)/\($0)").isEmpty })
        }
    }

    private static func films(in folder: String, _ problems: inout [Problem]) -> [FrameSource] {
        var sources = VideoNames.list(in: folder).map { FrameSource(video: "\(folder)/\($0)") }
        for name in ImageFolder.folders(in: folder) {
            let path = "\(folder)/\(name)"
            do throws(FileError) {
                sources.append(try FrameSource(at: path))
            } catch {
                problems.append(Problem(error, rule: .missingImage))
            }
        }
        return sources.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
