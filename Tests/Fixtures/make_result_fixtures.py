"""Makes Tests/Fixtures/results: a COCO file of truths, a file of detections, and what pycocotools says about them.

Run from the repository root, with pycocotools and NumPy installed:  python3 Tests/Fixtures/make_result_fixtures.py
The committed files were made with pycocotools 2.0.11.

Numbers of images and classes have gaps and are in no order, scores are often equal, areas are those of outlines, some objects
are crowds, and some classes have no object, so that every number and its order matters.
"""

import contextlib
import io
import json
import pathlib
import random

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FOLDER = pathlib.Path(__file__).parent / "results"
CATEGORIES = [{"id": 7, "name": "cup"}, {"id": 3, "name": "bowl"}, {"id": 90, "name": "fork"}, {"id": 1, "name": "knife"}]
NAMED = [7, 3, 90]  # There is no knife.


def ellipse(width, height, cx, cy, rx, ry):
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1).astype(np.uint8)


def polygon(cx, cy, rx, ry):
    angles = np.linspace(0, 2 * np.pi, 13)[:-1]
    return [round(float(v), 2) for a in angles for v in (cx + rx * np.cos(a), cy + ry * np.sin(a))]


def encoded(mask):
    code = masks.encode(np.asfortranarray(mask))
    return {"size": code["size"], "counts": code["counts"].decode()}


def bounds(mask):
    rows, columns = np.where(mask.any(axis=1))[0], np.where(mask.any(axis=0))[0]
    return [int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)]


def make():
    generator = random.Random(11)
    images, annotations, found = [], [], []
    for number in [40, 9, 31, 2, 77, 5, 63, 12]:
        width, height = generator.randint(90, 260), generator.randint(90, 260)
        images.append({"id": number, "file_name": f"{number:04}.jpg", "width": width, "height": height})
        for _ in range(generator.randint(0, 6)):
            radius = generator.choice([9, 9, 20, 40, 64])
            rx, ry = radius * generator.uniform(0.7, 1), radius * generator.uniform(0.7, 1)
            cx, cy = generator.uniform(rx, max(rx, width - rx)), generator.uniform(ry, max(ry, height - ry))
            category = generator.choice(NAMED)
            crowd = generator.random() < 0.12
            mask = ellipse(width, height, cx, cy, rx, ry)
            corners = polygon(cx, cy, rx, ry)
            annotation = {
                "id": len(annotations) + 1, "image_id": number, "category_id": category, "iscrowd": int(crowd),
                "bbox": bounds(mask), "area": int(mask.sum())}
            if crowd:
                pixels = mask.flatten(order="F")
                edges = np.flatnonzero(np.diff(np.concatenate([[0], pixels, [0]])))
                counts = np.diff(np.concatenate([[0], edges, [len(pixels)]]))
                annotation["segmentation"] = {"size": [height, width], "counts": [int(c) for c in counts]}
            else:
                annotation["segmentation"] = [corners]
            annotations.append(annotation)
            for _ in range(generator.choice([0, 1, 1, 2])):
                shift = generator.choice([0.02, 0.08, 0.2, 0.5])
                mask = ellipse(
                    width, height, cx + rx * generator.uniform(-shift, shift), cy + ry * generator.uniform(-shift, shift),
                    rx * generator.uniform(1 - shift, 1 + shift), ry * generator.uniform(1 - shift, 1 + shift))
                if not mask.any():
                    continue
                x, y, w, h = bounds(mask)
                box = [float(np.float32(v + generator.uniform(-0.5, 0.5))) for v in (x, y, w, h)]
                found.append({
                    "image_id": number,
                    "category_id": category if generator.random() < 0.8 else generator.choice([7, 3, 90, 1]), "bbox": box,
                    "score": float(np.float32(generator.choice([0.25, 0.5, 0.75, generator.uniform(0.1, 1)]))),
                    "segmentation": encoded(mask)})
    return {"info": {}, "licenses": [], "images": images, "categories": CATEGORIES, "annotations": annotations}, found


def stats(kind):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(FOLDER / "instances.json"))
        judge = COCOeval(truth, truth.loadRes(str(FOLDER / "detections.json")), kind)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    # By class: AP, AP50 and the curve at 0.5. -1 where there is nothing to find.
    precision = judge.eval["precision"][:, :, :, 0, 2]
    classes = {
        str(category): {
            "ap": float(precision[:, :, place].mean()), "ap50": float(precision[0, :, place].mean()),
            "curve": [round(float(v), 15) for v in precision[0, :, place]]}
        for place, category in enumerate(judge.params.catIds)}
    return {"stats": [float(v) for v in judge.stats], "classes": classes}


truth, found = make()
FOLDER.mkdir(exist_ok=True)
(FOLDER / "instances.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")
(FOLDER / "detections.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")
expected = {"boxes": stats("bbox"), "masks": stats("segm")}
(FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
print(len(truth["annotations"]), len(found), {k: v["stats"] for k, v in expected.items()})
print({path.name: path.stat().st_size for path in FOLDER.iterdir()})
