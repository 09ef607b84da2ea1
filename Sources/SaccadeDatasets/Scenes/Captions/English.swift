/// The words that captions are made of.
enum English {
    static func nouns(_ kind: SceneClass) -> [String] {
        switch kind {
        case .airplane: ["airplane", "plane"]
        case .bicycle: ["bicycle", "bike"]
        case .boat: ["boat", "sailing boat"]
        case .clock: ["clock", "alarm clock"]
        case .cup: ["cup", "cup of coffee"]
        default: [kind.rawValue]
        }
    }

    static func plural(_ kind: SceneClass) -> String {
        switch kind {
        case .bus: "buses"
        case .butterfly: "butterflies"
        case .fish: "fish"
        case .strawberry: "strawberries"
        default: kind.rawValue + "s"
        }
    }

    /// Nothing for families that have no everyday plural.
    static func plural(_ family: SceneClass.Family) -> String? {
        switch family {
        case .animal: "animals"
        case .building: "buildings"
        case .fruit: "pieces of fruit"
        case .plant: nil  // few people call a mushroom a plant
        case .thing: nil
        case .vehicle: "vehicles"
        }
    }

    /// `a` or `an`, as the next word sounds; no word here begins with a silent letter.
    static func withArticle(_ words: String) -> String {
        guard let first = words.first else { return words }
        return ("aeiou".contains(first) ? "an " : "a ") + words
    }

    /// From one to eight.
    static func number(_ count: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"]
        return words.indices.contains(count) ? words[count] : String(count)
    }

    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

    /// Where an object of a scene is found.
    static func wheres(_ place: ScenePlace, _ kind: SceneClass) -> [String] {
        switch (place, kind.habitat) {
        case (.beach, .air): ["above a sandy beach", "over the beach"]
        case (.beach, _): ["on a sandy beach", "on the beach", "by the sea"]
        case (.meadow, .air): ["above a green meadow", "over a meadow"]
        case (.meadow, _): ["in a meadow", "on the grass", "in a green field"]
        case (.night, .air): ["in the night sky", "under the stars"]
        case (.night, _): ["at night", "under a starry sky", "in the moonlight"]
        case (.sea, .air): ["above the sea", "over the water"]
        case (.sea, _): kind == .fish ? ["in the sea", "in the water"] : ["on the sea", "on the water"]
        case (.snow, .air): ["above a snowy field", "over the snow"]
        case (.snow, _): ["in the snow", "on a snowy field"]
        case (.street, .air): ["above a street", "over the city"]
        case (.street, _): ["on a street", "in the city", "on the road"]
        case (.cloth, _): ["on a piece of cloth", "on a patterned cloth"]
        case (.paper, _): ["on a sheet of paper", "on paper"]
        case (.table, _): ["on a wooden table", "on wooden boards"]
        case (.wall, _): ["in front of a brick wall", "against a brick wall"]
        }
    }

    /// What is behind all objects.
    static func background(_ place: ScenePlace) -> String {
        switch place {
        case .beach: "a beach"
        case .cloth: "patterned cloth"
        case .meadow: "a green meadow"
        case .night: "a night sky"
        case .paper: "paper"
        case .sea: "the sea"
        case .snow: "a snowy landscape"
        case .street: "a city street"
        case .table: "a wooden surface"
        case .wall: "a brick wall"
        }
    }
}
