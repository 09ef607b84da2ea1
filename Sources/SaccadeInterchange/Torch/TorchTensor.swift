/// Numbers that tensors of a checkpoint look at, by the key that the file gives them.
struct TorchStorage: Sendable, Hashable {
    let key: String
    /// `nil` for bytes that only their tensors know the type of.
    let type: ElementType?
    /// How many elements, or bytes where there is no type.
    let count: Int
    /// Where this view of another storage begins in it, in elements; only files from before PyTorch 0.4 have such.
    let start: Int
}

/// A tensor of a checkpoint as the pickle says it: not yet compared with what the file holds.
struct TorchTensor: Sendable {
    let storage: TorchStorage
    let type: ElementType
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}
