"""Makes Tests/Fixtures/augmentation/: elastic deformations by SciPy, blurs and random crops by torchvision.

Run from the repository root, with Pillow, NumPy, SciPy, PyTorch and torchvision installed:
    python3 Tests/Fixtures/make_augmentation_fixtures.py
The committed files were made with Pillow 13.0.0, SciPy 1.17, PyTorch 2.15 and torchvision 0.29.
"""

import json
import math
import pathlib

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates
from torchvision.transforms import RandomErasing, RandomResizedCrop
from torchvision.transforms.functional import gaussian_blur

fixtures = pathlib.Path(__file__).parent
folder = fixtures / "augmentation"
folder.mkdir(exist_ok=True)
source = np.asarray(Image.open(fixtures / "resize" / "source.png"))
height, width = source.shape[:2]

# Pictures deformed by a field that a test can compute, too.
y, x = np.mgrid[0:height, 0:width].astype(np.float64)
dx, dy = 3 * np.sin(0.37 * x + 0.21 * y), 2.5 * np.cos(0.29 * x - 0.17 * y)
for mode in ["nearest", "reflect"]:  # what our tests call edge and mirrored
    planes = [
        map_coordinates(source[..., c].astype(np.float64), [y + dy, x + dx], order=1, mode=mode) for c in range(3)
    ]
    Image.fromarray(np.round(np.stack(planes, -1)).astype(np.uint8)).save(folder / f"elastic_{mode}.png")

# A blur where nothing beyond the edges is seen is the same whatever stands there.
planes = torch.from_numpy(source.copy()).permute(2, 0, 1)
for sigma, kernel in [(1.5, 9), (3, 19)]:
    blurred = gaussian_blur(planes, [kernel, kernel], [sigma, sigma])
    Image.fromarray(blurred.permute(1, 2, 0).numpy()).save(folder / f"blur_{sigma:g}.png")

values = {"smoothed": []}
raw = np.random.default_rng(3).uniform(-1, 1, (9, 12))
for sigma in [0.7, 1.3, 4]:
    values["smoothed"].append({"sigma": sigma, "values": gaussian_filter(raw, sigma).ravel().round(7).tolist()})
values["raw"] = raw.ravel().round(7).tolist()

# Where no part fits, which a scale of more than the whole makes certain, the middle is taken.
values["fallbacks"] = []
for size in [(500, 375), (100, 400), (400, 100), (1, 50), (64, 64), (301, 100)]:
    for ratio in [(0.75, 4 / 3), (1, 1), (2, 3), (0.2, 0.5)]:
        picture = torch.zeros(3, size[1], size[0])
        i, j, h, w = RandomResizedCrop.get_params(picture, [10, 10], list(ratio))
        values["fallbacks"].append({"size": size, "ratio": ratio, "part": [j, i, w, h]})

# What random parts are like: mean and spread of the share of the area, of the logarithm of the proportions, and of
# where the middle lies.
torch.manual_seed(0)


def moments(draw, size, count):
    rows = []
    for _ in range(count):
        i, j, h, w = draw()
        rows.append(
            [w * h / (size[0] * size[1]), math.log(w / h), (j + w / 2) / size[0], (i + h / 2) / size[1]]
        )
    rows = np.array(rows)
    return {"means": rows.mean(0).round(5).tolist(), "deviations": rows.std(0).round(5).tolist()}


values["crops"] = []
for size in [(500, 375), (200, 600)]:
    picture = torch.zeros(3, size[1], size[0])
    entry = moments(lambda: RandomResizedCrop.get_params(picture, [0.08, 1], [0.75, 4 / 3]), size, 20000)
    values["crops"].append({"size": size, **entry})
picture = torch.zeros(3, 90, 120)
values["erasures"] = moments(
    lambda: RandomErasing.get_params(picture, (0.02, 0.33), (0.3, 3.3), [0])[:4], (120, 90), 20000
)
(folder / "augmentation.json").write_text(json.dumps(values) + "\n")
