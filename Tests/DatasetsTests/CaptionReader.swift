import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages

/// Understands captions by a grammar of its own, and compares what they say with a scene's masks.
struct CaptionReader {
    let scene: Scene
    /// The pixels of each object.
    private let pixels: [[Int]]

    init(_ scene: Scene) {
        self.scene = scene
        pixels = scene.objects.indices.map { number in
            scene.instances.indices.filter { scene.instances[$0] == UInt8(number + 1) }
        }
    }

    /// A kind of sentence: `{n}` stands for “a red car”, `{l}` for a list of such, `{p}` for a place, and so on.
    struct Form: Sendable {
        let name: String
        let slots: [Character]
        fileprivate let expression: NSRegularExpression
        fileprivate let isTrue: @Sendable (CaptionReader, [String]) -> Bool

        init(_ name: String, _ isTrue: @escaping @Sendable (CaptionReader, [String]) -> Bool) {
            (self.name, self.isTrue) = (name, isTrue)
            let patterns: [Character: String] = [
                "n": CaptionReader.name, "l": ".+", "g": CaptionReader.group,
                "p": CaptionReader.alternatives(places.keys),
                "b": CaptionReader.alternatives(backgrounds.keys), "s": CaptionReader.alternatives(spots.keys),
                "d": "left|right", "#": CaptionReader.alternatives(numbers.keys), "c": CaptionReader.color,
                "k": CaptionReader.alternatives(SceneClass.allCases.map(\.rawValue)),
                "m": CaptionReader.alternatives(plurals.keys), "f": CaptionReader.alternatives(families.keys),
            ]
            var (pattern, slots, rest) = ("^", [Character](), name[...])
            while let open = rest.firstIndex(of: "{") {
                let slot = rest[rest.index(after: open)]
                pattern += rest[..<open] + "(\(patterns[slot] ?? "?"))"
                slots.append(slot)
                rest = rest[rest.index(open, offsetBy: 3)...]
            }
            self.slots = slots
            expression = try! NSRegularExpression(pattern: pattern + rest + "$")  // a wrong form is a wrong test
        }
    }

    struct Reading {
        let name: String
        let isTrue: Bool
    }

    /// What kind of sentence a caption is; true if any understanding of it is.
    func form(of caption: String) -> Reading? {
        guard caption.hasSuffix("."), caption.first?.isUppercase == true else { return nil }
        let text = caption.prefix(1).lowercased() + caption.dropFirst().dropLast()
        var reading: Reading?
        for form in Self.forms {
            let range = NSRange(text.startIndex..., in: text)
            guard let match = form.expression.firstMatch(in: text, range: range) else { continue }
            let slots = form.slots.indices.map { slot in
                Range(match.range(at: slot + 1), in: text).map { String(text[$0]) } ?? ""
            }
            guard zip(form.slots, slots).allSatisfy({ $0 != "l" || items($1) != nil }) else { continue }
            reading = Reading(name: form.name, isTrue: form.isTrue(self, slots))
            if reading?.isTrue == true { return reading }
        }
        return reading
    }

    // MARK: Words

    private static func alternatives(_ words: some Sequence<String>) -> String {
        words.sorted { $0.count > $1.count }.joined(separator: "|")
    }

