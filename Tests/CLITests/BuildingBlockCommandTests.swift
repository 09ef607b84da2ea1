import Foundation
import SaccadeImages
import Testing

@Suite struct BuildingBlockCommandTests {
    private struct Unpooling: Decodable {
        let input, map, output: [[Double]]
        let pooled: [[Double]]?
        let indices: [[Int]]
    }

    private struct Upconvolution: Decodable {
        struct Copy: Decodable {
            let row, column: Int
            let value: Double
            let weighted: [[Double]]
        }
        let stride: Int
        let padding, outputPadding: [Int]
        let copies: [Copy]
        let output: [[Double]]
    }

    private struct Matrices: Decodable {
        let stride: Int
        let matrix, transposedMatrix, output, transposedOutput: [[Double]]
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ arguments: String...) throws -> Value {
        let outcome = try Program.run(["explain"] + arguments + ["--json"], in: NSTemporaryDirectory())
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    @Test("explain unpool: two examples by itself, rows of plain numbers; a user's numbers with a map or positions")
    func unpool() throws {
        let text = try Program.run("explain", "unpool").output
        #expect(text.contains("\n5 6\n7 8\n") && text.contains("\n0 0 6 0\n0 5 0 0\n0 0 0 0\n7 0 0 8\n"))
        #expect(text.contains("\n0 2 0 6\n0 0 0 0\n0 0 45 0\n0 30 0 0\n"))
        let pooled = try decoded(Unpooling.self, "unpool", "--input", "[[1,2,6,3],[3,5,2,1],[1,2,2,1],[7,3,4,8]]")
        #expect(pooled.pooled == [[5, 6], [7, 8]] && pooled.indices == [[5, 2], [12, 15]])
        let positions = try decoded(Unpooling.self, "unpool", "--input", "[[9,7]]", "--indices", "[[2,4]]")
        #expect(positions.output == [[0, 0, 9, 0], [7, 0, 0, 0]] && positions.pooled == nil)
        let sized = try decoded(
            Unpooling.self, "unpool", "--input", "[9,7]", "--indices", "[2,4]", "--size", "1x5")
        #expect(sized.output == [[0, 0, 9, 0, 7]])
        let map = try decoded(
            Unpooling.self, "unpool", "--input", "[[2,6],[30,45]]", "--indices",
            "[[0,1,0,1],[0,0,0,0],[0,0,1,0],[0,1,0,0]]")
        #expect(map.output == [[0, 2, 0, 6], [0, 0, 0, 0], [0, 0, 45, 0], [0, 30, 0, 0]])
        #expect(map.map == [[0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]])
    }

    private struct Downsampling: Decodable {
        let maxPooling, averagePooling, convolution: [[Double]]
    }

    @Test("explain downsample: the same windows in three ways")
    func downsample() throws {
        let text = try Program.run("explain", "downsample").output
        #expect(text.contains("\n5 6\n7 8\n") && text.contains("\n2.75 3\n3.25 3.75\n"), "\(text)")
        let own = try decoded(
            Downsampling.self, "downsample", "--input", "[[1,2,4]]", "--filter", "[1,-1]", "--stride", "1")
        #expect(own.maxPooling == [[2, 4]] && own.averagePooling == [[1.5, 3]] && own.convolution == [[-1, -2]])
    }

    @Test("explain upconv: copies and their sum for any stride, padding and size")
    func upconv() throws {
        let plus = try decoded(Upconvolution.self, "upconv")
        #expect(plus.copies.map(\.value) == [5, 6, 7, 8] && plus.output.count == 4 && plus.output[0][1] == 2.2)
        let least = try decoded(Upconvolution.self, "upconv", "--size", "3x3")
        #expect(least.output.map(\.count) == [3, 3, 3] && least.outputPadding == [0, 0])
        let apart = try decoded(
            Upconvolution.self, "upconv", "--input", "[[1,2]]", "--filter", "[[3,4]]", "--stride", "2")
        #expect(apart.output == [[3, 4, 6, 8], [0, 0, 0, 0]] && apart.padding == [0, 0])
    }

    @Test("explain conv-matrix: strides 1 and 2 by itself, or the one that is asked for")
    func matrix() throws {
        let both = try decoded([Matrices].self, "conv-matrix")
        #expect(both.map(\.stride) == [1, 2] && both[1].transposedOutput == [[16, 44, 40, 60]])
        let one = try decoded(Matrices.self, "conv-matrix", "--input", "[1,1]", "--filter", "[1,0,-1]", "--stride", "1")
        #expect(one.matrix == [[1, 0, -1, 0], [0, 1, 0, -1]] && one.output == [[-1, 1]])
    }

    @Test("drawn as PNG, SVG and PDF, with every number", arguments: ["unpool", "upconv", "conv-matrix"])
    func drawn(_ step: String) throws {
        try Program.inFolder { folder in
            for ending in ["png", "svg", "pdf"] {
                let outcome = try Program.run("explain", step, "--output", "step.\(ending)", in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("step.\(ending)"), "\(outcome.errors)")
            }
            #expect(try Image(contentsOf: "\(folder)/step.png").width > 400)
        }
    }

    @Test(
        "mistakes say what can be",
        arguments: [
            Mistake(arguments: ["explain", "unpool", "--input", "[[1,2],[3]]"], status: 64, complaint: "row 2 has 1"),
            Mistake(arguments: ["explain", "unpool", "--input", "one"], status: 64, complaint: "[[1,2],[3,4]]"),
            Mistake(arguments: ["explain", "unpool", "--input", "[[1e300]]"], status: 64, complaint: "1e9"),
            Mistake(arguments: ["explain", "unpool", "--input", "[]"], status: 64, complaint: "no numbers"),
            Mistake(arguments: ["explain", "unpool", "--indices", "[[1]]"], status: 64, complaint: "--input"),
            Mistake(
                arguments: ["explain", "unpool", "--input", "[[9,7]]", "--indices", "[[2,8]]"], status: 64,
                complaint: "0 to 7"),
            Mistake(
                arguments: ["explain", "unpool", "--input", "[[9,7]]", "--indices", "[[2,1.5]]"], status: 64,
                complaint: "whole"),
            Mistake(
                arguments: ["explain", "unpool", "--input", "[9]", "--indices", "[0]", "--size", "0x1"], status: 64,
                complaint: "4x4"),
            Mistake(arguments: ["explain", "unpool", "--kernel", "0"], status: 64, complaint: "1 to 64"),
            Mistake(arguments: ["explain", "unpool", "--stride", "0"], status: 64, complaint: "at least 1"),
            Mistake(arguments: ["explain", "upconv", "--size", "9x9"], status: 64, complaint: "3 to 4 high, not 9"),
            Mistake(arguments: ["explain", "upconv", "--padding", "9"], status: 64, complaint: "smaller"),
            Mistake(arguments: ["explain", "upconv", "--output", "step.gif"], status: 64, complaint: ".svg"),
            Mistake(
                arguments: ["explain", "conv-matrix", "--padding", "3"], status: 64, complaint: "below the filter"),
            Mistake(arguments: ["explain", "unpol", "--input", "[1]"], status: 64, complaint: "explain unpool"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { try mistake.check(in: $0) }
    }
}
