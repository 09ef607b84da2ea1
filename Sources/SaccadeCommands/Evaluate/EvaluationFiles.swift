import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

/// The folder of `saccade evaluate --output`.
struct EvaluationFiles {
    private let folder: String

    /// Makes the folder where it is missing: before anything is judged, which may take long.
    init(in folder: String) throws(FileError) {
        self.folder = folder
        try OutputFolder.make(folder)
    }

    static func json(_ report: TaskReport) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(report.json)
    }

    /// - Parameter title: What was judged, above the confusion matrix.
    /// - Returns: What there is in it now.
    func write(_ report: TaskReport, title: String) throws -> [String] {
        var names = ["evaluation.json"]
        try AtomicFile.write(Array(Self.json(report)), to: "\(folder)/evaluation.json")
        for file in report.files {
            try AtomicFile.write(file.contents(), to: "\(folder)/\(file.name)")
            names.append(file.name)
        }
        var figures = report.charts.map { ($0.name, Self.figure($0) as any Figure) }
        if let counts = report.confusions {
            let classes = report.rows.map(\.name)
            figures.append(
                ("confusions", SaccadeDrawing.ConfusionMatrix(title: title, classes: classes, counts: counts)))
        }
        for (name, figure) in figures {
            for suffix in ["svg", "png"] { try figure.write(to: "\(folder)/\(name).\(suffix)") }
            names.append("\(name).svg|png")
        }
        if !report.images.isEmpty { names.append(try write(report.images)) }
        return names
    }

    private static func figure(_ chart: TaskReport.Chart) -> FigureStack {
        FigureStack(
            chart.panels.map { title, content -> any Figure in
                switch content {
                case .curves(let curves, let x, let y):
                    LineChart(
                        title: title, xLabel: "\(x) (%)", yLabel: "\(y) (%)",
                        series: curves.map { curve in
                            .init(curve.name, curve.points.map { Point($0.x * 100, $0.y * 100) })
                        }, xRange: 0...100, yRange: 0...100)
                case .bars(let bars, let label):
                    BarChart(
                        title: title, valueLabel: label,
                        bars: bars.map { .init($0.name, $0.value, caption: $0.caption) })
                }
            })
    }

    /// The worst first. Those of an earlier evaluation go.
    private func write(_ images: [TaskReport.MarkedImage]) throws -> String {
        let name = "worst"
        let path = "\(folder)/\(name)"
        try OutputFolder.make(path)
        for old in try FolderContents.names(in: path) where old.wholeMatch(of: /[0-9]{2}-.*\.png/) != nil {
            try? FileManager.default.removeItem(atPath: "\(path)/\(old)")
        }
        for (place, marked) in images.enumerated() {
            let image = try Image(contentsOf: marked.path)
            let overlay = Overlay(
                image, title: marked.title,
                objects: marked.objects.map {
                    .init($0.label, score: $0.score, box: $0.box, mask: $0.mask, group: $0.outcome)
                }, classes: marked.outcomes, width: min(max(Double(image.width) / 2, 360), 1024))
            let stem = Path(Path(marked.path).name).withoutSuffix
            let number = place + 1 < 10 ? "0\(place + 1)" : "\(place + 1)"
            try overlay.write(to: "\(path)/\(number)-\(stem).png", scale: 2)
        }
        return "\(name)/"
    }
}
