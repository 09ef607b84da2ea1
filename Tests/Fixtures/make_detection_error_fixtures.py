"""Makes Tests/Fixtures/detection_errors.json: what TIDE's own program says about random detections.

Run from the repository root, with tidecv installed:  python3 Tests/Fixtures/make_detection_error_fixtures.py
The committed file was made with tidecv 1.0.1 and pycocotools 2.0.11.

TIDE takes precision at recalls of k / 100, pycocotools at those of numpy.linspace, some of which lie one ulp higher. So the
numbers of objects, with and without those that were missed, have no divisor in common with 100: no recall but the last is a
hundredth. And every class has objects, for TIDE counts one without any as an average precision of 0, where COCO leaves it out.
"""

import json
import math
import pathlib
import random

from tidecv import TIDE, Data

CLASSES = 3


def images(generator):
    """Truths, [x, y, w, h, class], and detections, with a score at the end."""
    result = []
    for _ in range(30):
        truths, found = [], []
        for _ in range(generator.randint(0, 5)):
            box = [generator.uniform(0, 200), generator.uniform(0, 200), generator.uniform(20, 80), generator.uniform(20, 80)]
            truths.append([round(v, 2) for v in box] + [generator.randrange(CLASSES)])
        for x, y, w, h, label in truths:
            for _ in range(generator.choice([0, 1, 1, 2, 3])):
                shift = generator.choice([0.02, 0.1, 0.3, 0.6])
                box = [
                    x + w * generator.uniform(-shift, shift), y + h * generator.uniform(-shift, shift),
                    w * generator.uniform(1 - shift, 1 + shift), h * generator.uniform(1 - shift, 1 + shift)]
                name = label if generator.random() < 0.7 else generator.randrange(CLASSES)
                found.append([round(v, 2) for v in box] + [name, round(generator.uniform(0.05, 1), 4)])
        for _ in range(generator.randint(0, 3)):
            box = [generator.uniform(0, 200), generator.uniform(0, 200), generator.uniform(20, 80), generator.uniform(20, 80)]
            found.append(
                [round(v, 2) for v in box] + [generator.randrange(CLASSES), round(generator.uniform(0.05, 0.7), 4)])
        result.append({"truths": truths, "detections": found})
    return result


def judged(images):
    truth, found = Data("truth"), Data("found")
    for number, image in enumerate(images):
        truth.add_image(number, str(number))
        for *box, label in image["truths"]:
            truth.add_ground_truth(number, label, box)
        for *box, label, score in image["detections"]:
            found.add_detection(number, label, score, box)
    run = TIDE().evaluate(truth, found)
    counts = {kind.short_name: count for kind, count in run.count_errors().items()}
    delta = {kind.short_name: value / 100 for kind, value in run.fix_main_errors().items()}
    left = run.ap_data.get_gt_positives()
    for error in run.errors:
        if type(error).short_name == "Miss":
            left[error.gt["class"]] -= 1
    return {"ap50": run.ap / 100, "counts": counts, "deltaAP": delta}, run.ap_data.get_gt_positives(), left


cases = []
seed = 0
while len(cases) < 6:
    seed += 1
    case = images(random.Random(seed))
    numbers, objects, left = judged(case)
    counts = list(objects.values()) + list(left.values())
    scores = [detection[5] for image in case for detection in image["detections"]]
    if len(objects) == CLASSES and all(math.gcd(count, 100) == 1 for count in counts) and len(set(scores)) == len(scores):
        cases.append({"seed": seed, "images": case, **numbers})

path = pathlib.Path(__file__).parent / "detection_errors.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(path.stat().st_size, [case["seed"] for case in cases], [case["counts"] for case in cases])
