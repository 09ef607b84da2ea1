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
    public var parameters: [(name: String, parameter: Parameter)] { ModuleContents(of: self).parameters }

    /// The same the other way round, for traces and plans that name operations after the layers whose parameters they
    /// read.
    public var parameterNames: [Parameter: String] {
        Dictionary(uniqueKeysWithValues: parameters.map { ($0.parameter, $0.name) })
    }

    /// The last of the parameters, found without looking for the others; of one that is reachable by two paths the second
    /// counts.
    package var lastParameter: (name: String, parameter: Parameter)? {
        for child in children.reversed() {
            if let last = ModuleContents(of: child).parameters.last { return last }
        }
        return nil
    }

    /// Everything that training collects without differentiating, such as running means, likewise.
    public var buffers: [(name: String, buffer: Buffer)] { ModuleContents(of: self).buffers }

    /// Every source of random numbers, such as those of dropout, likewise. A run that is to continue exactly
    /// where it was stopped restores their states.
    public var randomSources: [(name: String, source: RandomSource)] { ModuleContents(of: self).randomSources }

    /// What training carries from batch to batch, likewise.
    public var carriedStates: [(name: String, state: CarriedState)] { ModuleContents(of: self).carriedStates }
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
