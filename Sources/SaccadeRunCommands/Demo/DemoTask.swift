import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeImages

/// What the demo has a network learn: how many scenes of what kind, and how often it sees them.
struct DemoTask {
    /// Pixels along both sides of a scene.
    static let side = 64
    /// Objects of a scene at most; the main one is the largest.
    static let crowd = 3

    /// Scenes to be judged by at the end, by index; the classes take turns, so that each has as many.
    let test: Range<Int>
    /// Scenes to be judged by after each epoch, which choose the epoch that is kept.
    let validation: Range<Int>
    /// Scenes to learn from.
    let training: Range<Int>
    let epochs: Int

    static let full = DemoTask(test: 0..<1200, validation: 2400..<2880, training: 10_000..<28_000, epochs: 4)
    static let quick = DemoTask(test: 0..<480, validation: 2400..<2640, training: 10_000..<14_200, epochs: 3)

    func scenes(seed: UInt64) -> Scenes {
        Scenes(seed: seed, size: PixelSize(width: Self.side, height: Self.side), crowd: Self.crowd)
    }

    /// Guessing is right this often.
    static var chance: Double { 1 / Double(Scenes.classNames.count) }

    /// In words.
    var text: String {
        "Each scene of \(Self.side)×\(Self.side) pixels shows 1 to \(Self.crowd) objects that may cover each other, on a "
            + "textured background in light and shadow. The task is to name the main object, the largest one: one of "
            + "\(Scenes.classNames.count) classes, of which guessing would find \(percent(Self.chance))."
    }
}
