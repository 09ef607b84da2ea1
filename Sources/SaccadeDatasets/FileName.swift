/// Parts of paths.
enum FileName {
    /// What follows the last slash.
    static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The folder that a file is in: what precedes the last slash, or `.`.
    static func folder(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What follows the last dot of the name, in small letters; empty where there is none.
    static func suffix(_ path: String) -> String {
        let name = last(path)
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
