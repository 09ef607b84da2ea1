public import SaccadeTensors

/// Something that owns parameters: a layer, a block, or a whole network.
///
/// Declare the pieces as stored properties and conform. There is nothing to register:
///
///     struct Classifier: Module {
///         let features: Conv2D
///         let head: Linear
///     }
///
/// A module is a small value full of handles. Copying one shares its parameters, as copying a file
/// handle shares the file.
public protocol Module: Sendable {
    /// What to search for parameters, under the names that checkpoints use.
    ///
    /// By default these are the stored properties, their names turned from `runningMean` into PyTorch's
    /// `running_mean`. Only a module that makes its parts at run time, such as ``Sequential``, says otherwise.
    var children: [(name: String, value: Any)] { get }
}

extension Module {
    public var children: [(name: String, value: Any)] {
        Mirror(reflecting: self).children.enumerated().map { index, child in
            (child.label.map(snakeCased) ?? String(index), child.value)
        }
    }

    /// Every parameter, in declaration order, under the name a checkpoint stores it by.
    ///
    /// A name is the path of property names and indices that leads to the parameter, such as
    /// `blocks.2.conv1.weight`. A parameter reachable by two paths is listed once, under the first.
    public var parameters: [(name: String, parameter: Parameter)] {
        found(Parameter.self).map { (name: $0.name, parameter: $0.value) }
    }

    /// Everything that training collects without differentiating, such as running means, likewise.
    public var statistics: [(name: String, statistic: Statistic)] {
        found(Statistic.self).map { (name: $0.name, statistic: $0.value) }
    }

    /// Every source of random numbers, such as those of dropout, likewise. A run that is to continue exactly
    /// where it was stopped restores their states.
    public var randomSources: [(name: String, source: RandomSource)] {
        found(RandomSource.self).map { (name: $0.name, source: $0.value) }
    }

    /// Every object of a class below this module, once each, in declaration order.
    private func found<Wanted: AnyObject>(_: Wanted.Type) -> [(name: String, value: Wanted)] {
        var found: [(name: String, value: Wanted)] = []
        var seen: Set<ObjectIdentifier> = []

        func visit(_ value: Any, _ path: [String]) {
            if let wanted = value as? Wanted {
                if seen.insert(ObjectIdentifier(wanted)).inserted {
                    found.append((path.joined(separator: "."), wanted))
                }
                return
            }
            if let module = value as? any Module {
                for child in module.children { visit(child.value, path + [child.name]) }
                return
            }
            let mirror = Mirror(reflecting: value)
            switch mirror.displayStyle {
            case .optional:
                for child in mirror.children { visit(child.value, path) }
            case .collection, .tuple:
                for (index, child) in mirror.children.enumerated() {
                    // Unlabelled parts of a tuple are called `.0`, `.1` by the mirror.
                    let label = child.label.flatMap { $0.hasPrefix(".") ? nil : snakeCased($0) }
                    visit(child.value, path + [label ?? String(index)])
                }
            default: break
            }
        }
        visit(self, [])
        return found
    }
}

/// `runningMean` as `running_mean`: the names that PyTorch's checkpoints use.
private func snakeCased(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase, !result.isEmpty { result.append("_") }
        result.append(contentsOf: character.lowercased())
    }
    return result
}

/// A module that maps one tensor to one tensor.
public protocol Layer: Module {
    func callAsFunction(_ x: Tensor) -> Tensor
}

extension Layer {
    /// Applies the layer as the part called `name` of the network around it: tables, plans and messages name
    /// the operations inside after it.
    public func callAsFunction(_ x: Tensor, as name: String) -> Tensor {
        Trace.scope(name) { self(x) }
    }
}
