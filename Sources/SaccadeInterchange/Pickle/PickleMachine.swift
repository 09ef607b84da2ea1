import SaccadeFiles

/// Reads one pickle, protocols 0 to 5, into a graph of plain values. Nothing in it is ever run: what a pickle calls
/// "global" must be one of the names of ``TorchGlobal``, and those build tensors, numbers and containers only.
///
/// The machine is that of CPython's `Lib/pickletools.py`: a stack, marks on it, and a memo.
struct PickleMachine {
    private(set) var graph: PickleGraph
    private(set) var reader: PickleReader
    private var stack: [PickleGraph.Reference] = []
    /// How high the stack was at each mark.
    private var marks: [Int] = []
    private var memo: [Int: PickleGraph.Reference] = [:]

    /// A pickle of more bytes describes no weights.
    static let largestPickle = 1 << 25

    init(_ reader: PickleReader, graph: PickleGraph = PickleGraph()) {
        self.reader = reader
        self.graph = graph
    }

    /// Reads up to the end of the pickle.
    ///
    /// - Returns: What it describes.
    /// - Throws: ``FileError``: cut short, damaged, with a global that is not known, or too large.
    mutating func run() throws(FileError) -> PickleGraph.Reference {
        let start = reader.position
        (stack, marks, memo) = ([], [], [:])
        while true {
            let opcode = try reader.byte()
            if opcode == UInt8(ascii: ".") {
                guard stack.count == 1, marks.isEmpty else { throw damaged("it ends with \(stack.count) values") }
                return stack[0]
            }
            try step(opcode)
            guard reader.position - start <= Self.largestPickle,
                max(stack.count, marks.count) <= PickleGraph.mostNodes
            else {
                throw FileError(
                    .tooLarge, path: reader.path,
                    reason: "the pickle is larger than that of any checkpoint, without its tensors",
                    remedy: "save the weights alone: torch.save(model.state_dict(), …)")
            }
        }
    }

    // MARK: Opcodes

