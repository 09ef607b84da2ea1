import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeModels
import SaccadeSettings
import SaccadeTraining

extension Bench {
    /// The three R-CNNs of the lecture, their time taken apart and set beside its formulas.
    func measureDetection() throws -> DetectionTimes {
        guard let data else { throw ValidationError("bench detection needs --data: a folder with images and boxes.") }
        let whole = try DetectionDataset(at: data)
        let part = [DatasetSplit.test, .validation].lazy.map { split in
            whole.subset(whole.samples.indices.filter { whole.samples[$0].split == split })
        }.first { $0.count > 0 }
        let samples = (part ?? whole).subset(0..<min(images, (part ?? whole).count))
        guard samples.count > 0 else {
            throw FileError(.empty, path: data, reason: "there are no images", remedy: "give a data set with boxes")
        }
        let kinds = [
            ("R-CNN", "rcnn", DetectionBenchmark.Result.Paper(network: 47, proposals: 1.51)),
            ("Fast R-CNN", "fast-rcnn", .init(network: 0.32, proposals: 1.51)),
            ("Faster R-CNN", "faster-rcnn", .init(network: 0.198, proposals: 0)),
        ]
        let runs = try detectorRuns(kinds.count)
        let ranks = try detector.ranks
        let results = try kinds.indices.map { index in
            let (name, network, paper) = kinds[index]
            var request = ModelRequest()
            if let runs {
                request.model = runs[index]
            } else {
                request.architecture = network
                (request.classes, request.seed) = (max(samples.classNames.count, 1), 0)
            }
            // R-CNN has no such layers over regions, but a whole network.
            request.truncatedSVD = network == "rcnn" ? nil : ranks
            let model = try LoadedModel(request, mapped: true)
            try requireKind(of: model, network, name)
            let detector = try model.detector(options: compute.planOptions)
            let benchmark = DetectionBenchmark(name: name, detector: detector, isTrained: runs != nil, paper: paper)
            let result = try benchmark.measure(samples, classNames: detector.classNames)
            Console.note("\(name): \(String(format: "%.3f", result.total)) s for an image")
            return result
        }
        return DetectionTimes(data: data, images: samples.count, truncatedSVD: ranks, results: results)
    }

    /// Columns are named after what is in them.
    private func requireKind(of model: LoadedModel, _ network: String, _ name: String) throws {
        let key = model.description.architecture.structure?.key ?? ""
        guard key == network || network == "faster-rcnn" && key.hasPrefix("fasterrcnn") else {
            throw CommandError.data(
                "--detectors: \(name) is wanted here, and \(model.name) is \(key.isEmpty ? "none" : key); give runs of "
                    + "rcnn, fast-rcnn and faster-rcnn, in this order")
        }
    }

    private func detectorRuns(_ count: Int) throws -> [String]? {
        guard let detectors else { return nil }
        let runs = detectors.split(separator: ",").map(String.init)
        guard runs.count == count else {
            throw ValidationError(
                "--detectors takes \(count) runs with commas between, of R-CNN, Fast and Faster R-CNN; got “\(detectors)”."
            )
        }
        return runs
    }
}
