"""Makes Tests/Fixtures/hog.json: what OpenCV's HOGDescriptor makes of images that a formula makes, and of a photograph.

Run from the repository root, with OpenCV 4 (5 has no HOGDescriptor) and NumPy, and beside the repository the reference data:
    python3 Tests/Fixtures/make_hog_fixtures.py [../shared/data]
The committed file was made with opencv-python-headless 4.14.0 and NumPy 2.

Numbers are 32-bit floats in base 64. OpenCV's blocks, and cells within blocks, follow each other column by column; here they
are put row by row.
"""

import base64
import json
import pathlib
import sys

import cv2
import numpy as np

cv2.setNumThreads(1)


def packed(numbers):
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()


def noise(width, height, channels):
    """The upper bytes of a linear congruential generator."""
    state, values = 1, []
    for _ in range(width * height * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    return np.array(values, np.uint8).reshape(height, width, channels)


def waves(width, height, channels):
    """Slopes of all directions, with edges where a byte is full."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    return ((3 * x * x + 5 * y * y + (7 + 4 * c) * x * y) // 16 % 256).astype(np.uint8)


def ties(width, height, channels):
    """Blue rises to the right as much as red does downwards: gradients of one length, in two directions."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = 4 * np.arange(height)[:, None] % 256
    image[..., 2] = 4 * np.arange(width)[None] % 256
    return image


def row_by_row(numbers, rows, columns, block, bins):
    return numbers.reshape(columns, rows, block, block, bins).transpose(1, 0, 3, 2, 4)


def case(image, cell=8, block=2, bins=9, takes_roots=True):
    height, width, channels = globals()[image[0]](*image[1:]).shape
    pixels = globals()[image[0]](*image[1:])
    side = cell * block
    descriptor = cv2.HOGDescriptor(
        (width, height), (side, side), (cell, cell), (cell, cell), bins, 1, -1, 0, 0.2, takes_roots)
    numbers = descriptor.compute(pixels[..., ::-1].copy() if channels == 3 else pixels[..., 0].copy()).ravel()
    rows, columns = height // cell - block + 1, width // cell - block + 1
    return {
        "image": image[0], "width": width, "height": height, "channels": channels, "cellSide": cell, "blockSide": block,
        "orientations": bins, "takesSquareRoots": takes_roots,
        "values": packed(row_by_row(numbers, rows, columns, block, bins)),
    }


cases = [
    case(("noise", 64, 128, 1)),
    case(("noise", 64, 128, 3)),
    case(("waves", 64, 128, 3)),
    case(("ties", 32, 32, 3)),
    case(("waves", 48, 32, 1), takes_roots=False),
    case(("waves", 36, 60, 1), cell=6),
    case(("noise", 40, 40, 3), block=3, bins=12),
    case(("noise", 16, 16, 1), block=1, cell=16, bins=5),
]

# The detector of people that comes with OpenCV, over a photograph at its own size.
data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
photograph = cv2.imread(str(data / "hog_reference" / "astronaut.png"))
people = cv2.HOGDescriptor()
weights = cv2.HOGDescriptor_getDefaultPeopleDetector().ravel()
people.setSVMDetector(weights)
places, scores = people.detect(photograph, -1e9, (8, 8))
grid = np.full((photograph.shape[0] // 8 - 15, photograph.shape[1] // 8 - 7), np.nan, np.float32)
for (x, y), score in zip(np.asarray(places).reshape(-1, 2), np.ravel(scores)):
    grid[y // 8, x // 8] = score
assert not np.isnan(grid).any()

(pathlib.Path(__file__).parent / "hog.json").write_text(
    json.dumps(
        {
            "cases": cases,
            "people": {
                "weights": packed(row_by_row(weights[:-1], 15, 7, 2, 9)), "bias": float(weights[-1]),
                "rows": grid.shape[0], "columns": grid.shape[1], "scores": packed(grid),
            },
        },
        indent=1)
    + "\n")
