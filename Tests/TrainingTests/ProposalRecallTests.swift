import SaccadeDatasets
import SaccadeGeometry
import SaccadeMetrics
import Testing

@testable import SaccadeTraining

@Suite struct ProposalRecallTests {
    @Test("where proposals alone were judged, they alone are told")
    func proposalsAlone() {
        var score = DetectionScore(classes: 2)
        let truth = [Box(x: 0, y: 0, width: 10, height: 10), Box(x: 50, y: 50, width: 10, height: 10)].map {
            Annotations.Object(category: 0, box: $0)
        }
        score.proposals.add(Boxes([Box(x: 0, y: 0, width: 10, height: 8)]), truth: truth)
        score.proposals.add(Boxes(), truth: [truth[0]])
        #expect(score.count == 2 && score.metrics == [.proposalRecall: 1.0 / 3])
        var task = Detection()
        task.classNames = ["a", "b"]
        let report = task.report(score)
        #expect(report.rows.isEmpty && report.columns.isEmpty && report.tables.isEmpty)
        #expect(report.metrics == score.metrics && report.count == 2)
    }
}
