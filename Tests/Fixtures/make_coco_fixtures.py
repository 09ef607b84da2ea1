"""Makes Tests/Fixtures/coco.json: what pycocotools says where the last bit, the order or a flag decides.

Run from the repository root, with pycocotools and NumPy installed:  python3 Tests/Fixtures/make_coco_fixtures.py
The committed file was made with pycocotools 2.0.11.
"""

import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def stats(images, first_id=1):
    """The twelve numbers for images of truths, [x, y, w, h, category, crowd], and detections, with a score at the end."""
    truth, found = [], []
    for image, (truths, detections) in enumerate(images):
        for x, y, w, h, category, crowd in truths:
            truth.append({
                "id": first_id + len(truth), "image_id": image + 1, "category_id": category, "bbox": [x, y, w, h],
                "area": w * h, "iscrowd": crowd})
        for x, y, w, h, category, score in detections:
            found.append({"image_id": image + 1, "category_id": category, "bbox": [x, y, w, h], "score": score})
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": i + 1, "width": 1000, "height": 1000} for i in range(len(images))],
            "categories": [{"id": c, "name": str(c)} for c in (1, 2)], "annotations": truth, "info": {}}
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(found), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge.stats.tolist()


def row(count):
    """Boxes in a row that do not touch."""
    return [[30 * i, 0, 20, 20] for i in range(count)]


cases = []


def case(name, *images, first_id=1):
    cases.append({
        "name": name, "images": [{"truths": t, "detections": d} for t, d in images],
        "stats": stats(list(images), first_id)})


# Perfect precision up to a recall that is a multiple of 0.01 but for rounding
for hits, objects in [(3, 10), (7, 10), (5, 10), (3, 5), (7, 20), (1, 4), (9, 10), (35, 100), (47, 100), (83, 100)]:
    boxes = row(objects)
    case(
        f"{hits} of {objects} found",
        ([b + [1, 0] for b in boxes], [b + [1, 1 - i / 100] for i, b in enumerate(boxes[:hits])]))

# An IoU that is a threshold but for rounding: a part of a box of 1000 pixels
for part in [500, 550, 600, 650, 700, 750, 800, 850, 900, 950]:
    case(f"an IoU of {part / 1000}", ([[0, 0, 100, 10, 1, 0]], [[0, 0, part / 10, 10, 1, 0.9]]))
# One step of a double below what a threshold is called, or two where it takes an even number to be exact. Only the
# threshold at 0.9 lies as low itself.
for threshold in [0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.9]:
    steps = int(threshold * 2**53) - 1
    steps -= steps % 2
    case(f"an IoU just below {threshold}", ([[0, 0, 2**23, 1, 1, 0]], [[0, 0, steps / 2**30, 1, 1, 0.9]]))

near, far = [0, 0, 10, 10], [4, 0, 10, 10]
case(
    "of two objects that a detection overlaps alike it takes the later",
    ([near + [1, 0], far + [1, 0]], [[2, 0, 10, 10, 1, 0.9], far + [1, 0.8]]))
case(
    "and leaves the earlier",
    ([near + [1, 0], far + [1, 0]], [[2, 0, 10, 10, 1, 0.9], near + [1, 0.8]]))
good, bad, objects = near + [1, 0.5], [500, 500, 10, 10, 1, 0.5], [near + [1, 0]]
case("equal scores: bad on the first image", (objects, [bad]), (objects, [good]))
case("equal scores: bad on the second image", (objects, [good]), (objects, [bad]))
case("equal scores: bad first on one image", (objects, [bad, good]))
case("equal scores: bad last on one image", (objects, [good, bad]))
crowd = [100, 0, 300, 300, 1, 1]
case(
    "detections of a crowd take places up",
    ([near + [1, 0], crowd], [near + [1, 0.5]] + [[110 + 20 * i, 10, 15, 15, 1, 0.9] for i in range(5)]))
case(
    "a hundred detections of a category count on an image",
    ([near + [1, 0]], [[500, 500, 10, 10, 1, 0.9]] * 100 + [near + [1, 0.5]] + [near + [2, 0.4]]))
case("nothing to find", ([], [near + [1, 0.5]]))
case("nothing found", ([near + [1, 0]], [near + [2, 0.5]]))
case("objects without area", ([[0, 0, 0, 0, 1, 0], near + [1, 0]], [[0, 0, 0, 0, 1, 0.9], near + [1, 0.8]]))

rng = np.random.default_rng(7)
images = []
for _ in range(20):
    def some(count, last):
        result = []
        for _ in range(count):
            side = [8, 40, 120][rng.integers(3)]
            x, y = (int(v) for v in rng.integers(0, 5, 2))
            result.append([x * side / 4, y * side / 4, side, side, int(rng.integers(1, 3)), last()])
        return result

    images.append((
        some(rng.integers(0, 7), lambda: int(rng.integers(6) == 0)),
        some(rng.integers(0, 15), lambda: int(rng.integers(10)) / 10)))
case("many ties", *images)

zero = ([near + [1, 0], far + [1, 0]], [near + [1, 0.9], far + [1, 0.8]])
json.dump(
    {
        "cases": cases,
        # pycocotools takes a match with the annotation of id 0 for no match.
        "twoFoundWithIdsFromZero": stats([zero], first_id=0), "twoFoundWithIdsFromOne": stats([zero]),
    },
    open(pathlib.Path(__file__).parent / "coco.json", "w"),
    separators=(",", ":"),
)
