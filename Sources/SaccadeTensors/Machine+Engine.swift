import SaccadeOneDNN

extension Machine {
    /// The library that computes, with its version, such as `oneDNN 2.6.3`.
    public static var engine: String { "oneDNN \(Library.version)" }
}