    private mutating func step(_ opcode: UInt8) throws(FileError) {
        switch opcode {
        // Protocol 2 and later say which they are; a frame is a hint for buffering.
        case 0x80: _ = try reader.byte()
        case 0x95: _ = try reader.bytes(8)

        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.bool(true))
        case 0x89: try push(.bool(false))
        case UInt8(ascii: "I"): try pushInteger(line: try line(), booleans: true)
        case UInt8(ascii: "L"): try pushInteger(line: try line(), booleans: false)
        case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: try reader.number(4)))))
        case UInt8(ascii: "K"): try push(.integer(Int(try reader.number(1))))
        case UInt8(ascii: "M"): try push(.integer(Int(try reader.number(2))))
        case 0x8A: try pushLong(try reader.bytes(try reader.length(1)))
        case 0x8B: try pushLong(try reader.bytes(try reader.length(4)))
        case UInt8(ascii: "F"):
            guard let number = Double(try line()) else { throw damaged("a number is none") }
            try push(.real(number))
        case UInt8(ascii: "G"):
            let bits = try reader.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            try push(.real(Double(bitPattern: bits)))

        case UInt8(ascii: "S"), UInt8(ascii: "V"): try pushText(line: try line())
        case UInt8(ascii: "T"), UInt8(ascii: "X"): try pushText(try reader.bytes(try reader.length(4)))
        case UInt8(ascii: "U"), 0x8C: try pushText(try reader.bytes(try reader.length(1)))
        case 0x8D: try pushText(try reader.bytes(try reader.length(8)))
        case UInt8(ascii: "B"): try push(.bytes(try reader.bytes(try reader.length(4))))
        case UInt8(ascii: "C"): try push(.bytes(try reader.bytes(try reader.length(1))))
        case 0x8E, 0x96: try push(.bytes(try reader.bytes(try reader.length(8))))

        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())

        case UInt8(ascii: "]"), 0x8F: try push(.list([]))
        case UInt8(ascii: "l"), 0x91: try push(.list(try popToMark()))
        case UInt8(ascii: "a"): try extend(by: [try pop()], isDictionary: false)
        case UInt8(ascii: "e"), 0x90: try extend(by: try popToMark(), isDictionary: false)
        case UInt8(ascii: ")"): try push(.tuple([]))
        case UInt8(ascii: "t"): try push(.tuple(try popToMark()))
        case 0x85, 0x86, 0x87: try push(.tuple(try pop(Int(opcode) - 0x84)))
        case UInt8(ascii: "}"): try push(.dictionary([]))
        case UInt8(ascii: "d"): try push(.dictionary(try pairs(popToMark())))
        case UInt8(ascii: "s"): try extend(by: try pop(2), isDictionary: true)
        case UInt8(ascii: "u"): try extend(by: try pairs(popToMark()), isDictionary: true)

        case UInt8(ascii: "g"): try get(try place(line: try line()))
        case UInt8(ascii: "h"): try get(Int(try reader.number(1)))
        case UInt8(ascii: "j"): try get(Int(try reader.number(4)))
        case UInt8(ascii: "p"): memo[try place(line: try line())] = try top()
        case UInt8(ascii: "q"): memo[Int(try reader.number(1))] = try top()
        case UInt8(ascii: "r"): memo[Int(try reader.number(4))] = try top()
        case 0x94: memo[memo.count] = try top()

        case UInt8(ascii: "c"): try pushGlobal(try line(), try line())
        case 0x93:
            let names = try pop(2)
            guard let module = graph.text(names[0]), let name = graph.text(names[1]) else {
                throw damaged("a global has no name")
            }
            try pushGlobal(module, name)
        case UInt8(ascii: "R"), 0x81:
            let parts = try pop(2)
            try call(parts[0], try arguments(parts[1]))
        case 0x92:
            let parts = try pop(3)
            try call(parts[0], try arguments(parts[1]))
        case UInt8(ascii: "o"):
            let parts = try popToMark()
            guard let callee = parts.first else { throw damaged("a call names nothing") }
            try call(callee, Array(parts.dropFirst()))
        case UInt8(ascii: "i"):
            try pushGlobal(try line(), try line())
            let callee = try pop()
            try call(callee, try popToMark())
        case UInt8(ascii: "b"):
            let state = try pop()
            graph.build(try top(), from: state)
        case UInt8(ascii: "Q"):
            let identifier = try pop()
            stack.append(try graph.storage(of: identifier, path: reader.path))
        case UInt8(ascii: "P"): throw damaged("a tensor’s storage is named as only protocol 0 does")
        default: throw damaged("0x\(String(opcode, radix: 16)) is no opcode that PyTorch writes")
        }
    }

    // MARK: The stack

    /// The items above the last mark do not belong to what is below it.
    private var floor: Int { marks.last ?? 0 }

    private mutating func push(_ node: PickleGraph.Node) throws(FileError) {
        stack.append(try graph.add(node, path: reader.path))
    }

    private func top() throws(FileError) -> PickleGraph.Reference {
        guard stack.count > floor, let last = stack.last else { throw damaged("it takes a value that is not there") }
        return last
    }

    private mutating func pop() throws(FileError) -> PickleGraph.Reference {
        let last = try top()
        stack.removeLast()
        return last
    }

    private mutating func pop(_ count: Int) throws(FileError) -> [PickleGraph.Reference] {
        guard stack.count - floor >= count else { throw damaged("it takes a value that is not there") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(FileError) -> [PickleGraph.Reference] {
        guard let mark = marks.popLast() else { throw damaged("it goes back to a mark that is not there") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func pairs(_ items: [PickleGraph.Reference]) throws(FileError) -> [PickleGraph.Reference] {
        guard items.count % 2 == 0 else { throw damaged("a key has no value") }
        return items
    }

    private mutating func extend(by items: [PickleGraph.Reference], isDictionary: Bool) throws(FileError) {
        guard graph.extend(try top(), by: items[...], isDictionary: isDictionary) else {
            throw damaged("it adds items to what is no \(isDictionary ? "dictionary" : "list")")
        }
    }

    private mutating func get(_ place: Int) throws(FileError) {
        guard let reference = memo[place] else { throw damaged("it recalls a value that it has not kept") }
        stack.append(reference)
    }

    private func arguments(_ reference: PickleGraph.Reference) throws(FileError) -> [PickleGraph.Reference] {
        guard let items = graph.items(reference) else { throw damaged("a call has no arguments") }
        return items
    }

    private mutating func call(
        _ callee: PickleGraph.Reference, _ arguments: [PickleGraph.Reference]
    ) throws(FileError) {
        guard let global = graph.global(callee) else { throw damaged("it calls what is no function") }
        stack.append(try graph.call(global, arguments, path: reader.path))
    }

    private mutating func pushGlobal(_ module: String, _ name: String) throws(FileError) {
        guard let global = TorchGlobal(module: module, name: name) else {
            throw .unknownGlobal(module: module, name: name, path: reader.path)
        }
        try push(.global(global))
    }

    // MARK: Literals

    private mutating func line() throws(FileError) -> String { String(decoding: try reader.line(), as: UTF8.self) }

    private func place(line: String) throws(FileError) -> Int {
        guard let place = Int(line) else { throw damaged("a place in its memo is no number") }
        return place
    }

    private mutating func pushInteger(line: String, booleans: Bool) throws(FileError) {
        // Protocol 0 writes True as 01.
        if booleans, line == "00" || line == "01" { return try push(.bool(line == "01")) }
        guard let number = Int(line.hasSuffix("L") ? String(line.dropLast()) : line) else {
            throw damaged("a number is none, or beyond 64 bits")
        }
        try push(.integer(number))
    }

    /// A whole number of any length, in two's complement.
    private mutating func pushLong(_ bytes: [UInt8]) throws(FileError) {
        guard bytes.count <= 8 else { return try push(.long(bytes)) }
        let fill: UInt64 = (bytes.last ?? 0) & 0x80 != 0 ? .max : 0
        let bits = bytes.reversed().reduce(fill) { $0 << 8 | UInt64($1) }
        try push(.integer(Int(Int64(bitPattern: bits))))
    }

    private mutating func pushText(_ bytes: [UInt8]) throws(FileError) {
        // Python 2 wrote bytes as texts: what is no UTF-8 stays what it is.
        if let text = String(validating: bytes, as: UTF8.self) {
            try push(.text(text))
        } else {
            try push(.bytes(bytes))
        }
    }

    /// Protocol 0 puts texts between quotes (S), or writes them plainly (V).
    private mutating func pushText(line: String) throws(FileError) {
        let isQuoted = line.count >= 2 && line.first == line.last && (line.first == "'" || line.first == "\"")
        try push(.text(isQuoted ? String(line.dropFirst().dropLast()) : line))
    }

    private func damaged(_ reason: String) -> FileError {
        FileError(
            .malformed, path: reader.path, reason: "its pickle is damaged near byte \(reader.position): \(reason)",
            remedy: "copy or save it again")
    }
}

extension FileError {
    /// The file asks for something that is not built here, whatever it is.
    static func unknownGlobal(module: String, name: String, path: String) -> FileError {
        // A name from a file may hold anything.
        let shown = String(
            "\(module).\(name)".unicodeScalars.prefix(120).map {
                $0.properties.generalCategory == .control ? "?" : Character($0)
            })
        return FileError(
            .unsupported, path: path,
            reason:
                "the file wants the Python object \(shown), which is not made here: only tensors and containers are",
            remedy: "load it in PyTorch, if you trust it, and save the weights alone: "
                + "torch.save(model.state_dict(), …)")
    }
}
