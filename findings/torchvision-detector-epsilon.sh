#!/usr/bin/env bash
# torchvision's published detector weights are read with another epsilon than the same file in the same architecture.
#
# Seen on 2026-11-28, x86-64, with torch 2.15.0 and torchvision 0.29.2 from PyPI.
#
# fasterrcnn_resnet50_fpn(weights=COCO_V1) loads the file, and then sets the epsilon of every frozen batch norm to 0. Whoever
# loads the same file by load_state_dict into fasterrcnn_resnet50_fpn(weights=None) gets batch norms that are not frozen, with
# an epsilon of 1e-5; and into a backbone with FrozenBatchNorm2d frozen ones with 1e-5. The names and shapes are the same, so
# that nothing warns, and every number differs a little: 13 % of a channel's where its running variance is 3e-5. No network is
# needed here: the download is replaced by a file of random weights.
#
# Seen:
#     by weights=COCO_V1: FrozenBatchNorm2d, epsilon 0.0
#     by load_state_dict: BatchNorm2d, epsilon 1e-05
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 torchvision==0.29.2 numpy || exit 77
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/output"
import torch
from torchvision.models.detection import FasterRCNN_ResNet50_FPN_Weights, fasterrcnn_resnet50_fpn

torch.manual_seed(0)
plain = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None)
state = {name: value for name, value in plain.state_dict().items() if not name.endswith("num_batches_tracked")}
FasterRCNN_ResNet50_FPN_Weights.get_state_dict = lambda self, *args, **kwargs: state
published = fasterrcnn_resnet50_fpn(weights=FasterRCNN_ResNet50_FPN_Weights.COCO_V1)
plain.load_state_dict(state, strict=False)
for way, model in [("weights=COCO_V1", published), ("load_state_dict", plain)]:
    norms = {(type(layer).__name__, layer.eps) for layer in model.modules() if "BatchNorm" in type(layer).__name__}
    assert len(norms) == 1, norms
    name, epsilon = norms.pop()
    print(f"by {way}: {name}, epsilon {epsilon}")
PYTHON
diff "$folder/output" - <<'OUTPUT'
by weights=COCO_V1: FrozenBatchNorm2d, epsilon 0.0
by load_state_dict: BatchNorm2d, epsilon 1e-05
OUTPUT
