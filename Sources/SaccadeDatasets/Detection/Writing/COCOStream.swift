import SaccadeFiles
import SaccadeImages

/// One of COCO's files. Annotations go to the disk as they come; only the list of images waits for the end.
struct COCOStream {
    private let file: StagedFile
    private var images: [String] = []
    private var annotations = 0

    /// - Parameter categories: As records of JSON; nil where a file has none.
    init(_ name: String, categories: [String]?, in folder: inout StagedFolder) throws(FileError) {
        file = try folder.stream(to: "annotations/\(name).json")
        try file.write("{\"info\": {}, \"licenses\": [],\n")
        if let categories { try file.write("\"categories\": [\n\(categories.joined(separator: ",\n"))\n],\n") }
        try file.write("\"annotations\": [")
    }

    /// - Returns: The image's number.
    mutating func addImage(_ name: String, _ size: PixelSize?) -> Int {
        let number = images.count + 1
        let sides = size.map { ", \"width\": \($0.width), \"height\": \($0.height)" } ?? ""
        images.append("{\"id\": \(number), \"file_name\": \(COCOWriter.quoted(name))\(sides)}")
        return number
    }

    /// - Parameter record: Makes the record of an annotation, given its number.
    mutating func add(_ record: (Int) -> String) throws(FileError) {
        annotations += 1
        try file.write((annotations == 1 ? "\n" : ",\n") + record(annotations))
    }

    func finish() throws(FileError) {
        try file.write("\n],\n\"images\": [\n\(images.joined(separator: ",\n"))\n]}\n")
        try file.finish()
    }
}
