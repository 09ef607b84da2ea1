public import SaccadeTensors

extension Module {
    /// Takes over those values that have the name and the shape of one of this module's; the others stay as they are.
    ///
    /// - Parameters:
    ///   - shapes: What there is to load.
    ///   - source: The name of the file or the like, for the report.
    ///   - tensors: Gives the tensors of names in `shapes`, in their order; called once, with those that fit.
    /// - Returns: What did not fit; `nil` where all did.
    /// - Throws: ``LoadingError`` when nothing fits, for then this is the wrong file; and what `tensors` throws.
    public func loadPart(
        of shapes: [String: Shape], from source: String, tensors: ([String]) throws -> [Tensor]
    ) throws -> LoadingError? {
        let contents = ModuleContents(of: self)
        let expected = contents.storedShapes
        let known = Dictionary(expected.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
        let fitting = shapes.filter { known[$0.key] == $0.value }
        let difference = LoadingError(source, holds: shapes, expected: expected)
        guard !fitting.isEmpty || difference.isEmpty else { throw difference }
        try contents.take(fitting, tensors)
        return difference.isEmpty ? nil : difference
    }
}
