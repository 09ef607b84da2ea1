import Foundation
import SaccadeFiles
import SaccadeImages
import Synchronization

/// Looks at the images of a data set: whether they are there, whole, as large as is said, and in one part only.
struct ImageCheck {
    /// An image that a data set speaks of.
    struct Entry {
        let path: String
        /// What the annotation says.
        var size: PixelSize?
        var split: DatasetSplit?
        /// Where the annotation says it.
        var place: Problem.Place?
    }

    private struct Finding {
        var problem: Problem?
        var fingerprint: Fingerprint?
    }

    private let entries: [Entry]
    private let findings: [Finding]

    /// Reads and decodes every image, on all processors.
    init(_ entries: [Entry]) {
        self.entries = entries
        let results = Mutex([Finding](repeating: Finding(), count: entries.count))
        let splits = Set(entries.map(\.split))
        DispatchQueue.concurrentPerform(iterations: entries.count) { index in
            let finding = Self.look(at: entries[index], forTwins: splits.count > 1)
            results.withLock { $0[index] = finding }
        }
        findings = results.withLock { $0 }
    }

    /// What is wrong, in the order of the entries, then the twins.
    var problems: [Problem] { findings.compactMap(\.problem) + sameFiles + lookAlikes }

    private static func look(at entry: Entry, forTwins: Bool) -> Finding {
        do throws(FileError) {
            let bytes = try RegularFile.contents(of: entry.path, limit: 1 << 30)
            let header = try ImageHeader(decoding: bytes, name: entry.path)
            // A quarter of a photo is enough to find damage, and four times the fingerprint's size to take it.
            let image = try Image(decoding: bytes, name: entry.path, atLeast: PixelSize(width: 68, height: 64))
            var finding = Finding()
            if let size = entry.size, size != header.size {
                finding.problem = Problem(
                    .imageSize, at: entry.place ?? .init(file: entry.path),
                    "says \(size) pixels, but \(Path(entry.path).name) has \(header.size)",
                    remedy: "correct the size, or restore the image that was annotated")
            }
            if forTwins { finding.fingerprint = Fingerprint(content: .init(bytes), look: .init(image)) }
            return finding
        } catch {
            return Finding(problem: Problem(error, rule: .unreadableImage))
        }
    }

    /// Images that are there, byte for byte, in two parts.
    private var sameFiles: [Problem] {
        var first: [Fingerprint.Content: [Int]] = [:]
        var problems: [Problem] = []
        for (index, finding) in findings.enumerated() {
            guard let content = finding.fingerprint?.content else { continue }
            let others = first[content] ?? []
            if let twin = others.first(where: { isOtherPart($0, index) && hasSameBytes($0, index) }) {
                problems.append(twinProblem(.duplicateImage, index, twin, "is the same file as"))
            }
            if !others.contains(where: { entries[$0].split == entries[index].split }) {
                first[content, default: []].append(index)
            }
        }
        return problems
    }

    /// Images that look the same but are other files, in two parts: one problem for each.
    private var lookAlikes: [Problem] {
        let seen = findings.indices.filter { findings[$0].fingerprint?.look.hasContrast == true }
        let results = Mutex([Int: Int]())
        DispatchQueue.concurrentPerform(iterations: seen.count) { number in
            let index = seen[number]
            guard let print = findings[index].fingerprint else { return }
            let twin = seen[..<number].first { other in
                guard isOtherPart(other, index), let before = findings[other].fingerprint else { return false }
                return before.content != print.content && before.look.resembles(print.look)
            }
            if let twin { results.withLock { $0[index] = twin } }
        }
        return results.withLock { $0 }.sorted { $0.key < $1.key }.map {
            twinProblem(.similarImage, $0.key, $0.value, "looks the same as")
        }
    }

    private func isOtherPart(_ a: Int, _ b: Int) -> Bool { entries[a].split != entries[b].split }

    private func hasSameBytes(_ a: Int, _ b: Int) -> Bool {
        let files = [a, b].map { try? RegularFile.contents(of: entries[$0].path, limit: 1 << 30) }
        return files[0] != nil && files[0] == files[1]
    }

    private func twinProblem(_ rule: Problem.Rule, _ index: Int, _ twin: Int, _ words: String) -> Problem {
        func part(_ index: Int) -> String { entries[index].split?.rawValue ?? "other" }
        return Problem(
            rule, at: .init(file: entries[index].path),
            "of the \(part(index)) part \(words) \(entries[twin].path) of the \(part(twin)) part",
            remedy: "keep it in one part, or the score will flatter")
    }
}
