import Foundation
import SaccadeFiles
import SaccadeGeometry

/// A file of COCO's annotations (Lin et al., 2014), as it stands there.
///
/// Each record is decoded for itself, so that a bad one costs no other.
struct COCOFile: Decodable {
    /// Larger files are refused: 1 GiB.
    static let byteLimit = 1 << 30

    struct ImageEntry: Decodable {
        let id: Int
        let fileName: String
        let width: Int?
        let height: Int?

        private enum CodingKeys: String, CodingKey {
            case id, width, height
            case fileName = "file_name"
        }
    }

    struct Category: Decodable {
        let id: Int
        let name: String
    }

    struct Annotation: Decodable {
        let imageID: Int
        let categoryID: Int
        let bbox: [Double]?
        let segmentation: Segmentation?
        let iscrowd: Flag?
        let keypoints: [Double]?
        let attributes: [String: Scalar]?

        private enum CodingKeys: String, CodingKey {
            case bbox, segmentation, iscrowd, keypoints, attributes
            case imageID = "image_id"
            case categoryID = "category_id"
        }
    }

    struct Caption: Decodable {
        let imageID: Int
        let caption: String

        private enum CodingKeys: String, CodingKey {
            case caption
            case imageID = "image_id"
        }
    }

    enum Segmentation: Decodable {
        case polygons([[Double]])
        case runs([Int], height: Int, width: Int)
        case compressed(String, height: Int, width: Int)

        private enum CodingKeys: String, CodingKey { case counts, size }

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
                self = .polygons(try [[Double]](from: decoder))
                return
            }
            let size = try container.decode([Int].self, forKey: .size)
            guard size.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .size, in: container, debugDescription: "size must be [height, width]")
            }
            if let text = try? container.decode(String.self, forKey: .counts) {
                self = .compressed(text, height: size[0], width: size[1])
            } else {
                self = .runs(try container.decode([Int].self, forKey: .counts), height: size[0], width: size[1])
            }
        }
    }

    /// 0, 1, false or true.
    struct Flag: Decodable {
        let isSet: Bool

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                isSet = flag
            } else {
                isSet = try container.decode(Int.self) != 0
            }
        }
    }

    /// A value of an attribute as text.
    struct Scalar: Decodable {
        /// Nil for a list or an object.
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else if let number = try? container.decode(Int.self) {
                text = "\(number)"
            } else if let number = try? container.decode(Double.self) {
                text = "\(number)"
            } else {
                text = try? container.decode(String.self)
            }
        }
    }

    /// A record, or why it is none.
    struct Record<Content: Decodable>: Decodable {
        let content: Result<Content, any Error>
        /// The record's own number, if it can be read.
        let id: Int?

        private enum CodingKeys: String, CodingKey { case id }

        init(from decoder: any Decoder) throws {
            content = Result { try Content(from: decoder) }
            id = try? decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
        }
    }

    let images: [Record<ImageEntry>]
    let categories: [Record<Category>]?

    /// The records of `annotations`, of the kind that is wanted.
    struct Annotations<Content: Decodable>: Decodable {
        let annotations: [Record<Content>]
    }

    /// Reads a file, and its annotations as records of `Content`.
    ///
    /// - Throws: ``FileError`` when it cannot be read, is no JSON, or has no lists of images and annotations.
    static func read<Content: Decodable>(
        _ path: String, _: Content.Type
    ) throws(FileError) -> (file: COCOFile, annotations: [Record<Content>]) {
        let data = Data(try RegularFile.contents(of: path, limit: byteLimit))
        do {
            // A number that a Double cannot hold is an error of its record, not of the file.
            let decoder = JSONDecoder()
            return (
                try decoder.decode(COCOFile.self, from: data),
                try decoder.decode(Annotations<Content>.self, from: data).annotations
            )
        } catch {
            throw FileError(
                .malformed, path: path,
                reason: "is no COCO file: \(syntax(of: data) ?? reason(error))",
                remedy: "mend it or write it again")
        }
    }

    /// Where the text stops to be JSON, which the decoder does not tell; nil when it never does.
    private static func syntax(of data: Data) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: data)
            return nil
        } catch {
            let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "it is no JSON"
            // Foundation counts characters, people count lines.
            guard let match = text.firstMatch(of: /(.*) around character (\d+)/), let offset = Int(match.2),
                (0...data.count).contains(offset)
            else { return text.trimmingCharacters(in: ["."]) }
            let before = data.prefix(offset)
            let column = offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
            return "line \(before.count { $0 == UInt8(ascii: "\n") } + 1), column \(column): \(match.1)"
        }
    }

    /// What a decoder complains about, as a clause.
    static func reason(_ error: any Error) -> String { (error as? DecodingError)?.reason ?? "\(error)" }
}
