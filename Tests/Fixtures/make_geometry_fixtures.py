"""Makes Tests/Fixtures/geometry.json: what pycocotools makes of polygons, masks and boxes.

Run from the repository root, with pycocotools and NumPy installed:  python3 Tests/Fixtures/make_geometry_fixtures.py
The committed file was made with pycocotools 2.0 and NumPy 2.4.
"""

import json
import pathlib

import numpy as np
from pycocotools import mask

rng = np.random.default_rng(11)


def described(rle):
    dense = mask.decode(rle)
    return {
        "counts": rle["counts"].decode(),
        "area": int(mask.area(rle)),
        "bounds": [float(v) for v in mask.toBbox(rle)],
        "rows": ["".join(map(str, row)) for row in dense.tolist()],
    }


def polygon_case(height, width, polygons):
    rle = mask.merge(mask.frPyObjects(polygons, height, width))
    return {"width": width, "height": height, "polygons": polygons, **described(rle)}


polygons = [
    (10, 12, [[2, 2, 2, 7, 8, 7, 8, 2]]),  # a box
    (10, 12, [[1.4, 1.6, 9.3, 2.2, 6.1, 8.8]]),
    (10, 12, [[-5, -3, 20, -3, 20, 30, -5, 30]]),  # more than the picture
    (10, 12, [[-9, -9, -2, -9, -2, -2, -9, -2]]),  # beside the picture
    (10, 12, [[3, 3, 3, 3, 3, 3]]),  # a point
    (10, 12, [[1, 5, 6, 5, 11, 5]]),  # a line
    (10, 12, [[2, 2, 2, 2, 8, 2, 8, 8, 8, 8, 2, 2]]),  # corners that repeat
    (10, 12, [[0, 0, 12, 10, 12, 0, 0, 10]]),  # crosses itself
    (10, 12, [[0, 0, 4, 0, 4, 4, 0, 4], [3, 3, 9, 3, 9, 9, 3, 9], [11, 9, 12, 9, 12, 10, 11, 10]]),
    (1, 1, [[0, 0, 1, 0, 1, 1, 0, 1]]),
    (1, 9, [[0.3, 0, 7.7, 0, 7.7, 1, 0.3, 1]]),
    (9, 1, [[0, 0.3, 0, 7.7, 1, 7.7, 1, 0.3]]),
]
for _ in range(60):
    height, width = (int(v) for v in rng.integers(1, 24, 2))
    count = int(rng.integers(1, 4))
    shapes = []
    for _ in range(count):
        corners = int(rng.integers(3, 9))
        points = rng.uniform(-0.4, 1.4, (corners, 2)) * [width, height]
        if rng.random() < 0.5:
            points = np.round(points * 2) / 2  # halves, where rounding is decided
        shapes.append([float(v) for v in np.round(points, 3).reshape(-1)])
    polygons.append((height, width, shapes))

masks = []
for density in [0, 0.05, 0.5, 0.95, 1]:
    for height, width in [(1, 1), (7, 5), (5, 7), (33, 2), (1, 40)]:
        dense = np.asfortranarray((rng.random((height, width)) < density).astype(np.uint8))
        masks.append({"width": width, "height": height, **described(mask.encode(dense))})

smooth = []
for _ in range(6):
    cy, cx, r = rng.uniform(0, 20, 3)
    y, x = np.mgrid[0:20, 0:24]
    smooth.append(mask.encode(np.asfortranarray(((y - cy) ** 2 + (x - cx) ** 2 < (r + 2) ** 2).astype(np.uint8))))
crowds = [False, True, False]
boxes = np.round(rng.uniform(0, 20, (6, 4)), 2).tolist()

json.dump(
    {
        "polygons": [polygon_case(*case) for case in polygons],
        "masks": masks,
        "overlap": {
            "masks": [{"width": 24, "height": 20, **described(rle)} for rle in smooth],
            "union": described(mask.merge(smooth[:3])),
            "intersection": described(mask.merge(smooth[:2], intersect=True)),
            "crowds": crowds,
            "maskIoU": mask.iou(smooth, smooth[3:], crowds).tolist(),
            "boxes": boxes,
            "boxIoU": mask.iou(boxes, boxes[3:], crowds).tolist(),
        },
    },
    open(pathlib.Path(__file__).parent / "geometry.json", "w"),
    separators=(",", ":"),
)
