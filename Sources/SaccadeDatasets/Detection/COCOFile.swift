import SaccadeFiles
import SaccadeImages

/// A file of COCO's annotations (Lin et al., 2014), record by record, as it stands there.
///
/// Each record is decoded for itself, so that a bad one costs no other.
struct COCOFile {
    /// Larger files are refused: 1 GiB.
    static let byteLimit = 1 << 30

    /// The lists that are read.
    enum List: String, CaseIterable {
        case images, categories, annotations
    }

    private let records: JSONRecords

    /// Looks through a file.
    ///
    /// - Throws: ``FileError`` when it cannot be read, is no JSON, or has no lists of images and annotations.
    init(_ path: String) throws(FileError) {
        records = try JSONRecords(
            path, as: "COCO file", limit: Self.byteLimit, lists: Set(List.allCases.map(\.rawValue)))
        for list in [List.images, .annotations] { try records.begin(list.rawValue) }
    }

    /// Whether a list is there; images and annotations are.
    func has(_ list: List) -> Bool { records.has(list.rawValue) }

    /// Goes to the beginning of a list, which must be there.
    func begin(_ list: List) throws(FileError) { try records.begin(list.rawValue) }

    /// The next record of the list and its number in it; nil behind the last.
    ///
    /// - Returns: A record that is good until the next one is asked for.
    /// - Throws: ``FileError`` when the file stops to be JSON.
    func next() throws(FileError) -> (index: Int, record: JSONValue)? {
        guard let record = try records.next() else { return nil }
        return (records.count - 1, record)
    }
}

extension JSONValue {
    /// The number by which a record calls itself, if it can be read.
    var id: Int? { (try? member("id"))?.int }
}

extension COCOFile {
    struct ImageEntry {
        let id: Int
        let fileName: String
        let width: Int?
        let height: Int?

        init(_ record: JSONValue) throws(JSONMismatch) {
            id = try record.int("id")
            fileName = try record.text("file_name")
            width = try record.intIfPresent("width")
            height = try record.intIfPresent("height")
        }

        /// The image's size, if it says one that an image can have.
        var size: PixelSize? {
            guard let width, let height, (1...1_000_000).contains(width), (1...1_000_000).contains(height) else {
                return nil
            }
            return PixelSize(width: width, height: height)
        }
    }

    struct Category {
        let id: Int
        let name: String

        init(_ record: JSONValue) throws(JSONMismatch) {
            id = try record.int("id")
            name = try record.text("name")
        }
    }

    struct Caption {
        let imageID: Int
        let caption: String

        init(_ record: JSONValue) throws(JSONMismatch) {
            imageID = try record.int("image_id")
            caption = try record.text("caption")
        }
    }

    /// An annotation of an object. It is read into the memory of the one before, for there are many.
    struct Annotation {
        /// What tells which pixels are the object's.
        enum Segmentation {
            case polygons
            case runs([Int], height: Int, width: Int)
            case compressed(String, height: Int, width: Int)
        }

        private(set) var imageID = 0
        private(set) var categoryID = 0
        /// Empty where there is none; any number of numbers.
        private(set) var bbox: [Double] = []
        private(set) var hasBox = false
        /// Square pixels; nil where it does not say so.
        private(set) var area: Double?
        private(set) var segmentation: Segmentation?
        /// How many numbers each polygon has.
        private(set) var polygonCounts: [Int] = []
        /// The numbers of all polygons, one polygon after the other.
        private(set) var coordinates: [Double] = []
        private(set) var isCrowd = false
        private(set) var keypoints: [Double] = []
        private(set) var attributes: [String: String] = [:]

        mutating func read(_ record: JSONValue) throws(JSONMismatch) {
            imageID = try record.int("image_id")
            categoryID = try record.int("category_id")
            let box = try record.member("bbox")
            hasBox = box != nil
            bbox.removeAll(keepingCapacity: true)
            try box?.appendNumbers(to: &bbox, "bbox")
            area = try Self.area(record.member("area"))
            try readSegmentation(record)
            isCrowd = try Self.flag(record.member("iscrowd"))
            keypoints.removeAll(keepingCapacity: true)
            try record.member("keypoints")?.appendNumbers(to: &keypoints, "keypoints")
            attributes = try Self.attributes(record.member("attributes"))
        }

        private mutating func readSegmentation(_ record: JSONValue) throws(JSONMismatch) {
            segmentation = nil
            polygonCounts.removeAll(keepingCapacity: true)
            coordinates.removeAll(keepingCapacity: true)
            guard let value = try record.member("segmentation") else { return }
            guard value.isObject else {
                guard value.isList else { throw value.mismatch("segmentation") }
                for (index, polygon) in value.items.enumerated() {
                    let start = coordinates.count
                    try polygon.appendNumbers(to: &coordinates, "segmentation[\(index)]")
                    polygonCounts.append(coordinates.count - start)
                }
                segmentation = polygonCounts.isEmpty ? nil : .polygons
                return
            }
            let size = try Self.integers(value.required("size", in: "segmentation"), "segmentation.size")
            guard size.count == 2 else {
                throw JSONMismatch(reason: "segmentation: size must be [height, width]")
            }
            let counts = try value.required("counts", in: "segmentation")
            segmentation =
                if let text = counts.text {
                    .compressed(text, height: size[0], width: size[1])
                } else {
                    .runs(try Self.integers(counts, "segmentation.counts"), height: size[0], width: size[1])
                }
        }

        private static func integers(_ list: JSONValue, _ name: String) throws(JSONMismatch) -> [Int] {
            guard list.isList else { throw list.mismatch(name) }
            var numbers: [Int] = []
            for (index, item) in list.items.enumerated() {
                guard let number = item.int else { throw item.mismatch("\(name)[\(index)]", isNumber: true) }
                numbers.append(number)
            }
            return numbers
        }

        /// A number, or a text of one.
        private static func area(_ value: JSONValue?) throws(JSONMismatch) -> Double? {
            guard let value else { return nil }
            guard let area = value.double ?? value.text.flatMap(RecordRules.number), area >= 0 else { return nil }
            return area
        }

        /// 0, 1, false or true.
        private static func flag(_ value: JSONValue?) throws(JSONMismatch) -> Bool {
            guard let value else { return false }
            if let flag = value.bool { return flag }
            guard let number = value.int else { throw value.mismatch("iscrowd", isNumber: true) }
            return number != 0
        }

        /// Values as texts, without lists and objects.
        private static func attributes(_ value: JSONValue?) throws(JSONMismatch) -> [String: String] {
            guard let value else { return [:] }
            guard value.isObject else { throw value.mismatch("attributes") }
            var attributes: [String: String] = [:]
            for (name, value) in value.members {
                let text =
                    if let flag = value.bool {
                        "\(flag)"
                    } else if let number = value.int {
                        "\(number)"
                    } else if let number = value.double {
                        "\(number)"
                    } else {
                        value.text
                    }
                if attributes[name] == nil { attributes[name] = text }
            }
            return attributes
        }
    }
}
