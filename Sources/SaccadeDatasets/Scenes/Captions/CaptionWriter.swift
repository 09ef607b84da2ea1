import SaccadeGeometry
import SaccadeImages

/// Writes five sentences about a scene. What they say follows from the scene's objects alone.
struct CaptionWriter {
    private let scene: Scene
    private var dice: Dice
    /// The objects of each class, by their places in the scene; the largest objects' classes come first.
    private let groups: [(kind: SceneClass, members: [Int])]

    init(_ scene: Scene, dice: Dice) {
        (self.scene, self.dice) = (scene, dice)
        let bySize = scene.objects.indices.sorted {
            (scene.objects[$0].mask.pixelCount, $1) > (scene.objects[$1].mask.pixelCount, $0)
        }
        var groups: [(kind: SceneClass, members: [Int])] = []
        for number in bySize {
            let kind = scene.objects[number].kind
            if let group = groups.firstIndex(where: { $0.kind == kind }) {
                groups[group].members.append(number)
            } else {
                groups.append((kind, [number]))
            }
        }
        self.groups = groups
    }

    /// One about the main object; then as many kinds of sentences as there are, before one kind comes twice.
    mutating func captions() -> [String] {
        let isAlone = scene.objects.count == 1
        var rest =
            isAlone
            ? [solitude(), position(), facing()] : [lists(), counts(), relations(), position(), sizes(), colors()]
        rest = rest.filter { !$0.isEmpty }
        dice.shuffle(&rest)
        var kinds = [subject()] + rest
        var captions: [String] = []
        var turn = 0
        while captions.count < 5, kinds.contains(where: { !$0.isEmpty }) {
            let kind = turn % kinds.count
            turn += 1
            guard !kinds[kind].isEmpty else { continue }
            let caption = English.sentence(kinds[kind].remove(at: dice.below(kinds[kind].count)))
            if !captions.contains(caption) { captions.append(caption) }
        }
        return captions
    }

    // MARK: Names

    private func object(_ number: Int) -> SceneObject { scene.objects[number] }

    /// Such as “a red car”.
    private mutating func name(_ number: Int, colored: Bool? = nil) -> String {
        let object = object(number)
        var words = dice.chance(0.7) ? object.kind.rawValue : dice.pick(English.nouns(object.kind))
        if let letter = object.letter { words += " \(letter)" }
        let isColored = colored ?? dice.chance(0.75)
        return English.withArticle(isColored ? "\(object.color.rawValue) \(words)" : words)
    }

    /// Such as “two red cars”: all objects of a class.
    private mutating func name(_ group: (kind: SceneClass, members: [Int])) -> String {
        guard group.members.count > 1 else { return name(group.members[0]) }
        let colors = Set(group.members.map { object($0).color })
        let color = colors.count == 1 && dice.chance(0.75) ? colors.map { $0.rawValue + " " }.joined() : ""
        return "\(English.number(group.members.count)) \(color)\(English.plural(group.kind))"
    }

    private mutating func everything() -> String {
        let names = groups.map { name($0) }
        return English.list(names)
    }

    private mutating func whereabouts(_ number: Int) -> String {
        dice.pick(English.wheres(scene.place, object(number).kind))
    }

    private var all: String { English.number(scene.objects.count) }

    private var allObjects: String { scene.objects.count == 2 ? "both" : "all \(all)" }

    // MARK: Kinds of sentences

    private mutating func subject() -> [String] {
        let main = scene.mainObject
        return [
            "\(name(main)) \(whereabouts(main))",
            "there is \(name(main)) \(whereabouts(main))",
            "\(name(main)) can be seen \(whereabouts(main))",
            "the picture shows \(name(main)) \(whereabouts(main))",
            "\(whereabouts(main)), we see \(name(main))",
        ]
    }

    private mutating func solitude() -> [String] {
        let main = scene.mainObject
        return [
            "nothing but \(name(main)) \(whereabouts(main))",
            "\(name(main)) and nothing else",
            "\(name(main)) is all that the picture shows",
            "the only object in the picture is \(name(main))",
            "\(name(main)), all alone \(whereabouts(main))",
            "\(name(main)), with \(English.background(scene.place)) in the background",
        ]
    }

    private mutating func facing() -> [String] {
        guard let side = object(scene.mainObject).facing?.rawValue else { return [] }
        let main = scene.mainObject
        return [
            "\(name(main)) is facing \(side)", "\(name(main)) faces to the \(side)",
            "\(name(main)) \(whereabouts(main)), facing \(side)",
        ]
    }

