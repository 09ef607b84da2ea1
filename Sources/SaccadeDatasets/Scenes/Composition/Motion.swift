/// How the main object of a sequence goes through its frames.
struct Motion {
    /// The main object in each frame.
    private(set) var actors: [Actor]
    /// What led to each frame; for the first, to the second.
    private(set) var actions: [SceneAction]

    /// - Parameters:
    ///   - frames: How many; at least 2.
    ///   - width: Of the image, which the object does not leave.
    init(of start: Actor, frames: Int, width: Int, height: Int, using dice: inout Dice) {
        let frame = Frame(width: Float(width), height: Float(height))
        (actors, actions) = ([frame.holding(start)], [])
        while actors.count < frames {
            let last = actors[actors.count - 1]
            let length = 3 + dice.below(5)
            var choices = SceneAction.allCases.filter { $0 != actions.last }
            dice.shuffle(&choices)
            let speed = dice.between(0.7, 1.2)
            func steps(of action: SceneAction) -> [Actor] {
                Self.steps(length, of: action, from: last, speed: speed, side: min(frame.width, frame.height))
            }
            // To stay where it is is always possible.
            let action = choices.first { steps(of: $0).allSatisfy { frame.holds($0) } } ?? .still
            actors += steps(of: action)
            actions += [SceneAction](repeating: action, count: length)
        }
        actors.removeLast(actors.count - frames)
        actions.removeLast(actions.count - (frames - 1))
        actions.insert(actions[0], at: 0)
    }

    private static func steps(
        _ count: Int, of action: SceneAction, from start: Actor, speed: Float, side: Float
    ) -> [Actor] {
        var (actor, steps) = (start, [Actor]())
        for _ in 0..<count {
            switch action {
            case .still: break
            case .movingLeft: actor.center.x -= 0.03 * speed * side
            case .movingRight: actor.center.x += 0.03 * speed * side
            case .movingUp: actor.center.y -= 0.03 * speed * side
            case .movingDown: actor.center.y += 0.03 * speed * side
            case .growing: actor.scale *= 1 + 0.08 * speed
            case .shrinking: actor.scale /= 1 + 0.08 * speed
            case .turning: actor.turns += 0.035 * speed
            }
            steps.append(actor)
        }
        return steps
    }

    /// What the camera sees.
    private struct Frame {
        let width: Float
        let height: Float

        /// The actor, moved inside.
        func holding(_ actor: Actor) -> Actor {
            var actor = actor
            let margin = actor.scale + 1
            actor.center.x = max(margin, min(width - margin, actor.center.x))
            actor.center.y = max(margin, min(height - margin, actor.center.y))
            return actor
        }

        func holds(_ actor: Actor) -> Bool {
            let (radius, side) = (actor.scale, min(width, height))
            return radius > 0.12 * side && radius < 0.36 * side && actor.center.x > radius
                && actor.center.x < width - radius && actor.center.y > radius && actor.center.y < height - radius
        }
    }
}
