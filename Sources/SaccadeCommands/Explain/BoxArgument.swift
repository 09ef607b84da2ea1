import ArgumentParser
import SaccadeGeometry
import SaccadeModels

/// A box on the command line, `12,30,80,90`: left, top, right and bottom edge in pixels.
struct BoxArgument: ExpressibleByArgument {
    let box: Box

    init?(argument: String) { nil }

    /// - Throws: Why the text is no box; ``init(argument:)`` could only say that it is none. Edges may be out of order.
    init(transforming text: String) throws {
        let edges = text.split(omittingEmptySubsequences: false) { $0 == "," }.map {
            Double(String($0).trimmingBlanks)
        }
        let numbers = edges.compactMap { $0 }
        guard edges.count == 4, numbers.count == 4 else {
            throw ValidationError("write left, top, right and bottom edge in pixels, such as 12,30,80,90.")
        }
        guard numbers.allSatisfy({ abs($0) <= MappedRegion.farthest }) else {
            throw ValidationError("edges are from -1e6 to 1e6 pixels.")
        }
        box = Box(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
    }
}

/// A factor on the command line, `0.0625` or `1/16`.
struct ScaleArgument: ExpressibleByArgument {
    let value: Double

    init?(argument: String) { nil }

    init(transforming text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map {
            Double(String($0).trimmingBlanks)
        }
        guard let first = parts[0], parts.count <= 2, parts.allSatisfy({ $0 != nil }) else {
            throw ValidationError("write a number, such as 0.0625 or 1/16.")
        }
        value = parts.count == 2 ? first / (parts[1] ?? 1) : first
    }
}

/// Numbers on the command line, `128,256,512`.
struct ListArgument: ExpressibleByArgument {
    let numbers: [Double]

    init?(argument: String) { nil }

    init(transforming text: String) throws {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "," }.map { Double(String($0).trimmingBlanks) }
        numbers = parts.compactMap { $0 }
        guard numbers.count == parts.count else {
            throw ValidationError("write numbers with commas between them, such as 128,256,512.")
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension Box {
    /// Left, top, right and bottom edge.
    var edges: [Double] { [left, top, right, bottom] }

    /// The edges, as a person writes them.
    var text: String { edges.map { (($0 * 10).rounded() / 10).plain }.joined(separator: " ") }
}
