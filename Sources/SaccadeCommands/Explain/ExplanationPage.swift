import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import SaccadeModels
import SaccadeTraining

/// An explanation as a page to read, and its figures as images.
struct ExplanationPage {
    let predictions: [(name: String, share: Double)]
    /// The path of sizes: what each layer is given and gives.
    let sizes: TextTable
    private let report: Report
    private let figures: [(file: String, figure: any Figure)]

    /// - Parameters:
    ///   - image: What to call the image.
    ///   - top: How many classes to name.
    init(_ explanation: Explanation, of image: String, by model: ExplainedModel, top: Int) {
        let layers = model.layers
        let ranking = explanation.ranking.prefix(top)
        let predictions = ranking.map { (name: model.name(of: $0), share: Double(explanation.probabilities[$0])) }
        self.predictions = predictions
        let rows =
            [["input", "", layers.input.sizeText]]
            + layers.stages.map { [$0.name, $0.kind.rawValue, $0.output.sizeText] }
        var table = TextTable([.init("layer"), .init("kind"), .init("size", .right)])
        for row in rows { table.append(row) }
        sizes = table

        let answers = BarChart(
            title: "", valueLabel: "probability, %",
            bars: predictions.map { .init($0.name, $0.share * 100) }, width: 420)
        let saliency = SaliencyFigures(explanation, by: layers, classNamed: model.name(of: explanation.label))
        let sheets = LayerFigures(layers, explanation.activations).sheets
        let filters = layers.firstFilters.map { ContactSheet.filters($0) }

        var sections = [
            Report.Section(
                "What it says",
                (model.caution.map { [.paragraph($0)] } ?? []) + [
                    .row([
                        .image(
                            explanation.image, caption: "The image as the network sees it: \(layers.input.sizeText)"
                        ),
                        .drawing(answers, caption: "The most probable of \(explanation.probabilities.count) classes"),
                    ])
                ])
        ]
        if !saliency.blocks.isEmpty { sections.append(Report.Section("Where it sees it", [.row(saliency.blocks)])) }
        sections.append(
            Report.Section(
                "The path of sizes",
                [
                    .paragraph("Height × width × channels behind every layer; a single number is a vector."),
                    .table(
                        Report.Table(
                            columns: [.init("layer"), .init("kind"), .init("size", isNumber: true)], rows: rows)),
                ]))
        if let filters {
            sections.append(
                Report.Section("What it looks for first", [.figure(filters.sheet, caption: filters.caption)]))
        }
        sections.append(
            Report.Section(
                "What every layer makes of it",
                [.paragraph(LayerFigures.note)] + sheets.map { .figure($0.figure, caption: $0.caption) }))
        report = Report(
            title: "How \(layers.name) sees \(Path(image).name)",
            subtitle: "saccade explain", sections: sections)

        let digits = String(sheets.count).count
        figures =
            saliency.figures + (filters.map { [("filters.png", $0.sheet)] } ?? [])
            + sheets.enumerated().map { index, sheet in
                let number = String(index + 1)
                let padded = String(repeating: "0", count: digits - number.count) + number
                return ("layer-\(padded)-\(Self.fileName(sheet.name)).png", sheet.figure)
            }
    }

    /// A layer's name as a part of a file's: recipes may name layers as they like.
    private static func fileName(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" }.prefix(60))
    }

    /// Writes the page and its figures.
    ///
    /// - Returns: The names of the figures' files.
    func write(to folder: String) throws -> [String] {
        try OutputFolder.make(folder)
        for (file, figure) in figures { try figure.write(to: "\(folder)/\(file)") }
        try report.write(to: "\(folder)/report.html")
        return figures.map(\.file)
    }
}
