/// Writes the few values of which a checkpoint's pickle consists, in protocol 2.
struct PickleWriter {
    private var written: [UInt8] = [0x80, 2]

    /// The pickle so far, ended.
    var bytes: [UInt8] { written + [UInt8(ascii: ".")] }

    mutating func beginDictionary() { written += Array("}(".utf8) }

    mutating func endDictionary() { written.append(UInt8(ascii: "u")) }

    mutating func text(_ text: String) {
        written.append(UInt8(ascii: "X"))
        written.append(littleEndian: UInt32(text.utf8.count))
        written += text.utf8
    }

    mutating func integer(_ number: Int) {
        if let small = Int32(exactly: number) {
            written.append(UInt8(ascii: "J"))
            written.append(littleEndian: UInt32(bitPattern: small))
        } else {
            written += [0x8A, 8]
            written.append(littleEndian: UInt64(bitPattern: Int64(number)))
        }
    }

    mutating func boolean(_ flag: Bool) { written.append(flag ? 0x88 : 0x89) }

    mutating func global(_ module: String, _ name: String) { written += Array("c\(module)\n\(name)\n".utf8) }

    mutating func tuple(_ items: (inout PickleWriter) -> Void) {
        written.append(UInt8(ascii: "("))
        items(&self)
        written.append(UInt8(ascii: "t"))
    }

    /// Calls the global below with the tuple above.
    mutating func call() { written.append(UInt8(ascii: "R")) }

    /// Takes the tuple for what the archive has elsewhere.
    mutating func persistentIdentifier() { written.append(UInt8(ascii: "Q")) }
}
