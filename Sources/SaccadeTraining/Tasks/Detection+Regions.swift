import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeProposals
import SaccadeSettings

extension Detection {
    /// Who proposes regions; nil for the network itself.
    func regionSource(needsProposals: Bool) throws -> RegionSource? {
        switch proposer {
        case nil: needsProposals ? .selectiveSearch(.fast) : nil
        case "selective-search": .selectiveSearch(.quality)
        case "selective-search-fast": .selectiveSearch(.fast)
        case let run?: .network(try RegionDetector(proposing: run))
        }
    }

    /// Who proposes regions of a data set's images; nil for the network itself.
    func regionProposing(on samples: DetectionDataset, by model: ModelDescription) throws -> (any RegionProposing)? {
        guard let structure = model.architecture.structure, let network = DetectionNetwork(rawValue: structure.key)
        else { return nil }
        guard proposer != nil || network.needsProposals else { return nil }
        switch try regionSource(needsProposals: network.needsProposals) {
        case nil: return nil
        case .selectiveSearch(let search): return RegionCache(search)
        case .network(let detector):
            var regions: [String: Boxes] = [:]
            for sample in samples.samples where regions[sample.image] == nil {
                regions[sample.image] = try detector.proposals(on: Image(contentsOf: sample.image))
            }
            return KnownRegions(regions: regions)
        }
    }
}
