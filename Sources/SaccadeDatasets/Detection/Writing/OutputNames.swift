import Foundation
import SaccadeFiles

/// What the images of a data set are called where it is written, no two alike where they would meet.
struct OutputNames {
    /// A name for each sample.
    let names: [String]
    /// The samples that had to be called otherwise.
    private(set) var renamed: [(sample: String, name: String)] = []

    init(_ samples: [DetectionSample], as format: DetectionDataset.Format) {
        var taken: Set<String> = []
        var names: [String] = []
        for sample in samples {
            // Annotations of an image are called as it is, so the suffix does not tell images apart.
            let space = format == .voc ? "" : "\(sample.split?.folderNames[0] ?? "")/"
            let plain = Self.safe(Path(sample.name).name)
            let long = Self.safe(sample.name.replacing("/", with: "_"))
            let part = Self.safe("\(sample.split?.folderNames[0] ?? "all")_\(plain)")
            var (name, number) = (plain, 1)
            for candidate in [plain, long, part] {
                name = candidate
                if !taken.contains(space + ImageNames.stem(name).lowercased()) { break }
            }
            while taken.contains(space + ImageNames.stem(name).lowercased()) {
                number += 1
                name = "\(ImageNames.stem(plain))_\(number).\(Path(plain).suffix)"
            }
            taken.insert(space + ImageNames.stem(name).lowercased())
            if name != plain { renamed.append((sample.name, name)) }
            names.append(name)
        }
        self.names = names
    }

    /// A name that is a file's, whatever the data set says.
    private static func safe(_ name: String) -> String {
        let name = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 32 && $0 != "/" }))
        return name.isEmpty || name == "." || name == ".." ? "image" : name
    }
}
