"""Makes Tests/Fixtures/segmentation_losses.json: losses with gradients, border weights and coarse deformations, as PyTorch,
segmentation-models-pytorch and SciPy compute them.

Run from the repository root with torch 2.15, SciPy 1.17 and the files of segmentation-models-pytorch 0.6.0:

    python3 -m pip install --no-deps --target /tmp/smp segmentation-models-pytorch==0.6.0
    python3 Tests/Fixtures/make_segmentation_loss_fixtures.py /tmp/smp
"""

import importlib.util
import json
import pathlib
import sys
import types

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

# The losses alone, without what the package's other parts need.
root = pathlib.Path(sys.argv[1]) / "segmentation_models_pytorch"
for name in ["segmentation_models_pytorch", "segmentation_models_pytorch.losses"]:
    package = types.ModuleType(name)
    package.__path__ = [str(root if name.endswith("pytorch") else root / "losses")]
    sys.modules[name] = package
spec = importlib.util.spec_from_file_location(
    "segmentation_models_pytorch.losses.dice", root / "losses" / "dice.py")
dice_module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = dice_module
spec.loader.exec_module(dice_module)

torch.manual_seed(5)
rounded = lambda t: [round(float(v), 7) for v in np.asarray(t.detach()).reshape(-1)]

shape = (2, 4, 5, 6)
scores = torch.randn(shape, requires_grad=True)
truth = torch.randint(0, 3, (2, 5, 6))  # the last class is nowhere
truth[0, 0, :3] = 255
class_weights = torch.tensor([0.5, 2.0, 1.25, 3.0])
weight_map = torch.rand(2, 5, 6) + 0.5


def gradient(loss):
    scores.grad = None
    loss.backward()
    return rounded(scores.grad)


def entropy(**settings):
    return F.cross_entropy(scores, truth, ignore_index=255, **settings)


def focal(gamma, weight=None):
    log_p = -F.cross_entropy(scores, truth, ignore_index=255, reduction="none")
    weighted = F.cross_entropy(scores, truth, weight=weight, ignore_index=255, reduction="none")
    counted = (truth != 255).sum()
    return ((1 - log_p.exp()) ** gamma * weighted).sum() / counted


dice = dice_module.DiceLoss("multiclass", ignore_index=255)
mapped = (F.cross_entropy(scores, truth, ignore_index=255, reduction="none") * weight_map).sum() / (truth != 255).sum()
cases = {
    "crossEntropy": entropy(),
    "crossEntropy, class weights": entropy(weight=class_weights),
    "crossEntropy, weight map": mapped,
    "dice": dice(scores, truth),
    "focal": focal(2.0),
    "focal, gamma 0.5": focal(0.5),
    "focal, class weights": focal(2.0, class_weights),
}
losses = {name: {"loss": round(loss.item(), 7), "gradient": gradient(loss)} for name, loss in cases.items()}

# Border weights: distances to each object, whole ones, sorted.
rng = np.random.default_rng(3)
height, width = 23, 31
image = np.zeros((height, width), bool)
for _ in range(7):
    y, x = rng.integers(0, height), rng.integers(0, width)
    image[max(0, y - 2) : y + int(rng.integers(1, 4)), max(0, x - 2) : x + int(rng.integers(1, 5))] = True
objects, count = ndimage.label(image)
distances = np.sort(
    np.stack([ndimage.distance_transform_edt(objects != k) for k in range(1, count + 1)]), axis=0)
weights = np.where(objects == 0, 10 * np.exp(-((distances[0] + distances[1]) ** 2) / (2 * 2.0**2)), 0)

grid = torch.randn(1, 2, 3, 3)
field = F.interpolate(grid, size=(7, 10), mode="bicubic", align_corners=True)

out = {
    "shape": shape,
    "scores": rounded(scores),
    "truth": truth.reshape(-1).tolist(),
    "classWeights": rounded(class_weights),
    "weightMap": rounded(weight_map),
    "losses": losses,
    "borders": {
        "width": width,
        "image": image.reshape(-1).astype(int).tolist(),
        "objects": count,
        "sigma": 2.0,
        "weights": [round(float(v), 6) for v in weights.reshape(-1)],
    },
    "grid": {"values": rounded(grid), "width": 10, "height": 7, "field": rounded(field)},
}
path = pathlib.Path("Tests/Fixtures/segmentation_losses.json")
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(path.stat().st_size, "bytes;", count, "objects")
