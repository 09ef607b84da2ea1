import SaccadeFiles

/// What the globals of a checkpoint build when its pickle calls them (`torch/_utils.py`, `torch/serialization.py`).
extension PickleGraph {
    /// The value of `global(arguments…)`.
    ///
    /// - Throws: ``FileError`` when the arguments are not what PyTorch gives it.
    mutating func call(
        _ global: TorchGlobal, _ arguments: [Reference], path: String
    ) throws(FileError) -> Reference {
        func wrong(_ what: String) -> FileError {
            FileError(
                .malformed, path: path, reason: "the pickle makes \(what) of what does not make one",
                remedy: "copy or save it again")
        }
        switch global {
        case .dictionary:
            // An OrderedDict of Python 2 is given its pairs; a defaultdict is given a function, which nobody calls.
            var pairs: [Reference] = []
            for pair in arguments.first.flatMap({ items($0) }) ?? [] {
                guard let parts = items(pair), parts.count == 2 else { throw wrong("a dictionary") }
                pairs += parts
            }
            return try add(.dictionary(pairs), path: path)
        case .list: return try add(.list(arguments.first.flatMap { items($0) } ?? []), path: path)
        case .rebuildTensor, .rebuildTypedTensor:
            guard arguments.count >= 4, case .storage(let storage) = self[arguments[0]],
                let offset = integer(arguments[1]), let shape = integers(arguments[2]),
                let strides = integers(arguments[3])
            else { throw wrong("a tensor") }
            var type = storage.type
            if global == .rebuildTypedTensor {
                guard arguments.count >= 7, case .type(let given)? = self.global(arguments[6]) else {
                    throw wrong("a tensor")
                }
                type = given
            }
            guard let type else { throw wrong("a tensor") }
            let (place, overflow) = offset.addingReportingOverflow(storage.start)
            guard !overflow else { throw wrong("a tensor") }
            return try add(
                TorchTensor(storage: storage, type: type, offset: place, shape: shape, strides: strides), path: path)
        case .rebuildParameter:
            guard let tensor = arguments.first, case .tensor = self[tensor] else { throw wrong("a parameter") }
            return tensor
        case .rebuildFromType:
            // Only the functions that make tensors are called through this, so that it cannot go on for ever.
            guard arguments.count >= 3, let function = self.global(arguments[0]), let inner = items(arguments[2]),
                [.rebuildTensor, .rebuildTypedTensor, .rebuildParameter].contains(function)
            else { throw wrong("a tensor") }
            return try call(function, inner, path: path)
        case .encode:
            // Latin-1: a character for each byte.
            guard let text = arguments.first.flatMap({ text($0) }) else { throw wrong("bytes") }
            return try add(.bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }), path: path)
        case .numpyType:
            guard let code = arguments.first.flatMap({ text($0) }) else { throw wrong("a type") }
            return try add(.numpyType(code), path: path)
        case .numpyScalar: return try add(scalar(arguments), path: path)
        case .opaque(let name): return try add(.opaque(opaqueName(name, arguments)), path: path)
        case .type, .untypedStorage:
            throw .unknownGlobal(module: "torch", name: "a storage made while loading", path: path)
        }
    }

    /// Gives a value its state. Only that of a NumPy type matters: it says the order of its bytes.
    mutating func build(_ reference: Reference, from state: Reference) {
        guard case .numpyType(let code) = self[reference], let parts = items(state), parts.count > 1,
            let order = text(parts[1]), ["<", ">", "|", "="].contains(order)
        else { return }
        replace(reference, with: .numpyType(order + code))
    }

    /// The storage that a persistent identifier names: `('storage', type, key, device, count[, view])`.
    mutating func storage(of identifier: Reference, path: String) throws(FileError) -> Reference {
        let wrong = FileError(
            .malformed, path: path, reason: "the pickle names a storage that is none", remedy: "copy or save it again")
        guard let parts = items(identifier), parts.count >= 5, let kind = text(parts[0]) else { throw wrong }
        guard kind == "storage" else { throw .unknownGlobal(module: "torch", name: kind, path: path) }
        let type: ElementType?
        switch global(parts[1]) {
        case .type(let known): type = known
        case .untypedStorage: type = nil
        default: throw wrong
        }
        guard let key = text(parts[2]) ?? integer(parts[2]).map({ String($0) }), let count = integer(parts[4]),
            count >= 0
        else { throw wrong }
        var start = 0
        if parts.count > 5, let view = items(parts[5]) {
            guard view.count == 3, let offset = integer(view[1]), offset >= 0, let length = integer(view[2]),
                length >= 0, offset <= count, length <= count - offset
            else { throw wrong }
            start = offset
        }
        return try add(.storage(TorchStorage(key: key, type: type, count: count, start: start)), path: path)
    }

    /// `numpy.core.multiarray.scalar(type, bytes)`: a number; something without value where the type is none of ours.
    private func scalar(_ arguments: [Reference]) -> Node {
        guard arguments.count == 2, case .numpyType(let code) = self[arguments[0]],
            case .bytes(let bytes) = self[arguments[1]], let type = NumPyType(code),
            bytes.count == type.element.byteCount
        else { return .opaque("numpy.scalar") }
        let ordered = type.isBigEndian ? bytes.reversed() : bytes
        let value = withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { target in
            ordered.withUnsafeBytes { type.element.convert($0, into: target) }
            return target[0]
        }
        switch type.element {
        case .bool: return .bool(value != 0)
        case .float16, .bfloat16, .float32, .float64: return .real(value)
        default: return Int(exactly: value).map { .integer($0) } ?? .real(value)
        }
    }

    /// The name of a class, or of the class that `copyreg._reconstructor` is to make one of.
    private func opaqueName(_ name: String, _ arguments: [Reference]) -> String {
        guard name.hasSuffix("._reconstructor"), let first = arguments.first, case .opaque(let made)? = global(first)
        else { return name }
        return made
    }
}
