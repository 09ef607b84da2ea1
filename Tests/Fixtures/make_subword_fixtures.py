"""Makes Tests/Fixtures/subwords.json: merges of byte-pair encoding and words taken apart by them, by subword-nmt.

Run from the repository root, with subword-nmt installed:  python3 Tests/Fixtures/make_subword_fixtures.py
The committed file was made with subword-nmt 0.3.8, the authors' own program.
"""

import io
import json
import pathlib
import random

from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe

rng = random.Random(16)

stems = ["walk", "talk", "stand", "sitz", "steh", "lauf", "spiel", "schul", "straß", "häus", "groß", "klein", "hund", "mädch", "water"]
ends = ["", "s", "ed", "ing", "er", "e", "en", "t", "st", "chen", "lich", "ung", "ungs", "bahn"]
odd = ["<b>", "a@@", "@@", "e\u0301te\u0301", "été", "ααα", "aaaa", "aaaaa", "ababab", "中文字", "👍👍👍", "x", "-", "...", "\u212b\u212b", "ÅÅ"]


def words(count):
    """Few are frequent and most are rare, as in any text."""
    found = []
    for _ in range(count):
        stem = stems[min(int(rng.expovariate(0.25)), len(stems) - 1)]
        word = stem + "".join(ends[min(int(rng.expovariate(0.3)), len(ends) - 1)] for _ in range(rng.randrange(1, 3)))
        found.append(rng.choice(odd) if rng.random() < 0.08 else word.capitalize() if rng.random() < 0.2 else word)
    return found


def case(name, tokens, merges, others):
    lines = [" ".join(tokens[start:start + 12]) for start in range(0, len(tokens), 12)]
    codes = io.StringIO()
    learn_bpe(io.StringIO("\n".join(lines) + "\n"), codes, merges)
    learnt = codes.getvalue().splitlines()[1:]
    bpe = BPE(io.StringIO(codes.getvalue()))
    counts = {}
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
    known = sorted(set(tokens + others))
    return {
        "name": name, "wanted": merges, "merges": learnt,
        # Lists, not objects: some words differ in nothing but how Unicode writes them.
        "counts": [{"word": word, "count": count} for word, count in counts.items()],
        "pieces": [{"word": word, "pieces": bpe.segment_tokens([word])} for word in known],
    }


def nonsense(letters, count, longest):
    return ["".join(rng.choice(letters) for _ in range(rng.randrange(1, longest))) for _ in range(count)]


cases = [
    case("words", words(1500), 300, words(200) + nonsense("abcdefghß", 40, 9)),
    # Few letters and short words: ties, overlapping pairs, and pieces that come about in two ways.
    case("two letters", nonsense("ab", 400, 9), 40, nonsense("ab", 100, 14)),
    case("one letter", nonsense("x", 60, 12), 20, ["x" * n for n in range(1, 20)]),
    case("more than there are", ["low", "low", "lower", "newest", "newest", "widest"], 100, ["lowest", "new", "wider", "q"]),
]
path = pathlib.Path(__file__).parent / "subwords.json"
path.write_text(json.dumps({"cases": cases}, separators=(",", ":"), ensure_ascii=True) + "\n")
print(f"{path}: {path.stat().st_size} bytes, merges {[(c['name'], len(c['merges'])) for c in cases]}")
