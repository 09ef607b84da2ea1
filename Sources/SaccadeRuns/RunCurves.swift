public import SaccadeDrawing
import SaccadeGeometry
public import SaccadeTraining

/// The curves of runs as figures.
public enum RunCurves {
    /// Loss and accuracy by epoch, one above the other.
    public static func figure(of records: [EpochRecord], title: String = "") -> FigureStack {
        FigureStack([losses(of: records), accuracies(of: records)])
    }

    /// Loss by epoch, of the samples learnt from and of those held back.
    public static func losses(
        of records: [EpochRecord], width: Double = 460, height: Double = 300
    ) -> LineChart {
        LineChart(
            title: "Loss", xLabel: "epoch", yLabel: "cross entropy, nats",
            series: [
                series("training", records) { $0.trainingLoss }, series("held back", records) { $0.validationLoss },
            ].compactMap { $0 }, isLogY: true, width: width, height: height)
    }

    /// The share of right answers by epoch.
    public static func accuracies(
        of records: [EpochRecord], width: Double = 460, height: Double = 300
    ) -> LineChart {
        // Of five classes or fewer, one of the first five is always right.
        let showsFive = records.contains { $0.validationTop5.map { $0 < 1 } ?? false }
        return LineChart(
            title: "Accuracy", xLabel: "epoch", yLabel: "right, %",
            series: [
                series("training", records) { $0.trainingAccuracy * 100 },
                series("held back", records) { $0.validationAccuracy.map { $0 * 100 } },
                showsFive ? series("held back, among five", records) { $0.validationTop5.map { $0 * 100 } } : nil,
            ].compactMap { $0 }, width: width, height: height)
    }

    /// The learning rate of each epoch's last step.
    public static func learningRates(of records: [EpochRecord]) -> LineChart {
        LineChart(
            title: "Learning rate", xLabel: "epoch", yLabel: "of the epoch’s last step",
            series: [series("", records) { $0.learningRate }].compactMap { $0 }, height: 200)
    }

    /// The curves of several runs over each other: what was held back or, of runs without that, what was learnt from.
    public static func overlay(_ runs: [(name: String, records: [EpochRecord])]) -> FigureStack {
        func chart(
            _ title: String, _ label: String, isLog: Bool, _ value: (EpochRecord) -> Double
        ) -> LineChart {
            LineChart(
                title: title, xLabel: "epoch", yLabel: label,
                series: runs.compactMap { run in series(run.name, run.records) { value($0) } }, isLogY: isLog)
        }
        return FigureStack([
            chart("Loss, held back", "cross entropy, nats", isLog: true) { $0.validationLoss ?? $0.trainingLoss },
            chart("Accuracy, held back", "right, %", isLog: false) {
                ($0.validationAccuracy ?? $0.trainingAccuracy) * 100
            },
        ])
    }

    private static func series(
        _ name: String, _ records: [EpochRecord], _ value: (EpochRecord) -> Double?
    ) -> LineChart.Series? {
        let points = records.compactMap { record in value(record).map { Point(Double(record.epoch), $0) } }
        return points.isEmpty ? nil : LineChart.Series(name, points)
    }
}
