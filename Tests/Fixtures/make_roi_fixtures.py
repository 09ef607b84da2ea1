"""Writes regions.safetensors: what torchvision makes of regions of interest, forward and backward.

Run it with a Python that has torch, torchvision and numpy:  python make_roi_fixtures.py
The numbers are random but seeded. The format is that of operations.safetensors.
"""

import json
import os
import struct

import numpy
import torch
import torchvision
from torchvision.ops import roi_align, roi_pool

cases, tensors = [], {}
generator = torch.Generator().manual_seed(2027)


def put(name, tensor):
    tensors[name] = tensor.detach().to(torch.float32).contiguous().numpy()
    return name


def case(operation, features, boxes, function, **settings):
    number = len(cases)
    x = features.clone().requires_grad_()
    y = function(x, boxes)
    cotangent = torch.randn(y.shape, generator=generator)
    gradient, = torch.autograd.grad((y * cotangent).sum(), [x])
    cases.append({
        "operation": operation,
        "settings": {k: [float(n) for n in (v if isinstance(v, (list, tuple)) else [v])] for k, v in settings.items()},
        "inputs": [put(f"{number}.input.0", features), put(f"{number}.input.1", boxes)],
        "results": [put(f"{number}.result.0", y)],
        "cotangent": put(f"{number}.cotangent", cotangent),
        "gradients": {"0": put(f"{number}.gradient.0", gradient)},
    })


def boxes_of(images, height, width, scale, inverted):
    """Boxes of every kind, in coordinates of the maps divided by the scale."""
    special = [
        [2, 2, 2, 2], [0, 0, 0, 0], [2.5, 2.5, 4.5, 4.5], [2.5, 1.5, 2.5, 3.5],  # empty, on half pixels
        [0, 0, width, height], [-0.5, -0.5, width - 0.5, height - 0.5],          # all of the map
        [-5, -4, 3, 2], [width - 2, height - 3, width + 4, height + 5],          # over its edges
        [-9, -9, -4, -4], [width + 3, 1, width + 9, 4], [1, height + 2, 3, height + 8],  # outside
        [-3, -3, -1, -1], [width, height, width + 2, height + 2],                # just so
        [1, 1, 1.01, 1.02], [3, 2, 3.9, 2.1], [-40, -30, 60, 50],                # tiny and large
    ]
    if inverted:
        special += [[4, 4, 2, 2], [5, 1, 1, 4], [1, 5, 4, 1], [width, height, 0, 0]]
    corners = torch.rand(8, 4, generator=generator) * torch.tensor([width, height] * 2) * 1.3 - 0.1 * width
    if not inverted:
        a, b = corners[:, :2], corners[:, 2:]
        corners = torch.cat([torch.minimum(a, b), torch.maximum(a, b)], 1)
    all = torch.cat([torch.tensor(special), corners]) / scale
    image = torch.randint(0, images, (len(all), 1), generator=generator).float()
    image[0] += 0.75  # a fraction is cut off
    return torch.cat([image, all], 1)


for shape, size, scale, ratio, aligned in [
    ((2, 3, 9, 11), (7, 7), 1, 2, False),
    ((1, 3, 9, 11), (7, 7), 0.25, 2, True),
    ((2, 5, 8, 6), (2, 3), 0.5, 0, False),
    ((3, 5, 8, 6), (3, 2), 1 / 16, 0, True),
    ((1, 17, 5, 7), (2, 2), 1, 1, False),
    ((2, 2, 10, 40), (4, 5), 0.3, 3, True),
    ((1, 1, 1, 1), (2, 2), 1, 2, False),
    ((1, 2, 1, 9), (1, 3), 1, 0, True),
    ((1, 2, 20, 3), (9, 1), 0.5, 0, False),
]:
    features = torch.randn(shape, generator=generator)
    # With samples for each pixel and whole pixels torchvision refuses inverted boxes: it asks for negative memory.
    boxes = boxes_of(shape[0], shape[2], shape[3], scale, inverted=ratio > 0 or not aligned)
    case("roiAlign", features, boxes, lambda x, r: roi_align(x, r, size, scale, ratio, aligned),
         outputSize=size, spatialScale=scale, samplingRatio=ratio, aligned=aligned)
    if not aligned:
        case("roiPool", features, boxes, lambda x, r: roi_pool(x, r, size, scale), outputSize=size, spatialScale=scale)
# Equal elements: the gradient goes to the first of them.
whole = torch.randint(0, 3, (2, 3, 9, 11), generator=generator).float()
case("roiPool", whole, boxes_of(2, 9, 11, 0.5, True), lambda x, r: roi_pool(x, r, (3, 4), 0.5),
     outputSize=(3, 4), spatialScale=0.5)
empty = torch.zeros(0, 5)
case("roiAlign", whole, empty, lambda x, r: roi_align(x, r, (7, 7), 1.0, 2, False),
     outputSize=(7, 7), spatialScale=1, samplingRatio=2, aligned=False)
case("roiPool", whole, empty, lambda x, r: roi_pool(x, r, (7, 7), 1.0), outputSize=(7, 7), spatialScale=1)

metadata = {
    "torch": torch.__version__, "torchvision": torchvision.__version__,
    "cases": json.dumps(cases, separators=(",", ":")),
}
header, offset = {"__metadata__": metadata}, 0
for name, array in tensors.items():
    header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
    offset += array.nbytes
encoded = json.dumps(header, separators=(",", ":")).encode()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "regions.safetensors")
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(encoded)))
    file.write(encoded)
    for array in tensors.values():
        file.write(numpy.ascontiguousarray(array, dtype="<f4").tobytes())
print(f"{len(cases)} cases, {os.path.getsize(path)} bytes, torchvision {torchvision.__version__}")
