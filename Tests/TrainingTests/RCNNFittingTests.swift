import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeInterchange
import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import Testing

/// R-CNN from a recipe to linear SVMs and regressors, on a few drawn scenes.
@Suite struct RCNNFittingTests {
    private static let recipe = """
        name: R-CNN
        task: detect
        detect: {regionsPerImage: 8, proposals: 30}
        network: {rcnn: {backbone: scenes, side: 32}}
        input: 128x128x3
        training: {epochs: 1, batchSize: 4, learningRate: 0.001, optimizer: {kind: adamW}}
        """

    @Test("machines and regressors are fitted after the last epoch, judged as one more, and what is kept has them")
    func fitted() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let export = SceneExport(
            Scenes(seed: 5, size: PixelSize(width: 128, height: 128), crowd: 3), 0..<20, as: .coco,
            validationFraction: 0.2)
        try await export.write(to: "\(folder)/data") { _ in }
        let recipe = try Recipe(yaml: Self.recipe, source: "rcnn.yaml")
        let training = try Training(Detection(), recipe, data: "\(folder)/data")
        func run(resuming: Bool) throws -> (records: [EpochRecord], notes: [String]) {
            var notes: [String] = []
            let records = try training.run(in: "\(folder)/run", resuming: resuming, observer: nil) { notes.append($0) }
            return (records, notes)
        }
        let (records, notes) = try run(resuming: false)
        #expect(records.map(\.epoch) == [1, 2])
        #expect(records[1].isBest && records[1].validation[.ap50] != nil)
        #expect(notes.contains { $0.contains("MiB on the disk") } && notes.contains { $0.contains("Regressors") })
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/run/features"), "the cache is gone")
        let best = try SafetensorsFile(at: "\(folder)/run/best.safetensors")
        for name in ["svm.weight", "bbox_pred.weight"] {
            let weights = try best.tensor("roi_heads.box_predictor.\(name)").scalars
            #expect(weights.allSatisfy(\.isFinite) && weights.contains { $0 != 0 }, "\(name)")
        }
        // Nothing is done twice.
        let again = try run(resuming: true)
        #expect(again.records.count == 2 && !again.notes.contains { $0.contains("Regressors") })
    }
}
