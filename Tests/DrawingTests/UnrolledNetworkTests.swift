import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct UnrolledNetworkTests {
    @Test("no text leaves the page or touches another", arguments: Samples.unrolledOnes.indices)
    func tidy(index: Int) throws {
        try expectTidy(Samples.unrolledOnes[index], "unrolled \(index)")
    }

    @Test("every number, character, target and name is drawn; indices stand lower")
    func whole() throws {
        let (_, labels) = try labels(of: Samples.unrolled())
        let texts = labels.map(\.text)
        for text in ["“hello” before training", "“0”", "“target 3”", "1.382", "input layer", "target", "fed"] {
            #expect(texts.contains(text), "\(text)")
        }
        #expect(texts.count { $0 == "-0.52" } == 4 && texts.count { $0 == "-0.25" } == 4)
        // Three kinds of arrow: one of each up for every step, and one to every state.
        for index in ["xh", "hh", "hy"] { #expect(texts.count { $0 == index } == 4, "\(index)") }
        let name = try #require(labels.firstIndex { $0.text == "hh" })
        let (base, index) = (labels[name - 1].box, labels[name].box)
        #expect(labels[name - 1].text == "W" && index.center.y > base.center.y && index.height < base.height)
        #expect(abs(index.x - base.right) < 0.01)
    }

    @Test("steps go from left to right, outputs above states above inputs")
    func places() throws {
        let (_, labels) = try labels(of: Samples.unrolled())
        func places(_ text: String) -> [Rectangle] { labels.filter { $0.text == text }.map(\.box) }
        let (states, targets, fed) = (places("-0.52"), (0..<4).flatMap { places("“target \($0)”") }, places("“2”"))
        for (left, right) in zip(states, states.dropFirst()) { #expect(left.right < right.x) }
        for (target, state) in zip(targets, states) {
            #expect(target.bottom < state.y && abs(target.center.x - state.center.x) < 1)
        }
        #expect(fed[0].y > states[2].bottom && abs(fed[0].center.x - states[2].center.x) < 1)
    }

    @Test("forwards the arrow outside comes first, backwards last; dots stand where steps are left out")
    func outside() throws {
        func place(_ network: UnrolledNetwork) throws -> (outside: Rectangle?, states: [Rectangle]) {
            let (_, labels) = try labels(of: network)
            return (labels.first { $0.text == " = 0" }?.box, labels.filter { $0.text == "-0.52" }.map(\.box))
        }
        let forward = try place(Samples.unrolled())
        #expect(try #require(forward.outside).right < forward.states[0].x)
        let backward = try place(Samples.unrolled(isBackward: true))
        #expect(try #require(backward.outside).x > backward.states[11].right)
        #expect(try place(Samples.unrolled(isBackward: true, goesOn: true)).outside == nil)
    }

    @Test("the target’s row is green, a mistake red")
    func colors() throws {
        func has(_ emphasis: UnrolledNetwork.Emphasis, _ test: (Int, Int, Int) -> Bool) throws -> Bool {
            let box = UnrolledNetwork.Box([.init(["████"], emphasis)])
            let image = try UnrolledNetwork(
                title: "", steps: [.init(state: box, output: box)],
                names: .init(
                    input: "", state: "", output: "", below: "", above: [], inputWeights: "", stateWeights: "",
                    outputWeights: "", outside: "")
            ).image(scale: 1)
            return (0..<image.height).contains { y in
                (0..<image.width).contains { test(Int(image[$0, y, 0]), Int(image[$0, y, 1]), Int(image[$0, y, 2])) }
            }
        }
        // Darker than any frame or arrow of that colour.
        func green(_ r: Int, _ g: Int, _ b: Int) -> Bool { r < 10 && (100..<130).contains(g) && b < 100 }
        func red(_ r: Int, _ g: Int, _ b: Int) -> Bool { r > 180 && g < 95 && b < 10 }
        #expect(try has(.wanted, green) && has(.mistaken, red))
        #expect(try !has(.plain, green) && !has(.plain, red))
    }

    @Test("tints grow with a number and tell its sign; black text stands on them")
    func shades() {
        let tints = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5].map { Color.signed($0) }
        #expect(tints[3] == .white && Color.signed(.nan) == .white && tints[0] == tints[1] && tints[5] == tints[6])
        for (value, tint) in [(1, tints[4]), (1, tints[5]), (-1, tints[2]), (-1, tints[1])] {
            #expect(value > 0 ? tint.blue > tint.red : tint.red > tint.blue)
            #expect(tint.luminance > 0.4)
        }
        #expect(tints[1].luminance < tints[2].luminance && tints[5].luminance < tints[4].luminance)
    }

    @Test("names of rows and columns stand beside the grid in place of numbers")
    func names() throws {
        let (page, labels) = try labels(of: Samples.shaded)
        let texts = labels.map(\.text)
        #expect(texts.contains("“h”") && texts.contains("b") && !texts.contains("none"))
        #expect(labels.allSatisfy { page.contains($0.box) })
        // The second panel has its columns' names, and numbers at its rows.
        #expect(texts.count { $0 == "“e”" } == 2 && texts.contains("4"))
        let (name, cell) = (labels.first { $0.text == "b" }, labels.first { $0.text == "-0.3" })
        #expect(try #require(name).box.right < (try #require(cell)).box.x)
    }
}
