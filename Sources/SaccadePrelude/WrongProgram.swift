// `precondition` loses its message in release builds, and the message is what tells a programmer which shapes did not
// fit. What only a bug of this package could break stays a `precondition`.

/// Ends the process with a message unless `condition` holds, in release builds too.
package func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { wrongProgram(message(), file: file, line: line) }
}

/// Ends the process: the program is wrong, and nothing that it goes on to do can be right.
///
/// Never for what comes from outside, which throws.
@inline(never)
package func wrongProgram(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    fatalError(message, file: file, line: line)
}