    private static let color = alternatives(SceneColor.allCases.map(\.rawValue))
    private static let nouns: [String: SceneClass] = {
        var nouns = Dictionary(uniqueKeysWithValues: SceneClass.allCases.map { ($0.rawValue, $0) })
        nouns["plane"] = .airplane
        nouns["bike"] = .bicycle
        nouns["sailing boat"] = .boat
        nouns["alarm clock"] = .clock
        nouns["cup of coffee"] = .cup
        return nouns
    }()
    private static let plurals: [String: SceneClass] = {
        var plurals = Dictionary(uniqueKeysWithValues: SceneClass.allCases.map { ($0.rawValue + "s", $0) })
        for (word, right) in [
            "buss": "buses", "butterflys": "butterflies", "fishs": "fish", "strawberrys": "strawberries",
        ] {
            plurals[right] = plurals.removeValue(forKey: word)
        }
        return plurals
    }()
    private static let numbers = [
        "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    ]
    private static let families: [String: [SceneClass]] = [
        "animals": [.bird, .butterfly, .cat, .fish, .snail, .turtle], "buildings": [.castle, .house, .lighthouse],
        "vehicles": [.airplane, .bicycle, .boat, .bus, .car], "pieces of fruit": [.apple, .banana, .strawberry],
    ]
    private static let vowel = "(?=[aeiou])"
    private static let consonant = "(?=[^aeiou])"
    private static let thing = "(?:(?:\(color)) )?(?:\(alternatives(nouns.keys)))(?: [A-Z])?"
    private static let name = "(?:an \(vowel)|a \(consonant))\(thing)"
    private static let group =
        "(?:\(alternatives(numbers.keys))) (?:(?:\(color)) )?(?:\(alternatives(plurals.keys)))"

    private static let air: Set<SceneClass> = [.airplane, .bird, .butterfly]
    private static let places: [String: ScenePlace] = [
        "above a sandy beach": .beach, "over the beach": .beach, "on a sandy beach": .beach, "on the beach": .beach,
        "by the sea": .beach, "above a green meadow": .meadow, "over a meadow": .meadow, "in a meadow": .meadow,
        "on the grass": .meadow, "in a green field": .meadow, "in the night sky": .night, "under the stars": .night,
        "at night": .night, "under a starry sky": .night, "in the moonlight": .night, "above the sea": .sea,
        "over the water": .sea, "in the sea": .sea, "in the water": .sea, "on the sea": .sea, "on the water": .sea,
        "above a snowy field": .snow, "over the snow": .snow, "in the snow": .snow, "on a snowy field": .snow,
        "above a street": .street, "over the city": .street, "on a street": .street, "in the city": .street,
        "on the road": .street, "on a piece of cloth": .cloth, "on a patterned cloth": .cloth,
        "on a sheet of paper": .paper, "on paper": .paper, "on a wooden table": .table, "on wooden boards": .table,
        "in front of a brick wall": .wall, "against a brick wall": .wall,
    ]
    private static let backgrounds: [String: ScenePlace] = [
        "a beach": .beach, "patterned cloth": .cloth, "a green meadow": .meadow, "a night sky": .night,
        "paper": .paper, "the sea": .sea, "a snowy landscape": .snow, "a city street": .street,
        "a wooden surface": .table, "a brick wall": .wall,
    ]
    /// Thirds from the left and from the top.
    private static let spots: [String: (Int, Int)] = [
        "at the top left": (0, 0), "at the top": (1, 0), "at the top right": (2, 0), "on the left": (0, 1),
        "in the middle": (1, 1), "on the right": (2, 1), "at the bottom left": (0, 2), "at the bottom": (1, 2),
        "at the bottom right": (2, 2),
    ]

    // MARK: What is said

    private func captured(_ pattern: String, _ text: String) -> [String]? {
        let expression = try! NSRegularExpression(pattern: "^\(pattern)$")
        guard let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) else {
            return nil
        }
        return (1..<match.numberOfRanges).map { Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? "" }
    }

    /// The objects that “a red car” may mean.
    private func meant(_ name: String) -> [Int] {
        let nouns = Self.alternatives(Self.nouns.keys)
        guard let words = captured("an? (?:(\(Self.color)) )?(\(nouns))(?: ([A-Z]))?", name) else { return [] }
        return scene.objects.indices.filter { number in
            let object = scene.objects[number]
            return object.kind == Self.nouns[words[1]] && (words[0].isEmpty || object.color.rawValue == words[0])
                && (object.letter.map { String($0) } ?? "") == words[2]
        }
    }

    private func any(_ name: String, _ holds: (Int) -> Bool = { _ in true }) -> Bool {
        meant(name).contains(where: holds)
    }

    private func pair(_ a: String, _ b: String, _ holds: (Int, Int) -> Bool) -> Bool {
        any(a) { first in any(b) { second in first != second && holds(first, second) } }
    }

    /// The items of a list; nothing when one of them is no name.
    private func items(_ list: String) -> [String]? {
        let items = list.replacingOccurrences(of: " and ", with: ", ").components(separatedBy: ", ")
        return items.allSatisfy { captured("(?:\(Self.name)|\(Self.group))", $0) != nil } ? items : nil
    }

    /// Whether “two red cars” are all cars there are.
    private func isAll(_ item: String) -> Bool {
        let pattern =
            "(\(Self.alternatives(Self.numbers.keys))) (?:(\(Self.color)) )?(\(Self.alternatives(Self.plurals.keys)))"
        guard let words = captured(pattern, item) else { return meant(item).count == 1 && count(meant(item)) == 1 }
        let all = scene.objects.filter { $0.kind == Self.plurals[words[2]] }
        return all.count == Self.numbers[words[0]]
            && all.allSatisfy { words[1].isEmpty || $0.color.rawValue == words[1] }
    }

    /// How many objects are of the class of the first.
    private func count(_ numbers: [Int]) -> Int {
        numbers.first.map { first in scene.objects.count { $0.kind == scene.objects[first].kind } } ?? 0
    }

    private func isComplete(_ list: String) -> Bool {
        guard let items = items(list) else { return false }
        let classes = Set(scene.objects.map(\.kind))
        return items.allSatisfy(isAll) && items.count == classes.count
    }

