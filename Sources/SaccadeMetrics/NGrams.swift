/// How often each run of `length` neighbouring words occurs in a sentence.
func nGramCounts(_ words: [String], length: Int) -> [ArraySlice<String>: Int] {
    guard words.count >= length else { return [:] }
    var counts: [ArraySlice<String>: Int] = [:]
    for start in 0...words.count - length { counts[words[start..<start + length], default: 0] += 1 }
    return counts
}
