extension LabelledTexts {
    /// The same texts with their classes numbered as others have them; nil where those do not have all names.
    public func relabelled(by names: [String]) -> LabelledTexts? {
        let places = classNames.map { names.firstIndex(of: $0) }
        guard !places.contains(nil) else { return nil }
        let moved = samples.map { sample in
            Sample(
                text: sample.text, label: places[sample.label] ?? 0, split: sample.split, place: sample.place)
        }
        return LabelledTexts(root, names, moved, problems)
    }
}

extension TaggedSentences {
    /// The same sentences with their tags numbered as others have them; nil where those do not have all names.
    public func relabelled(by names: [String]) -> TaggedSentences? {
        let places = tagNames.map { names.firstIndex(of: $0) }
        guard !places.contains(nil) else { return nil }
        let moved = sentences.map { sentence in
            Sentence(
                words: sentence.words, tags: sentence.tags.map { places[$0] ?? 0 }, split: sentence.split,
                file: sentence.file, line: sentence.line)
        }
        return TaggedSentences(names, moved, problems)
    }
}
