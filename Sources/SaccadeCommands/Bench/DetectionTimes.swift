import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeModels

/// What was measured of the three, as a table, a chart and JSON.
struct DetectionTimes: Encodable {
    let data: String
    let images: Int
    /// The ranks of the fully connected layers of Fast and Faster R-CNN; nil where they are whole.
    let truncatedSVD: [Int]?
    let results: [DetectionBenchmark.Result]

    var text: String {
        func milliseconds(_ seconds: Double) -> String {
            let value = seconds * 1e3
            return String(format: value < 0.1 ? "%.4f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
        }
        func row(_ title: String, _ cell: (DetectionBenchmark.Result) -> String) -> [String] {
            [title] + results.map(cell)
        }
        let rows = [
            row("proposals") { milliseconds($0.seconds(.proposals)) },
            row("  number of regions") { String(format: "%.0f", $0.regions) },
            row("convolution") { milliseconds($0.seconds(.convolution)) },
            row("  passes") { String(format: "%.0f", $0.passes) },
            row("  ConvTime, a pass") { milliseconds($0.secondsPerPass) },
            row("reading regions") { milliseconds($0.seconds(.pooling)) },
            row("heads") { milliseconds($0.seconds(.heads)) },
            row("  fcTime, a region") { milliseconds($0.secondsPerRegion) },
            row("scores and suppression") { milliseconds($0.seconds(.suppression)) },
            row("everything else") { milliseconds(max(0, $0.rest)) },
            row("in all, measured") { milliseconds($0.total) },
            row("by the formula") { milliseconds($0.formula) },
            row("  explained") { percent($0.formula / $0.total) },
            row("VOC AP") { $0.ap50.map { percent($0) } ?? "–" },
            row("papers, K40: network") { milliseconds($0.paper.network) },
            row("  proposals") { milliseconds($0.paper.proposals) },
        ]
        var table = TextTable([.init("ms for an image")] + results.map { .init($0.detector, .right) })
        for row in rows { table.append(row) }
        return table.text + "\n\n" + ratios.joined(separator: "\n")
    }

    private var ratios: [String] {
        let formulas = [
            "R-CNN = PropTime + NumProp · ConvTime + NumProp · fcTime; Fast R-CNN = PropTime + ConvTime + NumProp · fcTime; "
                + "Faster R-CNN = ConvTime + NumProp · fcTime."
        ]
        let note = truncatedSVD.map { ranks in
            "Fast and Faster R-CNN have their fully connected layers cut to rank "
                + ranks.map(String.init).joined(separator: " and ") + " (truncated SVD)."
        }
        return formulas + (note.map { [$0] } ?? [])
            + zip(results, results.dropFirst()).map { slow, fast in
                "\(slow.detector) to \(fast.detector): the network takes "
                    + String(format: "%.1f", slow.networkSeconds / fast.networkSeconds) + " times as long, all "
                    + String(format: "%.1f", slow.total / fast.total) + " times."
            }
    }

    /// A bar for each part of each detector, on a logarithmic axis: they differ by three orders of magnitude.
    var chart: BarChart {
        let names: [(DetectionClock.Part, String)] = [
            (.proposals, "proposals"), (.convolution, "convolution"), (.pooling, "reading regions"), (.heads, "heads"),
            (.suppression, "suppression"),
        ]
        let bars = results.enumerated().flatMap { index, result in
            names.map { part, name in
                BarChart.Bar("\(result.detector): \(name)", result.seconds(part) * 1e3, category: index)
            } + [BarChart.Bar("\(result.detector): in all", result.total * 1e3, category: index)]
        }
        return BarChart(
            title: "Where the time of an image goes", valueLabel: "ms, on a logarithmic axis", bars: bars, isLog: true,
            width: 720)
    }

    /// The table as Markdown.
    var markdown: String { "# Measured\n\n\(images) images of \(data).\n\n```\n\(text)\n```\n" }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
