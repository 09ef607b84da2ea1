"""Makes Tests/Fixtures/liblinear.json: models that liblinear's own programs write, and what they predict by them.

Run from the repository root, with Debian's liblinear-tools installed:  python3 Tests/Fixtures/make_liblinear_fixtures.py
The committed file was made with liblinear 2.3.0.
"""

import json
import pathlib
import random
import subprocess
import tempfile

random.seed(15)


def examples(labels, columns=3):
    """Points around one on the axis of their label."""
    places = {label: place for place, label in enumerate(sorted(set(labels)))}
    return [
        [round(random.gauss(1.5 if column == places[label] else 0, 0.7) * 64) / 64 for column in range(columns)]
        for label in labels
    ]


def case(name, labels, options):
    rows = examples(labels)
    with tempfile.TemporaryDirectory() as folder:
        data, model, output = (f"{folder}/{name}" for name in ["data", "model", "output"])
        pathlib.Path(data).write_text(
            "".join(
                f"{label} " + " ".join(f"{i + 1}:{x}" for i, x in enumerate(row)) + "\n"
                for label, row in zip(labels, rows)))
        subprocess.run(["liblinear-train", "-q", *options, data, model], check=True)
        subprocess.run(["liblinear-predict", data, model, output], check=True, stdout=subprocess.DEVNULL)
        # Probabilities of a machine that has none end the program.
        asked = subprocess.run(["liblinear-predict", "-b", "1", data, model, output + "2"], capture_output=True)
        assert asked.returncode == 1 or "0" in options, name
        return {
            "name": name, "rows": rows, "labels": labels, "model": pathlib.Path(model).read_text(),
            "predictions": [float(line) for line in pathlib.Path(output).read_text().split()],
        }


machine = ["-s", "3", "-c", "1", "-B", "1", "-e", "0.001"]
cases = [
    case("1 first", [1] * 8 + [-1] * 8, machine),
    case("-1 first", [-1] * 8 + [1] * 8, machine),
    case("without bias", [4, 7] * 8, ["-s", "3", "-e", "0.001"]),
    case("three classes", [5, 2, 9] * 7, machine),
    case("Crammer and Singer", [2, 1] * 8, ["-s", "4", "-B", "1"]),
    case("logistic", [-1, 1] * 8, ["-s", "0", "-B", "2"]),
    case("one class", [3] * 4, machine),
    case("regression", [-1, 1] * 8, ["-s", "13", "-B", "1"]),
]
(pathlib.Path(__file__).parent / "liblinear.json").write_text(json.dumps(cases, indent=1) + "\n")
