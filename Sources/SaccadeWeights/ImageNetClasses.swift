/// The thousand classes of ImageNet's contest of 2012.
public enum ImageNetClasses {
    /// In the order of the outputs of torchvision's networks. Two names come twice: cranes and maillots are of two kinds.
    public static let names: [String] =
        String(decoding: PackageResources.imagenet_classes_txt, as: UTF8.self).split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("#") }
}
