/// A backdrop with sprites on it: what is decided before an image is taken.
struct Stage {
    let backdrop: Backdrop
    let light: Light
    /// From back to front.
    private(set) var sprites: [Sprite] = []
    /// The place of the sprite that the scene is about.
    private(set) var main = 0

    var width: Int { backdrop.width }
    var height: Int { backdrop.height }
    private var side: Float { Float(min(width, height)) }

    /// How likely there are one object, two, three …
    private static let crowds: [Float] = [18, 20, 18, 14, 11, 8, 6, 5]

    /// - Parameters:
    ///   - mainClass: What the scene is about.
    ///   - dice: Decide all else.
    ///   - isFilmed: Whether the main object is going to move: then it is small, and in front of the others.
    ///   - crowd: Objects at most; at least 1.
    init(about mainClass: SceneClass, width: Int, height: Int, isFilmed: Bool, crowd: Int, using dice: inout Dice) {
        let landscapes = ScenePlace.allCases.filter { $0.isLandscape && $0.suits(mainClass) }
        let tops = ScenePlace.allCases.filter { !$0.isLandscape }
        var (backdropDice, cast) = (dice.split(), dice.split())
        let place = cast.chance(0.6) && !isFilmed ? cast.pick(landscapes) : cast.pick(tops)
        backdrop = Backdrop(place, width: width, height: height, using: &backdropDice)
        light = Light(isOutdoors: place.isLandscape, using: &cast)
        let wanted = 1 + (isFilmed ? cast.below(min(3, crowd)) : cast.weighted(Array(Self.crowds.prefix(crowd))))

        var actor = self.actor(mainClass, using: &cast)
        actor.scale = side / 2 * (isFilmed ? 0.36 : wanted == 1 ? cast.between(0.5, 0.82) : cast.between(0.44, 0.7))
        let protagonist = sprite(actor, isMain: true, using: &cast)
        var others: [Sprite] = []
        let candidates = SceneClass.allCases.filter { place.suits($0) }
        for _ in 1..<max(wanted, 1) {
            let known = [mainClass] + others.map(\.actor.kind)
            let kind = cast.chance(0.3) ? cast.pick(known) : cast.pick(candidates)
            var actor = self.actor(kind, using: &cast)
            actor.scale = side / 2 * cast.between(0.2, isFilmed ? 0.26 : wanted > 4 ? 0.36 : 0.44)
            others.append(freest(actor, among: [protagonist] + others, using: &cast))
        }
        arrange(protagonist, others, isFilmed: isFilmed, using: &cast)
    }

    /// Puts another sprite in the main one's place.
    mutating func replaceMain(with actor: Actor) { sprites[main] = Sprite(actor, light: light.towards) }

    // MARK: Casting

    private func actor(_ kind: SceneClass, using dice: inout Dice) -> Actor {
        Actor(
            kind: kind, color: .gray, ink: .zero, glyph: kind == .letter ? dice.pick(Glyph.all) : nil, center: .zero,
            scale: 1, squash: dice.between(0.9, 1.12), turns: dice.between(-kind.lean, kind.lean),
            isMirrored: kind != .letter && kind != .clock && dice.chance(0.5), dice: dice.split())
    }

    /// Finds a place for an actor, and a colour that stands out there.
    private func sprite(_ actor: Actor, isMain: Bool, using dice: inout Dice) -> Sprite {
        var actor = actor
        actor.center = .zero
        var (columns, rows) = (0..<1, 0..<1)
        // A drawing's extent shows only when it is drawn; its colour does not matter for that.
        var outline = Sprite(actor, light: .zero)
        let longest = max(outline.columns.count, outline.rows.count)
        if isMain, longest > min(width, height) - 6 {
            actor.scale *= Float(min(width, height) - 6) / Float(longest)
            outline = Sprite(actor, light: .zero)
        }
        (columns, rows) = (outline.columns, outline.rows)
        let overhang = isMain ? -2 : columns.count / 6
        let left = between(-overhang, width - columns.count + overhang, &dice)
        let top = self.top(for: actor.kind, rows.count, isMain: isMain, &dice)
        actor.center = [Float(left - columns.lowerBound), Float(top - rows.lowerBound)]
        let around = backdrop.mean(columns: left..<left + columns.count, rows: top..<top + rows.count)
        (actor.color, actor.ink) = color(for: actor.kind, over: around, using: &dice)
        return Sprite(actor, light: light.towards)
    }

