/// What can be seen in a scene.
///
/// The names are in alphabetical order, as readers of class folders sort them, so that a class has one number in all
/// formats.
public enum SceneClass: String, Sendable, CaseIterable {
    case airplane, apple, banana, bicycle, bird, boat, bus, butterfly, car, castle, cat, clock, cup, fish, flower
    case house, letter, lighthouse, mushroom, snail, strawberry, tree, turtle, umbrella

    /// Its place among all classes, counted from zero.
    public var number: Int { Self.allCases.firstIndex(of: self)! }  // every case is among all cases

    /// Classes that have something in common.
    public enum Family: String, Sendable, CaseIterable {
        case animal, building, fruit, plant, thing, vehicle
    }

    public var family: Family {
        switch self {
        case .airplane, .bicycle, .boat, .bus, .car: .vehicle
        case .bird, .butterfly, .cat, .fish, .snail, .turtle: .animal
        case .castle, .house, .lighthouse: .building
        case .apple, .banana, .strawberry: .fruit
        case .flower, .mushroom, .tree: .plant
        case .clock, .cup, .letter, .umbrella: .thing
        }
    }

    /// Where it is found when it is not on a table or on paper.
    enum Habitat {
        case air, ground, water
    }

    var habitat: Habitat {
        switch self {
        case .airplane, .bird, .butterfly: .air
        case .boat, .fish: .water
        default: .ground
        }
    }

    /// The colours that it comes in.
    public var colors: [SceneColor] {
        switch self {
        case .apple: [.green, .red, .yellow]
        case .banana: [.green, .yellow]
        case .cat: [.black, .brown, .gray, .orange, .white]
        case .castle: [.brown, .gray, .pink, .white]
        case .lighthouse: [.black, .blue, .green, .red]
        case .mushroom: [.brown, .orange, .red]
        case .snail: [.brown, .gray, .orange, .pink, .purple, .yellow]
        case .strawberry: [.pink, .red]
        case .tree: [.green, .orange, .red, .yellow]
        case .turtle: [.blue, .brown, .green]
        case .fish, .bird, .butterfly: [.black, .blue, .green, .orange, .pink, .purple, .red, .white, .yellow]
        case .flower: [.blue, .orange, .pink, .purple, .red, .white, .yellow]
        case .airplane, .bicycle, .boat, .bus, .car, .clock, .cup, .house, .letter, .umbrella: SceneColor.allCases
        }
    }

    /// How far it may lean either way, in turns.
    var lean: Float {
        switch self {
        case .apple, .strawberry: 0.08
        case .banana: 0.5
        case .airplane, .bird: 0.06
        case .butterfly, .fish: 0.1
        case .letter, .clock: 0.04
        case .castle, .house, .lighthouse, .tree: 0.008
        default: 0.02
        }
    }

    /// Whether one sees on which side its front is.
    var hasFront: Bool {
        switch self {
        case .airplane, .bicycle, .bird, .bus, .car, .fish, .snail, .turtle: true
        default: false
        }
    }

    func draw(with pen: inout Pen, glyph: Glyph?) {
        switch self {
        case .airplane: pen.airplane()
        case .apple: pen.apple()
        case .banana: pen.banana()
        case .bicycle: pen.bicycle()
        case .bird: pen.bird()
        case .boat: pen.boat()
        case .bus: pen.bus()
        case .butterfly: pen.butterfly()
        case .car: pen.car()
        case .castle: pen.castle()
        case .cat: pen.cat()
        case .clock: pen.clock()
        case .cup: pen.cup()
        case .fish: pen.fish()
        case .flower: pen.flower()
        case .house: pen.house()
        case .letter: if let glyph { pen.letter(glyph) }
        case .lighthouse: pen.lighthouse()
        case .mushroom: pen.mushroom()
        case .snail: pen.snail()
        case .strawberry: pen.strawberry()
        case .tree: pen.tree()
        case .turtle: pen.turtle()
        case .umbrella: pen.umbrella()
        }
    }
}
