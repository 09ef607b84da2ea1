import Foundation
import SaccadeFiles
import SaccadeImages

/// Reads YOLO's labels: a text file for each image.
enum YOLOReader {
    /// Reads a data set.
    ///
    /// - Throws: ``FileError`` when the list of classes or of images cannot be read.
    static func read(_ layout: YOLOLayout) throws(FileError) -> DetectionDataset {
        var problems = layout.problems
        var samples: [DetectionSample] = []
        var (records, unusable) = (0, 0)
        for entry in layout.entries {
            let size: PixelSize?
            do throws(FileError) {
                size = try ImageHeader(contentsOf: entry.image).size
            } catch {
                // Without a size, fractions are no pixels.
                size = nil
                problems.append(Problem(error, rule: .unreadableImage))
            }
            var sample = DetectionSample(
                image: entry.image, name: entry.name, size: size, split: entry.split, objects: [],
                place: .init(file: entry.labels))
            // An image without a file of labels shows nothing.
            if Path(entry.labels).exists {
                do throws(FileError) {
                    let (lines, bad) = try TextFile.lines(of: entry.labels)
                    problems += bad
                    records += bad.count
                    unusable += bad.count
                    var objects: [AnnotatedObject] = []
                    for line in lines where line.text.contains(where: { !$0.isWhitespace }) {
                        records += 1
                        let place = Problem.Place(file: entry.labels, line: line.number, index: line.number - 1)
                        guard let size else {
                            unusable += 1
                            continue
                        }
                        let read = YOLOLine.object(line.text, on: size, classNames: layout.classNames, at: place)
                        if let problem = read.problem { problems.append(problem) }
                        if let object = read.object { objects.append(object) } else { unusable += 1 }
                    }
                    sample.objects = RecordRules.withoutDuplicates(objects, &problems)
                } catch {
                    problems.append(Problem(error))
                }
            }
            samples.append(sample)
        }
        return DetectionDataset(
            format: .yolo, root: layout.root, classNames: layout.classNames, samples: samples, problems: problems,
            recordCount: records, unusableCount: unusable)
    }
}
