import SaccadeTensors

extension Architecture {
    /// AlexNet on one processor: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
    /// with torchvision's names.
    public static var alexNet: Architecture {
        Architecture(
            name: "AlexNet", source: "alexnet", input: .image(height: 224, width: 224, channels: 3),
            layers: [
                .conv(64, kernel: 11, stride: 4, padding: 2, name: "features.0"), .relu,
                .maxPool(3, stride: 2),
                .conv(192, kernel: 5, padding: 2, name: "features.3"), .relu,
                .maxPool(3, stride: 2),
                .conv(384, kernel: 3, padding: 1, name: "features.6"), .relu,
                .conv(256, kernel: 3, padding: 1, name: "features.8"), .relu,
                .conv(256, kernel: 3, padding: 1, name: "features.10"), .relu,
                .maxPool(3, stride: 2),
                .adaptiveAveragePool(6), .flatten,
                .dropout(0.5), .linear(4096, name: "classifier.1"), .relu,
                .dropout(0.5), .linear(4096, name: "classifier.4"), .relu,
                .classifier(name: "classifier.6"),
            ], classes: 1000, preprocessing: .imageNet)
    }
}
