"""Writes explanation.safetensors: a small network, what its layers make of an input, Grad-CAM by hooks, and occlusion.

    python3 make_explanation_fixtures.py     # needs torch and numpy
"""

import json
import math
import pathlib
import struct

import torch
from torch import nn

torch.manual_seed(11)
network = nn.Sequential()
for name, layer in [
    ("conv1", nn.Conv2d(3, 6, 3, padding=1)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2)),
    ("conv2", nn.Conv2d(6, 5, 3, padding=1, bias=False)), ("norm1", nn.BatchNorm2d(5)), ("relu2", nn.ReLU()),
    ("pool2", nn.AdaptiveAvgPool2d(1)), ("flatten1", nn.Flatten()), ("drop1", nn.Dropout(0.4)),
    ("fc1", nn.Linear(5, 3)),
]:
    network.add_module(name, layer)
with torch.no_grad():
    for parameter in network.parameters():
        parameter.normal_(0, 0.5)
    network.norm1.running_mean.normal_(0, 0.3)
    network.norm1.running_var.uniform_(0.5, 2)
network.eval()
x = torch.randn(1, 3, 12, 10)
tensors = {f"weights.{name}": value.float() for name, value in network.state_dict().items() if value.dim() > 0}
tensors["input"] = x

# What each layer gives, seen by hooks.
kept = {}
for name, layer in network.named_children():
    layer.register_forward_hook(lambda _, __, result, name=name: kept.__setitem__(name, result))
network(x)
tensors |= {f"activation.{name}": value.detach().clone() for name, value in kept.items()}

# Grad-CAM (Selvaraju et al., 2017, equations 1 and 2).
for stage in ["conv1", "relu2"]:
    for label in range(3):
        scores = network(x)
        (gradient,) = torch.autograd.grad(scores[0, label], kept[stage])
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        tensors[f"gradcam.{stage}.{label}"] = torch.relu((weights * kept[stage]).sum(dim=1))[0].detach().clone()


def covered(cell, cells, share, length):
    middle, half = (cell + 0.5) * length / cells, share * length / 2
    first = max(0, math.floor(middle - half + 0.5))
    return slice(first, max(first + 1, min(length, math.floor(middle + half + 0.5))))


# Occlusion (Zeiler and Fergus, 2014), five places each way, a square of three tenths.
fill = torch.tensor([0.1, -0.2, 0.3])
with torch.no_grad():
    for label in range(3):
        result = torch.zeros(5, 5)
        for row in range(5):
            for column in range(5):
                hidden = x.clone()
                hidden[0, :, covered(row, 5, 0.3, 12), covered(column, 5, 0.3, 10)] = fill[:, None, None]
                result[row, column] = network(hidden).softmax(dim=1)[0, label]
        tensors[f"occlusion.{label}"] = result

header, data = {"__metadata__": {"torch": torch.__version__}}, b""
for name, tensor in tensors.items():
    numbers = tensor.contiguous().numpy().astype("<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
    data += numbers
encoded = json.dumps(header, separators=(",", ":")).encode()
pathlib.Path(__file__).with_name("explanation.safetensors").write_bytes(
    struct.pack("<Q", len(encoded)) + encoded + data)
