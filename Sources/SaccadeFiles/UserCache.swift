import Foundation

/// Where a user keeps what can be made again.
package enum UserCache {
    /// `$XDG_CACHE_HOME`, or `~/.cache`.
    package static func base(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        // The specification asks that a relative path be ignored.
        environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? "\(environment["HOME"] ?? NSHomeDirectory())/.cache"
    }

    /// A folder of this program's in it, which may not be there yet.
    package static func folder(_ name: String) -> String { "\(base())/saccade/\(name)" }
}
