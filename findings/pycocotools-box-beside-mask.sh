#!/usr/bin/env bash
# pycocotools takes a result's size from its box where it has one, also when masks are judged.
#
# COCO's format for results has `bbox` for detection and `segmentation` for instance segmentation; a program that finds both
# may well write both into one record. `loadRes` then works out `area` from the box, and evaluation with iouType "segm" sorts
# false positives into small, medium and large by that: the same masks get other APs, APm and APl than without their boxes.
# AP itself is the same. (Objects are sorted by the `area` of the annotations, which COCO takes from the mask.)
#
# Seen on 2026-11-28, x86-64, pycocotools 2.0.11, one object of 30x30 pixels that is found, and a surer diagonal stripe of 900
# pixels elsewhere, whose box is larger than 32x32:
#     with bbox     AP 0.500, APs 1.000
#     without bbox  AP 0.500, APs 0.500
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check pycocotools==2.0.* numpy ||
    { echo "pycocotools cannot be installed"; exit 77; }
tools/bin/python -m pip list --disable-pip-version-check 2>/dev/null | grep -i pycocotools

cat >judge.py <<'PYTHON'
import contextlib
import io

import numpy as np
from pycocotools import mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SIDE = 200


def encoded(pixels):
    runs = mask.encode(np.asfortranarray(pixels.astype(np.uint8)))
    return {"size": runs["size"], "counts": runs["counts"].decode()}


def box(pixels):
    rows, columns = np.where(pixels)
    return [int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1]


square = np.zeros((SIDE, SIDE), bool)
square[10:40, 10:40] = True
stripe = np.zeros((SIDE, SIDE), bool)
for step in range(90):
    stripe[80 + step, 80 + step:90 + step] = True

truth = COCO()
truth.dataset = {
    "info": {}, "images": [{"id": 1, "width": SIDE, "height": SIDE}], "categories": [{"id": 1, "name": "thing"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": int(square.sum()),
                     "bbox": box(square), "segmentation": encoded(square)}],
}
results = [
    {"image_id": 1, "category_id": 1, "score": score, "bbox": box(pixels), "segmentation": encoded(pixels)}
    for pixels, score in [(square, 0.5), (stripe, 0.9)]
]
bare = [{key: value for key, value in result.items() if key != "bbox"} for result in results]

with contextlib.redirect_stdout(io.StringIO()):
    truth.createIndex()


def judged(results):
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(results), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[0], evaluation.stats[3]


both, masks = judged(results), judged(bare)
print(f"with bbox     AP {both[0]:.3f}, APs {both[1]:.3f}")
print(f"without bbox  AP {masks[0]:.3f}, APs {masks[1]:.3f}")
raise SystemExit(0 if abs(both[0] - masks[0]) < 1e-9 and both[1] - masks[1] > 0.4 else 1)
PYTHON

if tools/bin/python judge.py; then exit 0; fi
echo "this is not what was seen"
exit 1