    private func isPlace(_ place: String, for number: Int) -> Bool {
        let isInAir =
            ["above", "over"].contains { place.hasPrefix($0 + " ") } || place == "in the night sky"
            || place == "under the stars"
        guard Self.places[place] == scene.place else { return false }
        let isLandscape = [.beach, .meadow, .night, .sea, .snow, .street].contains(scene.place)
        return !isLandscape || isInAir == Self.air.contains(scene.objects[number].kind)
    }

    private func isCount(_ word: String) -> Bool { Self.numbers[word] == scene.objects.count }

    // MARK: What is seen

    private func middle(_ number: Int) -> (x: Double, y: Double) {
        let places = pixels[number]
        let (columns, rows) = (places.map { $0 % scene.image.width }, places.map { $0 / scene.image.width })
        return (
            Double((columns.min() ?? 0) + (columns.max() ?? 0) + 1) / 2,
            Double((rows.min() ?? 0) + (rows.max() ?? 0) + 1) / 2
        )
    }

    private func isLargest(_ number: Int) -> Bool {
        scene.objects.indices.allSatisfy { $0 == number || pixels[$0].count < pixels[number].count }
    }

    private func isAt(_ spot: String, _ number: Int) -> Bool {
        guard let (column, row) = Self.spots[spot] else { return false }
        let (x, y) = middle(number)
        let (across, down) = (x * 3 / Double(scene.image.width), y * 3 / Double(scene.image.height))
        return across >= Double(column) && across <= Double(column + 1) && down >= Double(row)
            && down <= Double(row + 1)
    }

    private func isLeft(_ a: Int, _ b: Int) -> Bool {
        let (p, q) = (middle(a), middle(b))
        return p.x < q.x - 2 && abs(p.x - q.x) >= abs(p.y - q.y)
    }

    private func isAbove(_ a: Int, _ b: Int) -> Bool {
        let (p, q) = (middle(a), middle(b))
        return p.y < q.y - 2 && abs(p.y - q.y) >= abs(p.x - q.x)
    }

    /// Objects come from back to front; one that is hidden is not seen in full where the other is.
    private func isBehind(_ a: Int, _ b: Int) -> Bool {
        a < b && scene.objects[a].visibleFraction < 0.96
            && scene.objects[a].fullBox.intersection(scene.objects[b].box) != nil
    }

    private func faces(_ number: Int, _ side: String) -> Bool { scene.objects[number].facing?.rawValue == side }

    // MARK: Sentences

