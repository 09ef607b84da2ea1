extension NumberedText {
    /// The same text with its tokens numbered as another vocabulary has them.
    ///
    /// - Throws: ``UnknownToken`` for the first that it does not have, where it has no word for those.
    func numbered(by other: Vocabulary) throws(UnknownToken) -> NumberedText {
        guard other != vocabulary else { return self }
        // Each token once, and only those that occur.
        var table = [Int32](repeating: -1, count: vocabulary.count)
        var renumbered = self
        var numbers = self.numbers
        for (index, number) in numbers.enumerated() {
            if table[Int(number)] < 0 { table[Int(number)] = Int32(try other.number(of: number, in: vocabulary)) }
            numbers[index] = table[Int(number)]
        }
        (renumbered.numbers, renumbered.vocabulary) = (numbers, other)
        return renumbered
    }
}

extension Vocabulary {
    /// The number here of another vocabulary's word.
    fileprivate func number(of number: Int32, in other: Vocabulary) throws(UnknownToken) -> Int {
        let place = Int(number)
        let found =
            place < other.specials.count ? self.number(of: other.specials[place]) : self.number(of: other[place])
        guard let found = found ?? self.number(of: Special.unknown) else {
            throw UnknownToken(other[place], position: 0, vocabulary: self)
        }
        return found
    }
}
