import Foundation

/// What a person at the terminal should know, beside the results.
package enum Console {
    package static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
