import Foundation
package import SaccadeDrawing
package import SaccadeModels
package import SaccadeTraining

/// Where a class is seen, drawn over the image.
package struct SaliencyFigures {
    package private(set) var figures: [(file: String, figure: any Figure)] = []
    package private(set) var blocks: [Report.Block] = []

    package init(_ explanation: Explanation, by layers: LayerByLayer, classNamed name: String) {
        if let saliency = explanation.gradCAM, let stage = explanation.stage {
            let map = HeatMap(
                saliency, over: explanation.image, title: "Grad-CAM: \(name)", label: "evidence")
            figures.append(("grad-cam.png", map))
            let isBlank = saliency.values.allSatisfy { $0 == 0 }
            blocks.append(
                .figure(
                    map,
                    caption: "Grad-CAM: where the activations of \(layers.stages[stage].name), \(saliency.height)×"
                        + "\(saliency.width), speak for \(name)" + (isBlank ? "; here nowhere" : "")))
        }
        if let occlusion = explanation.occlusion {
            let whole = Double(explanation.probabilities[explanation.label])
            // Light is where covering hurts, as light is where Grad-CAM sees something.
            let losses = occlusion.values.map { (whole - Double($0)) * 100 }
            let map = HeatMap(
                losses, width: occlusion.width, height: occlusion.height, title: "Occlusion: \(name)",
                label: "loss, points of %", map: .inferno, over: explanation.image, opacity: 0.55, side: 250)
            figures.append(("occlusion.png", map))
            blocks.append(
                .figure(
                    map,
                    caption: "Occlusion: by how much the probability of \(name), \(percent(whole)), falls when a grey "
                        + "square covers the place, a quarter of the image wide. Below 0 it rises."))
        }
    }
}