    private func top(for kind: SceneClass, _ rows: Int, isMain: Bool, _ dice: inout Dice) -> Int {
        let (overhang, last) = (isMain ? 2 : -rows / 8, height * 97 / 100)
        guard backdrop.place.isLandscape else { return between(overhang, height - rows - overhang, &dice) }
        let horizon = backdrop.horizon
        switch kind.habitat {
        case .air: return between(2, max(3, horizon + height / 8 - rows), &dice)
        case .ground: return between(max(2, horizon + height / 14 - rows), last - rows, &dice)
        case .water:
            let depth = kind == .fish ? rows : height / 12
            return between(max(2, horizon + depth - rows + 2), last - rows, &dice)
        }
    }

    private func between(_ low: Int, _ high: Int, _ dice: inout Dice) -> Int {
        high > low ? low + dice.below(high - low + 1) : (low + high) / 2
    }

    /// Of some places for an actor, mostly the one where it overlaps least with those who are there.
    private func freest(_ actor: Actor, among present: [Sprite], using dice: inout Dice) -> Sprite {
        var (best, least) = (sprite(actor, isMain: false, using: &dice), Int.max)
        guard dice.chance(0.75) else { return best }
        for attempt in 0..<4 {
            let candidate = attempt == 0 ? best : sprite(actor, isMain: false, using: &dice)
            let overlap = present.reduce(0) { sum, other in
                sum + candidate.columns.clamped(to: other.columns).count * candidate.rows.clamped(to: other.rows).count
            }
            if overlap < least { (best, least) = (candidate, overlap) }
            if overlap == 0 { break }
        }
        return best
    }

    private func color(
        for kind: SceneClass, over backdrop: SIMD3<Float>, using dice: inout Dice
    ) -> (SceneColor, SIMD3<Float>) {
        var names = kind.colors
        dice.shuffle(&names)
        func contrast(_ color: SceneColor) -> Float {
            let difference = color.ink - backdrop
            return (difference * difference).sum()
        }
        // 0.12 is the square of a third of the way from black to white in one channel: nobody overlooks it.
        let name = names.first { contrast($0) > 0.12 } ?? names.max { contrast($0) < contrast($1) } ?? names[0]
        var ink = name.ink * dice.between(0.93, 1.05)
        for channel in 0..<3 { ink[channel] = max(0.02, min(1, ink[channel] + dice.between(-0.03, 0.03))) }
        return (name, ink)
    }

    // MARK: Arranging

    /// Puts the nearer in front of the farther, and sends away who is hidden, or hides the main object.
    private mutating func arrange(_ protagonist: Sprite, _ others: [Sprite], isFilmed: Bool, using dice: inout Dice) {
        var all = others.map { (sprite: $0, isMain: false, depth: Float(0)) }
        all.append((protagonist, true, 0))
        for place in all.indices {
            let sprite = all[place].sprite
            all[place].depth = backdrop.place.isLandscape ? Float(sprite.rows.upperBound) : dice.unit()
            // What flies is far away.
            if backdrop.place.isLandscape, sprite.actor.kind.habitat == .air { all[place].depth -= Float(height) }
            if isFilmed, all[place].isMain { all[place].depth = .infinity }
        }
        all.sort { $0.depth < $1.depth }
        while true {
            sprites = all.map(\.sprite)
            main = all.firstIndex { $0.isMain } ?? 0
            guard let departing = departing(isFilmed: isFilmed) else { return }
            all.remove(at: departing)
        }
    }

    /// A sprite that has to go: nearly hidden, as large as the main one, or hiding too much of it.
    private func departing(isFilmed: Bool) -> Int? {
        guard sprites.count > 1 else { return nil }
        let seen = Visibility(sprites, width: width, height: height)
        let others = sprites.indices.filter { $0 != main }
        let fewest = max(12, width * height / 450)
        if let hidden = others.first(where: { seen.seen[$0] < fewest || seen.share(of: $0, sprites[$0]) < 0.35 }) {
            return hidden
        }
        if seen.share(of: main, sprites[main]) < 0.62 {
            return others.max { seen.hidden[main][$0] < seen.hidden[main][$1] }
        }
        return others.first { seen.seen[$0] * 5 > seen.seen[main] * (isFilmed ? 6 : 4) }
    }
}