    /// Where an object is on the picture, by thirds.
    private mutating func position() -> [String] {
        let number = dice.chance(0.5) ? scene.mainObject : dice.below(scene.objects.count)
        let spot = object(number).spot(width: scene.image.width, height: scene.image.height)
        return [
            "\(name(number)) is \(spot)", "\(spot) there is \(name(number))",
            "\(spot) of the picture we see \(name(number))",
        ] + (number == scene.mainObject ? facing() : [])
    }

    private mutating func lists() -> [String] {
        let isMany = groups[0].members.count > 1
        var sentences = [
            "\(everything()), with \(English.background(scene.place)) in the background",
            "there \(isMany ? "are" : "is") \(everything()) in the picture",
            "the picture shows \(everything())",
            "\(all) objects: \(everything())",
            "we see \(all) things here: \(everything())",
        ]
        if !scene.place.isLandscape {
            let place = whereabouts(scene.mainObject)
            sentences.append("\(everything()) \(place)")
            sentences.append("there are \(all) objects \(place): \(everything())")
        }
        return sentences
    }

    private mutating func counts() -> [String] {
        var sentences: [String] = []
        let group = dice.pick(groups)
        let (count, others) = (group.members.count, scene.objects.count - group.members.count)
        if count > 1 {
            let names = English.plural(group.kind)
            if others > 0 {
                let rest = others == 1 ? "one other thing" : "\(English.number(others)) other things"
                sentences.append("\(name(group)) and \(rest)")
                sentences.append("\(English.number(count)) of the \(all) objects are \(names)")
            } else {
                sentences.append("\(allObjects) objects are \(names)")
            }
            sentences.append("there are exactly \(English.number(count)) \(names) in the picture")
        } else {
            sentences.append("one of the \(all) objects is \(name(group.members[0]))")
            sentences.append("there is only one \(group.kind.rawValue) in the picture")
        }
        for family in SceneClass.Family.allCases {
            let count = scene.objects.count { $0.kind.family == family }
            guard count > 1, let names = English.plural(family) else { continue }
            sentences.append("there are \(English.number(count)) \(names) in the picture")
        }
        return sentences
    }

    private mutating func relations() -> [String] {
        var sentences: [String] = []
        for first in scene.objects.indices {
            for second in scene.objects.indices {
                // In the order of the cases, because the order of a set differs from run to run.
                let found = scene.relations(of: first, to: second)
                for relation in SceneRelation.allCases where found.contains(relation) {
                    sentences.append(sentence(first, relation, second))
                }
            }
        }
        return sentences
    }

    private mutating func sentence(_ first: Int, _ relation: SceneRelation, _ second: Int) -> String {
        let (a, b) = (name(first), name(second))
        return switch relation {
        case .leftOf:
            dice.pick([
                "\(a) is to the left of \(b)", "to the left of \(b) there is \(a)", "\(a) with \(b) to its right",
            ])
        case .rightOf: dice.pick(["\(a) is to the right of \(b)", "to the right of \(b) there is \(a)"])
        case .above: dice.pick(["\(a) is above \(b)", "\(a) can be seen above \(b)", "above \(b) there is \(a)"])
        case .below: dice.pick(["\(a) is below \(b)", "below \(b) there is \(a)"])
        case .behind:
            dice.pick(["\(a) is partly hidden behind \(b)", "\(a) is behind \(b)", "behind \(b) we see \(a)"])
        case .inFrontOf: dice.pick(["\(a) is in front of \(b)", "\(a) hides a part of \(b)"])
        }
    }

    private mutating func sizes() -> [String] {
        let main = scene.mainObject
        return [
            "the largest thing in the picture is \(name(main))", "\(name(main)) is larger than anything else here",
        ]
    }

    private mutating func colors() -> [String] {
        var sentences: [String] = []
        for color in SceneColor.allCases {
            let count = scene.objects.count { $0.color == color }
            if count > 1, count == scene.objects.count {
                sentences.append("\(allObjects) objects are \(color.rawValue)")
            } else if count > 1 {
                sentences.append("\(English.number(count)) of the \(all) objects are \(color.rawValue)")
            }
        }
        return sentences
    }
}

extension SceneObject {
    /// Which ninth of the picture the middle of the visible part is in, in words.
    fileprivate func spot(width: Int, height: Int) -> String {
        let column = box.center.x * 3 < Double(width) ? 0 : box.center.x * 3 > Double(2 * width) ? 2 : 1
        let row = box.center.y * 3 < Double(height) ? 0 : box.center.y * 3 > Double(2 * height) ? 2 : 1
        return [
            ["at the top left", "at the top", "at the top right"],
            ["on the left", "in the middle", "on the right"],
            ["at the bottom left", "at the bottom", "at the bottom right"],
        ][row][column]
    }
}
