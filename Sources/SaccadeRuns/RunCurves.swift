public import SaccadeDrawing
import SaccadeGeometry
import SaccadeMetrics
public import SaccadeTraining

/// The curves of runs as figures: of whatever metrics they have.
public enum RunCurves {
    /// All metrics by epoch, losses above fractions.
    public static func figure(of records: [EpochRecord]) -> FigureStack {
        FigureStack([losses(of: records), fractions(of: records)].compactMap { $0 })
    }

    /// Losses by epoch, of training and validation samples.
    public static func losses(
        of records: [EpochRecord], width: Double = 460, height: Double = 300
    ) -> LineChart? {
        chart(of: records, records.metrics.filter { !$0.isFraction }, width, height)
    }

    /// Accuracies and the like by epoch, in percent.
    public static func fractions(
        of records: [EpochRecord], width: Double = 460, height: Double = 300
    ) -> LineChart? {
        chart(of: records, records.metrics.filter(\.isFraction), width, height)
    }

    private static func chart(
        of records: [EpochRecord], _ metrics: [Metric], _ width: Double, _ height: Double
    ) -> LineChart? {
        guard let first = metrics.first else { return nil }
        let lines = Monitor.Part.allCases.reversed().flatMap { part in
            metrics.map { metric in
                let monitor = Monitor(part, metric)
                return series(metrics.count > 1 ? monitor.title : Monitor.title(of: part), records) {
                    monitor.measured(in: $0).map { metric.isFraction ? $0 * 100 : $0 }
                }
            }
        }
        // Of five classes or fewer, one of the first five is always right.
        let shown = lines.compactMap { $0 }.filter { line in
            !(first.isFraction && line.points.allSatisfy { $0.y == 100 } && line.name.contains(Metric.top5.title))
        }
        let title = metrics.filter { !$0.isMinor }.map(\.title).joined(separator: ", ")
        return LineChart(
            title: title.prefix(1).uppercased() + title.dropFirst(), xLabel: "epoch",
            yLabel: first.isFraction ? "%" : title, series: shown, isLogY: !first.isFraction, width: width,
            height: height)
    }

    /// The learning rate of each epoch's last step.
    public static func learningRates(of records: [EpochRecord]) -> LineChart {
        LineChart(
            title: "Learning rate", xLabel: "epoch", yLabel: "of the epoch’s last step",
            series: [series("", records) { $0.learningRate }].compactMap { $0 }, height: 200)
    }

    /// The curves of several runs over each other: of the validation samples or, of runs without any, of those learnt
    /// from.
    public static func overlay(_ runs: [(name: String, records: [EpochRecord])]) -> FigureStack {
        let metrics = runs.flatMap(\.records).metrics.filter { !$0.isMinor }
        return FigureStack(
            metrics.map { metric in
                LineChart(
                    title: "Val \(metric.title)", xLabel: "epoch", yLabel: metric.isFraction ? "%" : metric.title,
                    series: runs.compactMap { run in
                        series(run.name, run.records) { $0[metric].map { metric.isFraction ? $0 * 100 : $0 } }
                    }, isLogY: !metric.isFraction)
            })
    }

    private static func series(
        _ name: String, _ records: [EpochRecord], _ value: (EpochRecord) -> Double?
    ) -> LineChart.Series? {
        let points = records.compactMap { record in value(record).map { Point(Double(record.epoch), $0) } }
        return points.isEmpty ? nil : LineChart.Series(name, points)
    }
}
