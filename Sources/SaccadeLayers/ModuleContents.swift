import SaccadeTensors

/// The objects below a module that training changes, each once, in declaration order, under the names that checkpoints use.
struct ModuleContents {
    private(set) var parameters: [(name: String, parameter: Parameter)] = []
    private(set) var buffers: [(name: String, buffer: Buffer)] = []
    private(set) var randomSources: [(name: String, source: RandomSource)] = []
    private(set) var carriedStates: [(name: String, state: CarriedState)] = []

    private var seen: Set<ObjectIdentifier> = []
    /// Types that nothing is found in, such as numbers: to ask each value anew what it is would take most of the time.
    private var barren: Set<ObjectIdentifier> = []

    init(of module: some Module) { visit(module, "") }

    /// What is below one part of a module.
    init(of child: (name: String, value: Any)) { visit(child.value, child.name) }

    /// Names and shapes of all that a checkpoint holds: parameters, then buffers.
    var storedShapes: [(name: String, shape: Shape)] {
        parameters.map { ($0.name, $0.parameter.shape) } + buffers.map { ($0.name, $0.buffer.shape) }
    }

    private mutating func visit(_ value: Any, _ path: String) {
        let type = ObjectIdentifier(type(of: value))
        guard !barren.contains(type) else { return }
        switch value {
        case let parameter as Parameter:
            if seen.insert(ObjectIdentifier(parameter)).inserted { parameters.append((path, parameter)) }
        case let buffer as Buffer:
            if seen.insert(ObjectIdentifier(buffer)).inserted { buffers.append((path, buffer)) }
        case let source as RandomSource:
            if seen.insert(ObjectIdentifier(source)).inserted { randomSources.append((path, source)) }
        case let state as CarriedState:
            if seen.insert(ObjectIdentifier(state)).inserted { carriedStates.append((path, state)) }
        case let module as any Module:
            for child in module.children { visit(child.value, path.appending(part: child.name)) }
        default:
            let mirror = Mirror(reflecting: value)
            switch mirror.displayStyle {
            case .optional:
                for child in mirror.children { visit(child.value, path) }
            case .collection, .tuple:
                for (index, child) in mirror.children.enumerated() {
                    // Unlabelled parts of a tuple are called `.0`, `.1` by the mirror.
                    let label = child.label.flatMap { $0.hasPrefix(".") ? nil : snakeCased($0) }
                    visit(child.value, path.appending(part: label ?? String(index)))
                }
            default: barren.insert(type)
            }
        }
    }
}

extension String {
    /// `blocks.2` and `weight` as `blocks.2.weight`.
    fileprivate func appending(part: String) -> String { isEmpty ? part : "\(self).\(part)" }
}

/// `runningMean` as `running_mean`: the names that PyTorch's checkpoints use.
func snakeCased(_ name: String) -> String {
    // Nearly all names are ASCII, and what Unicode knows of letters is slow to ask for.
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
        return name.reduce(into: "") { result, character in
            if character.isUppercase, !result.isEmpty { result.append("_") }
            result.append(contentsOf: character.lowercased())
        }
    }
    var result: [UInt8] = []
    for byte in name.utf8 {
        let isUppercase = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        if isUppercase, !result.isEmpty { result.append(UInt8(ascii: "_")) }
        result.append(isUppercase ? byte | 0x20 : byte)
    }
    return String(decoding: result, as: UTF8.self)
}
