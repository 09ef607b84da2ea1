import Foundation
import SaccadeGeometry
import SaccadeImages

/// In which files scenes are written.
public enum SceneFormat: String, Sendable, CaseIterable {
    /// `train|val/CLASS/NAME.png`, for classifiers.
    case folder
    /// Pascal VOC: boxes, class masks and instance masks.
    case voc
    /// COCO: boxes, instance masks and captions.
    case coco
    /// YOLO: boxes.
    case yolo
    /// Class masks and instance masks as images.
    case masks
    /// COCO: captions.
    case captions
    /// `train|val/NAME/FRAME.png` with `labels.csv`: films with an action for each frame.
    case sequences
}

/// Writes a range of scenes, or of sequences, as ordinary files.
public struct SceneExport: Sendable {
    /// The indices that may be written.
    public static let indices = 0..<1_000_000_000

    public let scenes: Scenes
    public let indices: Range<Int>
    public let format: SceneFormat
    /// The fraction of the scenes, 0..<1, that is set aside for validation: the last ones.
    public let validationFraction: Double
    /// Frames of a sequence.
    public let frames: Int

    /// - Precondition: `indices` are in ``indices`` and not empty, `validationFraction` is in 0..<1, and `frames` is at
    ///   least 2.
    public init(
        _ scenes: Scenes, _ indices: Range<Int>, as format: SceneFormat, validationFraction: Double = 0.2,
        frames: Int = 16
    ) {
        precondition(
            !indices.isEmpty && indices.clamped(to: Self.indices) == indices && (0..<1).contains(validationFraction)
                && frames >= 2, "SceneExport: \(indices), \(validationFraction) for validation, \(frames) frames")
        (self.scenes, self.indices, self.format) = (scenes, indices, format)
        (self.validationFraction, self.frames) = (validationFraction, frames)
    }

    /// Writes a folder that appears when all is done.
    ///
    /// - Parameters:
    ///   - path: A new or empty folder.
    ///   - progress: Is told, in order, how many scenes are written.
    /// - Throws: `FileError`; nothing is left behind then.
    public func write(to path: String, progress: (Int) -> Void = { _ in }) async throws {
        var folder = try StagedFolder(for: path)
        do {
            if format == .sequences {
                try await writeSequences(to: &folder, progress)
            } else {
                try await writeScenes(to: &folder, progress)
            }
            try folder.publish()
        } catch {
            folder.discard()
            throw error
        }
    }

    private var writers: [any SceneWriter] {
        switch format {
        case .folder, .sequences: [ClassFolderWriter()]
        case .voc: [SceneBoxWriter(.voc), SceneVOCMaskWriter()]
        case .coco: [SceneBoxWriter(.coco), SceneCaptionWriter(writesImages: false)]
        case .yolo: [SceneBoxWriter(.yolo)]
        case .masks: [MaskWriter()]
        case .captions: [SceneCaptionWriter(writesImages: true)]
        }
    }

    private func split(_ index: Int) -> DatasetSplit {
        let validation = Int(Double(indices.count) * validationFraction)
        return index >= indices.upperBound - validation ? .validation : .train
    }

    /// Numbers of equal length, so that names sort as numbers do.
    private func name(_ index: Int) -> String { padded(index, to: max(6, String(indices.upperBound - 1).count)) }

    private func padded(_ number: Int, to length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }

    private func writeScenes(to folder: inout StagedFolder, _ progress: (Int) -> Void) async throws {
        var writers = writers
        for start in stride(from: indices.lowerBound, to: indices.upperBound, by: 32) {
            let part = start..<min(start + 32, indices.upperBound)
            let scenes = scenes
            for (index, scene) in zip(part, await part.drawn { scenes.scene(at: $0) }) {
                for place in writers.indices {
                    try writers[place].add(scene, named: name(index), split(index), to: &folder)
                }
            }
            progress(part.upperBound - indices.lowerBound)
        }
        for place in writers.indices { try writers[place].finish(in: &folder) }
    }

    private func writeSequences(to folder: inout StagedFolder, _ progress: (Int) -> Void) async throws {
        for start in stride(from: indices.lowerBound, to: indices.upperBound, by: 4) {
            let part = start..<min(start + 4, indices.upperBound)
            let (scenes, frames) = (scenes, frames)
            for (index, film) in zip(part, await part.drawn { scenes.sequence(at: $0, frames: frames) }) {
                try write(film, named: "\(split(index).folderName)/\(name(index))", to: &folder)
            }
            progress(part.upperBound - indices.lowerBound)
        }
        try folder.write(SceneAction.allCases.map(\.rawValue).asLines, to: "actions.txt")
        try folder.write(Scenes.classNames.asLines, to: "classes.txt")
    }

    private func write(_ film: SceneSequence, named name: String, to folder: inout StagedFolder) throws {
        var lines = ["frame,action,class,left,top,right,bottom"]
        for (number, frame) in film.frames.enumerated() {
            let file = padded(number, to: max(2, String(frames - 1).count)) + ".png"
            try folder.write(frame.image.pngData(level: 1), to: "\(name)/\(file)")
            let box = frame.objects[frame.mainObject].box
            let edges = [box.left, box.top, box.right, box.bottom].map { String(Int($0)) }.joined(separator: ",")
            lines.append("\(file),\(film.actions[number].rawValue),\(frame.mainClass.rawValue),\(edges)")
        }
        try folder.write(lines.asLines, to: "\(name)/labels.csv")
    }
}
