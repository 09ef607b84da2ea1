import SaccadeLinear

/// Learns the machine of one class from windows that pass by.
struct WindowLearner {
    private let shape: Int
    private let className: String
    private let settings: HOGSVM.FitSettings
    private let counts: (objects: Int, unsuitable: Int)
    private var sieve: HardNegativeSieve
    private var rounds: [HardNegativeMining.Round] = []
    /// Of the next window that passes by.
    private var place: WindowPlace = 0
    private(set) var machine: HOGSVM.Machine

    /// Learns from objects and random windows.
    init(_ examples: ExampleWindows, shape: Int, className: String, settings: HOGSVM.FitSettings) throws {
        (self.shape, self.className, self.settings) = (shape, className, settings)
        counts = (examples.objects[shape], examples.unsuitable[shape])
        let (positives, negatives) = (examples.positives[shape].rows, examples.negatives[shape])
        guard positives.rows > 0 else {
            throw FeaturesError(
                .classes,
                "none of the \(counts.unsuitable) objects of the class \(className) lies on its image in a form like that of "
                    + "most; add others")
        }
        guard negatives.rows.rows > 0 else {
            throw FeaturesError(
                .classes, "no image has a window without an object of the class \(className); add images that have some"
            )
        }
        sieve = try HardNegativeSieve(positives: positives, settings: settings.svm, mining: settings.mining)
        try sieve.pass(negatives.rows, places: negatives.places)
        _ = try sieve.endRound()
        machine = Self.machine(sieve, className)
    }

    /// Gives the machine those windows of a size of an image that are no objects, and hard.
    mutating func pass(_ level: WindowSearch.Level, _ example: HOGSVM.Example) throws {
        let truths = example.boxes(of: shape)
        let (rows, columns) = level.windowCounts(of: shape)
        var (hard, places) = (sieve.noWindows, [WindowPlace]())
        for (index, margin) in level.margins(machine, shape: shape).enumerated()
        where margin > settings.mining.hardAbove {
            let (row, column) = (index / columns, index % columns)
            guard settings.isNegative(level.box(row: row, column: column, shape: shape), truths) else { continue }
            hard.append(row: level.window(row, column, shape))
            places.append(place + index)
        }
        place += rows * columns
        sieve.passEasy(rows * columns - places.count)
        if places.isEmpty { return }
        try sieve.pass(hard, places: places)
        machine = Self.machine(sieve, className)
    }

    mutating func endRound() throws {
        rounds.append(try sieve.endRound())
        machine = Self.machine(sieve, className)
        place = 0
    }

    /// Whether nothing hard was found in the last round.
    var isDone: Bool { rounds.last?.hard == 0 }

    var summary: HOGSVM.ClassFit {
        HOGSVM.ClassFit(objects: counts.objects, unsuitable: counts.unsuitable, rounds: rounds)
    }

    private static func machine(_ sieve: HardNegativeSieve, _ className: String) -> HOGSVM.Machine {
        HOGSVM.Machine(className: className, weights: sieve.svm.weights.values, bias: sieve.svm.intercepts[0])
    }
}

extension HardNegativeSieve {
    fileprivate var noWindows: Matrix { Matrix(columns: negatives.columns) }
}
