/// The published networks that come with the program.
public enum BuiltInNetworks {
    /// Every one, by growing depth within a family.
    public static var all: [Architecture] {
        [.leNet5, .alexNet] + VGGDepth.allCases.flatMap { [.vgg($0), .vgg($0, batchNorm: true)] } + [.googLeNet]
            + ResNetDepth.allCases.map { .resNet($0) } + CIFARResNetDepth.allCases.map { .cifarResNet($0) }
    }

    /// Such as `resnet-50`.
    public static var names: [String] { all.map(\.source) }

    /// One of them; torchvision's spelling, such as `resnet50` or `vgg16_bn`, will do.
    ///
    /// - Returns: `nil` where there is none of this name.
    public static func network(named name: String) -> Architecture? {
        all.first { isSameName($0.source, name) }
    }

    /// Whether two names differ only in capitals and in what joins their parts.
    static func isSameName(_ a: String, _ b: String) -> Bool { letters(of: a) == letters(of: b) }

    private static func letters(of name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
}
