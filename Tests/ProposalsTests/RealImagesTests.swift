import Foundation
import SaccadeGeometry
import SaccadeImages
import SaccadeProposals
import TestSupport
import Testing

@Suite struct RealImagesTests {
    static let folder = "selective_search/fast-rcnn"

    @Test(
        "finds what the authors' program found",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)),
        arguments: ["000004", "001551"])
    func authors(_ name: String) throws {
        let image = try photograph(name)
        let theirs = try authorsBoxes(name)
        // They kept small boxes here.
        var (fast, quality) = (SelectiveSearch.fast, SelectiveSearch.quality)
        (fast.minimumSide, quality.minimumSide) = (1, 1)
        let few = try fast.proposals(in: image).boxes
        #expect(share(of: theirs, foundIn: few, iou: 0.7) > 0.79)
        let many = try quality.proposals(in: image).boxes
        #expect(share(of: theirs, foundIn: many, iou: 0.7) > 0.95)
        #expect(share(of: theirs, foundIn: many, iou: 0.5) > 0.99)
    }

    @Test(
        "regions in the beginning are the authors', every one of them",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)),
        arguments: ["000004", "001551"])
    func authorsRegions(_ name: String) throws {
        let theirs = Set(try authorsBoxes(name))
        // What they made these boxes with is not told, but RGB with both scales must have been among it.
        var search = SelectiveSearch(colorSpaces: [.rgb], scales: [100, 200], similarities: [.size])
        search.minimumSide = 1
        let hierarchies = try search.proposals(in: photograph(name), keepingHierarchies: true).hierarchies
        for hierarchy in hierarchies {
            let regions = hierarchy.boxes.prefix(hierarchy.segmentation.count)
            #expect(regions.count >= 99 && theirs.isSuperset(of: regions))
        }
    }

    @Test(
        "finds what OpenCV finds",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func openCV() throws {
        let image = try photograph("000004")
        let theirs = ProposalFixtures.openCV
        let few = try SelectiveSearch.fast.proposals(in: image).boxes
        #expect(share(of: theirs, foundIn: few, iou: 0.5) > 0.9)
        let many = try SelectiveSearch.quality.proposals(in: image).boxes
        #expect(share(of: theirs, foundIn: many, iou: 0.7) > 0.9)
    }

    @Test(
        "2 000 boxes of every second image of Pascal VOC hold 95 % of the objects",
        .enabled(if: ReferenceData.has("voc2012_100"), Comment(rawValue: ReferenceData.missing)))
    func recall() throws {
        var search = SelectiveSearch.quality
        search.limit = 2000
        var overlaps: [Double] = []
        for (index, id) in try lines("voc2012_100/ids.txt").enumerated() where index % 2 == 0 {
            let boxes = try search.proposals(
                in: Image(contentsOf: ReferenceData.path("voc2012_100/JPEGImages/\(id).jpg"))
            ).boxes
            #expect(boxes.count <= 2000)
            for truth in try objects("voc2012_100/Annotations/\(id).xml") {
                overlaps.append(boxes.map { $0.iou(with: truth) }.max() ?? 0)
            }
        }
        #expect(overlaps.count > 120)
        #expect(Double(overlaps.count { $0 >= 0.5 }) >= 0.95 * Double(overlaps.count))
        #expect(overlaps.reduce(0, +) / Double(overlaps.count) > 0.77)
    }

    private func photograph(_ name: String) throws -> Image {
        try Image(contentsOf: ReferenceData.path("\(Self.folder)/\(name).jpg"))
    }

    private func authorsBoxes(_ name: String) throws -> [Box] {
        try lines("\(Self.folder)/\(name)_boxes.csv").map { line in
            let edges = try line.split(separator: ",").map { try #require(Double($0)) }
            // The last pixel is inclusive.
            return Box(left: edges[0], top: edges[1], right: edges[2] + 1, bottom: edges[3] + 1)
        }
    }

    private func share(of boxes: [Box], foundIn others: [Box], iou: Double) -> Double {
        Double(boxes.count { box in others.contains { $0.iou(with: box) >= iou } }) / Double(boxes.count)
    }

    private func lines(_ file: String) throws -> [String] {
        try String(contentsOfFile: ReferenceData.path(file), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The boxes of a Pascal VOC annotation, difficult ones included.
    private func objects(_ file: String) throws -> [Box] {
        let xml = try String(contentsOfFile: ReferenceData.path(file), encoding: .utf8)
        return try xml.components(separatedBy: "<object>").dropFirst().map { object in
            func edge(_ name: String) throws -> Double {
                let start = try #require(object.range(of: "<\(name)>")).upperBound
                let end = try #require(object.range(of: "</\(name)>")).lowerBound
                return try #require(Double(object[start..<end]))
            }
            // The first pixel is 1, and the last inclusive.
            return Box(
                left: try edge("xmin") - 1, top: try edge("ymin") - 1, right: try edge("xmax"), bottom: try edge("ymax")
            )
        }
    }
}
