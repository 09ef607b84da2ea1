"""What torchvision's detectors find on photographs, with weights that follow from their names.

    python3 make_detector_fixtures.py DATA      # writes detectors.safetensors; torch 2.15.0, torchvision 0.29.2

DATA holds the folder voc2012_100 with its JPEGs. The weights are those of make_zoo_fixtures.py, but for some that are
scaled (`scaled` below), so that boxes stay near their anchors and some class is sure; and objectness is not 1 to the
last bit, for of equals torchvision takes any (`findings/torchvision-batched-nms-ties.sh`).
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.models.detection import FasterRCNN, MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.misc import FrozenBatchNorm2d

data = pathlib.Path(sys.argv[1])
sys.argv = [sys.argv[0]]
here = pathlib.Path(__file__).resolve().parent
source = (here / "make_zoo_fixtures.py").read_text().split("# Networks ---")[0]
zoo = importlib.util.module_from_spec(importlib.util.spec_from_loader("zoo", None))
exec(source, zoo.__dict__)  # the formula alone, not the writing of its own file

scaled = {
    "rpn.head.cls_logits.weight": 0.05,
    "rpn.head.bbox_pred.weight": 0.01,
    "roi_heads.box_predictor.bbox_pred.weight": 0.05,
    "roi_heads.box_predictor.cls_score.weight": 0.1,
}


def network(kind):
    backbone = resnet_fpn_backbone(backbone_name="resnet50", weights=None, norm_layer=FrozenBatchNorm2d)
    detector = kind(backbone, 91).eval()
    state = {}
    for name, tensor in detector.state_dict().items():
        values = zoo.formula(name, tuple(tensor.shape)) * np.float32(scaled.get(name, 1))
        state[name] = torch.from_numpy(values.copy())
    detector.load_state_dict(state)
    return detector


def photographs():
    """Six of different shapes: the narrowest, the widest, and four between."""
    # Two scores on 2007_000027 are 5e-7 apart: which comes first is rounding's.
    files = sorted(file for file in (data / "voc2012_100").rglob("*.jpg") if file.stem != "2007_000027")
    sizes = {}
    for file in files:
        sizes.setdefault(Image.open(file).size, file)
    shapes = sorted(sizes, key=lambda size: (size[0] / size[1], size))
    picked = [shapes[round(index * (len(shapes) - 1) / 5)] for index in range(6)]
    return [sizes[shape] for shape in picked]


tensors, listed = {}, []
for name, kind in [("fasterrcnn-resnet-50-fpn", FasterRCNN), ("maskrcnn-resnet-50-fpn", MaskRCNN)]:
    detector = network(kind)
    parameters = sum(p.numel() for p in detector.parameters())
    names = sorted(f"{key} {','.join(map(str, t.shape))}\n" for key, t in detector.state_dict().items())
    case = {"network": name, "parameters": parameters, "names": f"{zoo.fnv1a(''.join(names)):016x}", "images": []}
    for file in photographs():
        pixels = torch.from_numpy(np.array(Image.open(file).convert("RGB"))).permute(2, 0, 1).float() / 255
        with torch.inference_mode():
            found = detector([pixels])[0]
        place = f"{name}/{file.name}"
        for key in ["boxes", "scores"]:
            tensors[f"{place}/{key}"] = found[key]
        tensors[f"{place}/labels"] = found["labels"].float()
        gaps = (found["scores"][:-1] - found["scores"][1:]).min().item() if len(found["scores"]) > 1 else 1
        if "masks" in found:
            # Of every mask how many pixels are sure, and how probable they are in all.
            tensors[f"{place}/areas"] = (found["masks"] > 0.5).sum((1, 2, 3)).float()
            tensors[f"{place}/sums"] = found["masks"].double().sum((1, 2, 3)).float()
        case["images"].append({"file": str(file.relative_to(data)), "place": place, "size": list(pixels.shape[1:])})
        print(place, tuple(pixels.shape[1:]), len(found["scores"]), "objects, scores to", found["scores"][:3].tolist(),
              "smallest gap", gaps, flush=True)
    listed.append(case)


def objects(image):
    """The boxes of an image, their classes, and masks with a pattern that whole numbers make."""
    boxes = [[[8, 12, 60, 70], [40, 20, 150, 110], [100, 70, 128, 100]], [[4, 4, 90, 88]]][image]
    masks = torch.zeros(len(boxes), 128, 160, dtype=torch.uint8)
    y, x = torch.meshgrid(torch.arange(128), torch.arange(160), indexing="ij")
    for mask, (left, top, right, bottom) in zip(masks, boxes):
        mask[(x >= left) & (x < right) & (y >= top) & (y < bottom) & ((x + 2 * y) % 7 != 0)] = 1
    labels = [[1, 5, 1], [90]][image]
    return {"boxes": torch.tensor(boxes).float(), "labels": torch.tensor(labels), "masks": masks}


# What two images cost. Samplers take all there is, so that nothing depends on chance.
images = torch.from_numpy(zoo.formula("images", (2, 3, 128, 160)).copy())
sizes = [(128, 160), (96, 128)]
targets = [objects(0), objects(1)]
learnt = {}
for name, kind in [("fasterrcnn-resnet-50-fpn", FasterRCNN), ("maskrcnn-resnet-50-fpn", MaskRCNN)]:
    detector = network(kind).train()
    for sampler in [detector.rpn.fg_bg_sampler, detector.roi_heads.fg_bg_sampler]:
        sampler.batch_size_per_image = 1 << 20
    features = detector.backbone(images)
    batch = ImageList(images, sizes)
    proposals, losses = detector.rpn(batch, features, targets)
    _, others = detector.roi_heads(features, proposals, sizes, targets)
    losses |= others
    sum(losses.values()).backward()
    gradients = {n: p.grad.double().norm().item() for n, p in detector.named_parameters() if p.grad is not None}
    learnt[name] = {"losses": {n: l.item() for n, l in losses.items()}, "gradients": gradients}
    print(name, learnt[name]["losses"], [len(p) for p in proposals])

versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
from safetensors.torch import save_file

save_file({key: value.contiguous() for key, value in tensors.items()}, here / "detectors.safetensors",
          {"detectors": json.dumps(listed), "scaled": json.dumps(scaled),
           "learnt": json.dumps(learnt), "made by": json.dumps(versions)})