    static let forms: [Form] = [
        // The main object.
        Form("{n} {p}") { r, s in r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        Form("there is {n} {p}") { r, s in r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        Form("{n} can be seen {p}") { r, s in r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        Form("the picture shows {n} {p}") { r, s in r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        Form("{p}, we see {n}") { r, s in r.any(s[1]) { r.isPlace(s[0], for: $0) } },
        // One object alone.
        Form("nothing but {n} {p}") { r, s in r.scene.objects.count == 1 && r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        Form("{n} and nothing else") { r, s in r.scene.objects.count == 1 && r.any(s[0]) },
        Form("{n} is all that the picture shows") { r, s in r.scene.objects.count == 1 && r.any(s[0]) },
        Form("the only object in the picture is {n}") { r, s in r.scene.objects.count == 1 && r.any(s[0]) },
        Form("{n}, all alone {p}") { r, s in r.scene.objects.count == 1 && r.any(s[0]) { r.isPlace(s[1], for: $0) } },
        // Where its front is.
        Form("{n} is facing {d}") { r, s in r.any(s[0]) { r.faces($0, s[1]) } },
        Form("{n} faces to the {d}") { r, s in r.any(s[0]) { r.faces($0, s[1]) } },
        Form("{n} {p}, facing {d}") { r, s in r.any(s[0]) { r.isPlace(s[1], for: $0) && r.faces($0, s[2]) } },
        // Where it is.
        Form("{n} is {s}") { r, s in r.any(s[0]) { r.isAt(s[1], $0) } },
        Form("{s} there is {n}") { r, s in r.any(s[1]) { r.isAt(s[0], $0) } },
        Form("{s} of the picture we see {n}") { r, s in r.any(s[1]) { r.isAt(s[0], $0) } },
        // All objects.
        Form("{l}, with {b} in the background") { r, s in r.isComplete(s[0]) && backgrounds[s[1]] == r.scene.place },
        Form("there is {l} in the picture") { r, s in r.isComplete(s[0]) && s[0].hasPrefix("a") },
        Form("there are {l} in the picture") { r, s in
            r.isComplete(s[0]) && numbers.keys.contains { s[0].hasPrefix($0) }
        },
        Form("the picture shows {l}") { r, s in r.isComplete(s[0]) },
        Form("{#} objects: {l}") { r, s in r.isCount(s[0]) && r.isComplete(s[1]) },
        Form("we see {#} things here: {l}") { r, s in r.isCount(s[0]) && r.isComplete(s[1]) },
        Form("{l} {p}") { r, s in r.isComplete(s[0]) && r.isPlace(s[1], for: r.scene.mainObject) },
        Form("there are {#} objects {p}: {l}") { r, s in
            r.isCount(s[0]) && r.isPlace(s[1], for: r.scene.mainObject) && r.isComplete(s[2])
        },
        // How many there are.
        Form("{g} and one other thing") { r, s in
            r.isAll(s[0]) && numbers[s[0].components(separatedBy: " ")[0]] == r.scene.objects.count - 1
        },
        Form("{g} and {#} other things") { r, s in
            r.isAll(s[0])
                && (numbers[s[0].components(separatedBy: " ")[0]] ?? 0) + (numbers[s[1]] ?? 0) == r.scene.objects.count
        },
        Form("{#} of the {#} objects are {m}") { r, s in
            r.isCount(s[1]) && r.scene.objects.count { $0.kind == plurals[s[2]] } == numbers[s[0]]
        },
        Form("all {#} objects are {m}") { r, s in
            r.isCount(s[0]) && r.scene.objects.count > 2 && r.scene.objects.allSatisfy { $0.kind == plurals[s[1]] }
        },
        Form("both objects are {m}") { r, s in
            r.scene.objects.count == 2 && r.scene.objects.allSatisfy { $0.kind == plurals[s[0]] }
        },
        Form("there are exactly {#} {m} in the picture") { r, s in
            r.scene.objects.count { $0.kind == plurals[s[1]] } == numbers[s[0]]
        },
        Form("one of the {#} objects is {n}") { r, s in r.isCount(s[0]) && r.isAll(s[1]) },
        Form("there is only one {k} in the picture") { r, s in r.scene.objects.count { $0.kind.rawValue == s[0] } == 1
        },
        Form("there are {#} {f} in the picture") { r, s in
            r.scene.objects.count { families[s[1]]?.contains($0.kind) == true } == numbers[s[0]]
        },
        // Two objects.
        Form("{n} is to the left of {n}") { r, s in r.pair(s[0], s[1], r.isLeft) },
        Form("to the left of {n} there is {n}") { r, s in r.pair(s[1], s[0], r.isLeft) },
        Form("{n} with {n} to its right") { r, s in r.pair(s[0], s[1], r.isLeft) },
        Form("{n} is to the right of {n}") { r, s in r.pair(s[1], s[0], r.isLeft) },
        Form("to the right of {n} there is {n}") { r, s in r.pair(s[0], s[1], r.isLeft) },
        Form("{n} is above {n}") { r, s in r.pair(s[0], s[1], r.isAbove) },
        Form("{n} can be seen above {n}") { r, s in r.pair(s[0], s[1], r.isAbove) },
        Form("above {n} there is {n}") { r, s in r.pair(s[1], s[0], r.isAbove) },
        Form("{n} is below {n}") { r, s in r.pair(s[1], s[0], r.isAbove) },
        Form("below {n} there is {n}") { r, s in r.pair(s[0], s[1], r.isAbove) },
        Form("{n} is partly hidden behind {n}") { r, s in r.pair(s[0], s[1], r.isBehind) },
        Form("{n} is behind {n}") { r, s in r.pair(s[0], s[1], r.isBehind) },
        Form("behind {n} we see {n}") { r, s in r.pair(s[1], s[0], r.isBehind) },
        Form("{n} is in front of {n}") { r, s in r.pair(s[1], s[0], r.isBehind) },
        Form("{n} hides a part of {n}") { r, s in r.pair(s[1], s[0], r.isBehind) },
        // Sizes and colours.
        Form("the largest thing in the picture is {n}") { r, s in r.any(s[0], r.isLargest) },
        Form("{n} is larger than anything else here") { r, s in r.any(s[0], r.isLargest) },
        Form("{#} of the {#} objects are {c}") { r, s in
            r.isCount(s[1]) && r.scene.objects.count { $0.color.rawValue == s[2] } == numbers[s[0]]
        },
        Form("all {#} objects are {c}") { r, s in
            r.isCount(s[0]) && r.scene.objects.count > 2 && r.scene.objects.allSatisfy { $0.color.rawValue == s[1] }
        },
        Form("both objects are {c}") { r, s in
            r.scene.objects.count == 2 && r.scene.objects.allSatisfy { $0.color.rawValue == s[0] }
        },
    ]
}
