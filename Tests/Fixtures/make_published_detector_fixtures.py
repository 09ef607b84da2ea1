#!/usr/bin/env python3
"""What torchvision's detectors find when torchvision itself loads published weights for them: published_detectors.json.

    python3 Tests/Fixtures/make_published_detector_fixtures.py      # torch 2.15.0, torchvision 0.29.2

The download is replaced by weights that follow from their names, those of make_zoo_fixtures.py, some of them scaled: what
the network then does with them is torchvision's choice. Behind the first convolution variances are 3e-5, so that an epsilon
of 1e-5 would change the numbers by a seventh.
"""

import importlib.util
import json
import pathlib

import numpy as np
import torch
import torchvision
from torchvision.models.detection import (
    FasterRCNN_ResNet50_FPN_Weights, MaskRCNN_ResNet50_FPN_Weights, fasterrcnn_resnet50_fpn, maskrcnn_resnet50_fpn)
from torchvision.models.detection.image_list import ImageList

here = pathlib.Path(__file__).resolve().parent
source = (here / "make_zoo_fixtures.py").read_text().split("# Networks ---")[0]
zoo = importlib.util.module_from_spec(importlib.util.spec_from_loader("zoo", None))
exec(source, zoo.__dict__)  # the formula alone, not the writing of its own file

scaled = {
    "backbone.body.bn1.running_var": 3e-5,
    "backbone.body.bn1.weight": 0.005,
    "rpn.head.cls_logits.weight": 0.05,
    "rpn.head.bbox_pred.weight": 0.01,
    "roi_heads.box_predictor.bbox_pred.weight": 0.05,
    "roi_heads.box_predictor.cls_score.weight": 0.3,
}
images = torch.from_numpy(zoo.formula("images", (1, 3, 128, 160)).copy())
sizes = [(128, 160)]


def weights_of(model):
    state = {}
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue  # a published file has the names of frozen batch norms
        values = zoo.formula(name, tuple(tensor.shape)) * np.float32(scaled.get(name, 1))
        state[name] = torch.from_numpy(values.copy())
    return state


def found(model):
    with torch.inference_mode():
        features = model.backbone(images)
        proposals, _ = model.rpn(ImageList(images, sizes), features)
        return model.roi_heads(features, proposals, sizes)[0][0]


networks = {}
for name, make, weights in [
    ("fasterrcnn-resnet-50-fpn", fasterrcnn_resnet50_fpn, FasterRCNN_ResNet50_FPN_Weights),
    ("maskrcnn-resnet-50-fpn", maskrcnn_resnet50_fpn, MaskRCNN_ResNet50_FPN_Weights),
]:
    plain = make(weights=None, weights_backbone=None)
    state = weights_of(plain)
    weights.get_state_dict = lambda self, *args, **kwargs: state
    model = make(weights=weights.COCO_V1).eval()
    objects = found(model)
    epsilons = {m.eps for m in model.modules() if "BatchNorm" in type(m).__name__}
    assert epsilons == {0.0}, epsilons
    for module in model.modules():
        if "BatchNorm" in type(module).__name__:
            module.eps = 1e-5
    others = found(model)
    print(name, len(objects["scores"]), objects["scores"][:4].tolist(), "with 1e-5:", len(others["scores"]),
          others["scores"][:4].tolist(), "gap", (objects["scores"][:-1] - objects["scores"][1:]).min().item())
    networks[name] = {
        "file": weights.COCO_V1.url.split("/")[-1], "categories": weights.COCO_V1.meta["categories"],
        "boxes": [[round(x, 5) for x in box] for box in objects["boxes"].tolist()],
        "scores": [round(x, 7) for x in objects["scores"].tolist()], "labels": objects["labels"].tolist()}

versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
(here / "published_detectors.json").write_text(
    json.dumps({"scaled": scaled, "networks": networks, "made by": versions}) + "\n")
