"""Makes Tests/Fixtures/bleu.json: BLEU of whole sets, and words of sentences, by sacrebleu's defaults.

Run from the repository root, with sacrebleu installed:  python3 Tests/Fixtures/make_bleu_fixtures.py
The committed file was made with sacrebleu 2.6.0 and Python 3.11.
"""

import json
import pathlib
import random

import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

rng = random.Random(16)

subjects = ["A man", "Two women", "The small dog", "A group of children", "An old fisherman", "Someone's brother",
            "A T-shirt-wearing cyclist", "Ein Mädchen", "Drei Männer", "Die 5-jährige Schwester"]
verbs = ["is standing", "are sitting", "runs", "jump", "doesn't look", "steht", "springen", "wait (again)", "plays"]
places = ["on a ladder", "in front of 1,000 people", "near the U.S. flag", "at 3:30 p.m.", "by the river",
          "an der Straßenecke", "vor einem „roten Haus“", "with a \"No Entry\" sign", "for $5.50 & more", "in 50% of it"]
ends = [".", ".", ".", "!", "?", "...", "", " ."]


def sentence():
    return f"{rng.choice(subjects)} {rng.choice(verbs)} {rng.choice(places)}{rng.choice(ends)}"


def spoiled(text):
    """A translation of it: words lost, doubled, exchanged, written small."""
    words = text.split(" ")
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(words))
        match rng.randrange(4):
            case 0:
                words.insert(place, words[place])
            case 1 if len(words) > 1:
                del words[place]
            case 2:
                words[place] = rng.choice(sentence().split(" "))
            case _:
                words[place] = words[place].swapcase()
    return " ".join(words)


# Letters that look alike, letters that change their number when they become small, spaces, digits of other scripts,
# marks that join, SGML, and everything that the rules name.
pieces = ["é", "e\u0301", "Å", "\u212b", "İ", "ı", "ΑΣ", "ΑΣΑ", "Σ", "ΟΔΟΣ ΟΔΟΣ", "ß", "ẞ", "ǅ", "Ω", "\u2126", "Ꭰ", "\U0001e900", "Ა",
          "\u00a0", "\u2028", "\u1680", "\x1c", "\x1f", "\x85", "\t", "\u200b", "\u200d", "\ufeff", "\u3000", "\v", "\x00", "\x7f",
          "١٢", "１", "²", "5", "10", "0.5", "1,000.25", "5-4", "-5", "3-", ".5", "5.", "...", "a.b", "a,b", ",", ".", "-", "'", "’",
          "&quot;", "&amp;", "&amp;lt;", "&lt;", "&gt;", "&amp;amp;quot;", "<skipped>", "<skip<skipped>ped>", "-\n", "\n", "\r",
          "(", ")", "[", "]", "{", "}", "/", "\\", "@", "#", "$", "%", "*", "+", "=", "|", "~", "^", "_", "`", "\"", "<", ">", ":", ";", "!", "?",
          "„", "“", "«", "–", "—", "…", "。", "中文", "日本", "👩‍👩‍👧", "🇩🇪", "👍🏽", "מילה", "كلمة", "word", "Word", "ein", "the", " ", "  ", " "]


def hostile():
    return "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 14)))


def case(name, hypotheses, references, lowercase=False):
    """References: for each sentence a list of them."""
    most = max(len(own) for own in references)
    streams = [[own[i] if i < len(own) else None for own in references] for i in range(most)]
    metric = BLEU(lowercase=lowercase)
    result = metric.corpus_score(hypotheses, streams)
    signature = str(metric.get_signature())
    signature, version = signature.rsplit("|version:", 1)
    assert version == sacrebleu.__version__
    return {
        "name": name, "lowercase": lowercase, "hypotheses": hypotheses, "references": references, "score": result.score,
        "precisions": result.precisions, "penalty": result.bp, "length": result.sys_len, "referenceLength": result.ref_len,
        "signature": signature,
    }


texts = [sentence() for _ in range(60)]
answers = [spoiled(text) for text in texts]
hosts = [hostile() for _ in range(120)]
cases = [
    case("sentences", answers, [[text] for text in texts]),
    case("sentences, small letters", answers, [[text] for text in texts], lowercase=True),
    case("three references", answers, [[text, spoiled(text), spoiled(text)] for text in texts]),
    case("references of any number", answers, [[text] + [spoiled(text)] * rng.randrange(3) for text in texts]),
    case("hostile", [spoiled(text) for text in hosts], [[text] for text in hosts]),
    case("hostile, small letters", [spoiled(text.swapcase()) for text in hosts], [[text] for text in hosts], lowercase=True),
    case("the same", texts, [[text] for text in texts]),
    case("too long", [f"{text} {text}" for text in texts], [[text] for text in texts]),
    case("too short", [text[:len(text) // 2] for text in texts], [[text] for text in texts]),
    case("empty translations", ["", "   ", "A man runs by the river ."], [["A man runs."], ["Two women."], ["A man runs by the river."]]),
    case("nothing but empty", ["", ""], [["A man."], ["Two women."]]),
    case("empty references", ["A man.", "Two women wait."], [[""], [" "]]),
    case("everything empty", ["", ""], [[""], [""]]),
    case("one word", ["dog"], [["dog"]]),
    case("two words", ["a dog"], [["a dog"]]),
    case("three words", ["a dog runs"], [["a dog runs"]]),
    case("four words", ["a dog runs home"], [["a dog runs home"]]),
    case("no match", ["a dog runs home"], [["two women wait here"]]),
    case("single words match", ["home runs dog a again"], [["a dog runs home again and"]]),
    case("pairs match", ["a dog x y z w the cat"], [["a dog b c d e the cat"]]),
    case("of two lengths the shorter", ["a b c d e f"], [["a b c d e", "a b c d e f g"]]),
    case("cat", ["the cat sat on a mat"], [["the cat sat on the mat"]]),
    case("accents", ["caf\u00e9 au lait pour moi"], [["cafe\u0301 au lait pour moi"]]),
]
tokenizer = Tokenizer13a()
lines = [hostile() for _ in range(400)] + texts + ["", " ", "\n", "a-\nb", "&amp;lt;b&amp;gt;", "x" * 70 + "." * 9 + "5-,-5.,5.,a"]
fixtures = {"cases": cases, "tokens": [{"text": line, "words": tokenizer(line.rstrip()).split()} for line in lines]}
path = pathlib.Path(__file__).parent / "bleu.json"
path.write_text(json.dumps(fixtures, indent=None, separators=(",", ":"), ensure_ascii=True) + "\n")
print(f"{path}: {path.stat().st_size} bytes, {[(c['name'], round(c['score'], 2)) for c in cases]}")
