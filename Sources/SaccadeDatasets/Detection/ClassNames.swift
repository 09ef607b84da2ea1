import SaccadeSettings

/// Which classes a data set has.
enum ClassNames {
    /// The problem of a name that is none of the data set's.
    static func unknown(_ name: String, among names: [String], at place: Problem.Place) -> Problem {
        let guess = nearest(to: name, among: names).map { "write \($0), or " } ?? ""
        return Problem(
            .unknownClass, at: place, "the class “\(name.prefix(80))” is not in the list of classes",
            remedy: guess + "add it to the list")
    }

    /// The problem of a number that stands for no class.
    static func unknown(_ number: Int, count: Int, at place: Problem.Place) -> Problem {
        Problem(
            .unknownClass, at: place, "the class \(number) is not in the list of \(count) classes, 0 to \(count - 1)",
            remedy: "correct the number, or add the class to the list")
    }
}
