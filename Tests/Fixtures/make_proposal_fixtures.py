"""Makes Tests/Fixtures/proposals.json: colours, filters and graph segmentations as scikit-image and SciPy have them, and
Tests/Fixtures/selective_search_opencv.json: the boxes that OpenCV finds on a photograph of the reference data.

Run from the repository root, with scikit-image and opencv-contrib-python-headless installed:
    python3 Tests/Fixtures/make_proposal_fixtures.py [REFERENCE DATA]
The committed files were made with scikit-image 0.26.0, SciPy 1.17.1, NumPy 2.4.6 and OpenCV 4.14.0.
"""

import json
import pathlib
import sys

import cv2
import numpy as np
from scipy import ndimage
from skimage import color
from skimage.segmentation import felzenszwalb

rng = np.random.default_rng(15)


def rounded(values):
    return np.floor(values + 0.5).astype(int).tolist()


# Colours: corners of the cube, greys, dark ones, and some at random.
corners = [[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)]
greys = [[v, v, v] for v in (1, 7, 128, 200, 254)]
rgb = np.array(corners + greys + rng.integers(0, 16, (40, 3)).tolist() + rng.integers(0, 256, (300, 3)).tolist())
lab = color.rgb2lab(rgb / 255)
sums = rgb.sum(axis=1, keepdims=True)
colors = {
    "rgb": rgb.tolist(),
    "Lab": rounded(lab * [2.55, 1, 1] + [0, 128, 128]),
    "HSV": rounded(color.rgb2hsv(rgb / 255) * 255),
    "shares": rounded(np.where(sums == 0, 85.0, 255 * rgb / np.maximum(sums, 1))),
}

# Filters: Felzenszwalb and Huttenlocher cut their Gaussian off at ⌈4σ⌉ pixels, which SciPy does for 5σ where σ is 0.8.
image = rng.integers(0, 256, (7, 11))
filters = {
    "image": image.tolist(),
    "smoothed": ndimage.gaussian_filter(image.astype(float), 0.8, mode="nearest", truncate=5).tolist(),
    "x": ndimage.gaussian_filter(image.astype(float), 1, order=(0, 1), mode="nearest").tolist(),
    "y": ndimage.gaussian_filter(image.astype(float), 1, order=(1, 0), mode="nearest").tolist(),
}


def numbered(labels):
    """Numbered in the order of their first pixels."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].reshape(labels.shape)


# Segmentations of a few patches of colour under noise, so that no two edges weigh the same. scikit-image smooths in
# another way, so it is given what is smoothed already.
segmentations = []
for height, width, scale, least in [(18, 24, 100, 1), (30, 40, 50, 20), (30, 40, 300, 20), (1, 60, 60, 5), (60, 1, 60, 5)]:
    patches = np.zeros((height, width, 3))
    for _ in range(6):
        y, x = rng.integers(0, height), rng.integers(0, width)
        patches[y : y + 1 + height // 2, x : x + 1 + width // 2] = rng.integers(0, 256, 3)
    image = np.clip(patches + rng.normal(0, 9, patches.shape), 0, 255).astype(np.uint8)
    smooth = ndimage.gaussian_filter(image.astype(float), (0.8, 0.8, 0), mode="nearest", truncate=5)
    labels = felzenszwalb(smooth / 255, scale=scale, sigma=0, min_size=least)
    # OpenCV's pixels have four neighbours, which makes a difference unless they lie in a row.
    theirs = cv2.ximgproc.segmentation.createGraphSegmentation(1e-3, scale, least).processImage(smooth.astype(np.float32))
    assert min(height, width) > 1 or (numbered(theirs) == numbered(labels)).all()
    segmentations.append(
        {
            "width": width,
            "height": height,
            "scale": scale,
            "minimumSize": least,
            "pixels": image.reshape(-1).tolist(),
            "labels": numbered(labels).reshape(-1).tolist(),
        }
    )
    print(height, width, scale, least, labels.max() + 1, "regions")

file = pathlib.Path(__file__).parent / "proposals.json"
file.write_text(
    json.dumps({"colors": colors, "filters": filters, "segmentations": segmentations}, separators=(",", ":"))
)

# The boxes of OpenCV's fast mode. Its random numbers cannot be seeded, so the order is dropped.
data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
search.setBaseImage(cv2.imread(str(data / "selective_search/fast-rcnn/000004.jpg")))
search.switchToSelectiveSearchFast()
boxes = sorted([int(n) for n in box] for box in search.process() if min(box[2:]) >= 20)
print(len(boxes), "boxes of OpenCV")
(file.parent / "selective_search_opencv.json").write_text(json.dumps(boxes, separators=(",", ":")))
