#!/usr/bin/env bash
# torchvision's detectors resize the same photograph to another size once they are scripted.
#
# Seen on 2026-11-28, x86-64, with torch 2.15.0 and torchvision 0.29.2 from PyPI.
#
# GeneralizedRCNNTransform works out how much an image grows in Python's float64 when it runs eagerly, and in float32 when
# it is scripted; the size is then rounded down. A width of 318 (of 2007_000836 in Pascal VOC 2012, 318 x 480) times
# 800/318 is 800 in float64 and 799.99999 in float32, so that the scripted detector sees an image one column narrower, and
# every box differs: no fault of whoever converted the weights.
#
#   eager: 1207 x 800
#   scripted: 1207 x 799
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 torchvision==0.29.2 numpy || exit 77
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/output"
import torch
from torchvision.models.detection.transform import GeneralizedRCNNTransform

resize = GeneralizedRCNNTransform(800, 1333, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).eval()
image = torch.zeros(3, 480, 318)
for name, transform in [("eager", resize), ("scripted", torch.jit.script(resize))]:
    images, _ = transform([image])
    height, width = images.image_sizes[0]
    print(f"{name}: {height} x {width}")
PYTHON
diff "$folder/output" - <<'OUTPUT'
eager: 1207 x 800
scripted: 1207 x 799
OUTPUT
