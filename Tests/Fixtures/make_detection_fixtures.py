"""Makes Tests/Fixtures/detection.json: what torchvision makes of boxes, anchors, proposals and detections.

Run from the repository root, with PyTorch and torchvision installed:  python3 Tests/Fixtures/make_detection_fixtures.py
The committed file was made with PyTorch 2.15 and torchvision 0.29.
"""

import json
import pathlib

import torch
from torchvision import ops
from torchvision.models.detection._utils import BalancedPositiveNegativeSampler, BoxCoder, Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.models.detection.transform import resize_boxes
from torchvision.ops.boxes import _batched_nms_vanilla

torch.manual_seed(15)


def rounded(tensor, digits=2):
    """Numbers that decimal fractions tell exactly."""
    return torch.tensor([round(v, digits) for v in tensor.double().flatten().tolist()]).reshape(tensor.shape)


def plain(tensor):
    """As few digits as tell a float from its neighbours."""
    if not tensor.dtype.is_floating_point:
        return tensor.flatten().tolist()
    return [float(str(v)) for v in tensor.detach().float().numpy().flatten()]


def boxes(count, width=100.0, height=80.0, least=4.0, most=40.0, digits=2):
    middle = torch.rand(count, 2) * torch.tensor([width, height])
    sides = least + torch.rand(count, 2) * (most - least)
    return rounded(torch.cat([middle - sides / 2, middle + sides / 2], 1), digits)


# Overlaps
a, b = boxes(9), boxes(7)
b[0], b[1] = a[0], a[1] + torch.tensor([200.0, 0, 200, 0])  # equal, and far away
overlaps = {
    "boxes": plain(a), "others": plain(b), "iou": plain(ops.box_iou(a, b)),
    "giou": plain(ops.generalized_box_iou(a, b)), "diou": plain(ops.distance_box_iou(a, b)),
    "ciou": plain(ops.complete_box_iou(a, b)),
}

# Suppression. Whole pixels make many IoUs that are exactly the threshold, few scores many ties.
suppressions = []
for count, threshold, digits, scores in [
    (60, 0.5, 2, 1000), (60, 0.3, 2, 1000), (60, 0.7, 2, 7), (80, 0.5, 0, 5), (80, 0.25, 0, 3), (40, 0.0, 0, 9),
    (40, 1.0, 0, 9), (1, 0.5, 2, 9),
]:
    size = 12.0 if digits == 0 else 100.0
    b = boxes(count, size, size, 2, size / 2, digits)
    s = rounded(torch.randint(0, scores, (count,)) / scores, 4)
    c = torch.randint(-2, 3, (count,))
    suppressions.append({
        "boxes": plain(b), "scores": plain(s), "classes": plain(c), "threshold": threshold,
        "kept": plain(ops.nms(b, s, threshold)),
        # Sorted anew, because torchvision's second sort does not keep the order of equal scores.
        "keptOfClasses": sorted(_batched_nms_vanilla(b, s, c, threshold).tolist(), key=lambda i: (-s[i].item(), i)),
    })

# Shapes on images
b = boxes(40, digits=0)
b[::5, 2] = b[::5, 0] + 1
shapes = {
    "boxes": plain(b), "clipped": plain(ops.clip_boxes_to_image(b, (50, 70))),
    "atLeastEight": plain(ops.remove_small_boxes(b, 8.0)), "areas": plain(ops.box_area(b)),
    "resized": plain(resize_boxes(b, (53, 71), (375, 500))),
}

# Deltas
references, targets = boxes(25), boxes(25)
deltas = rounded(torch.randn(25, 2 * 4) * 3)
deltas[0, 2] = 50  # limited
coders = []
for weights in [(1.0, 1.0, 1.0, 1.0), (10.0, 10.0, 5.0, 5.0)]:
    coder = BoxCoder(weights)
    coders.append({
        "weights": list(weights), "boxes": plain(references), "targets": plain(targets),
        "encoded": plain(coder.encode_single(targets, references)), "deltas": plain(deltas),
        "decoded": plain(coder.decode(deltas, [references])),
    })

# Anchors
anchors = []
for sizes, ratios, image, maps in [
    (((128, 256, 512),), ((0.5, 1.0, 2.0),), (100, 150), [(6, 9)]),
    (((32,), (64,), (128,)), ((0.5, 1.0, 2.0),) * 3, (75, 101), [(9, 13), (5, 7), (1, 1)]),
    (((7, 13.5),), ((0.31, 3.0),), (33, 20), [(4, 7)]),
]:
    generator = AnchorGenerator(sizes, ratios)
    images = ImageList(torch.zeros(1, 3, *image), [image])
    found = generator(images, [torch.zeros(1, 1, *m) for m in maps])[0]
    anchors.append({
        "sizes": [list(v) for v in sizes], "ratios": [list(v) for v in ratios], "image": list(image),
        "maps": [list(m) for m in maps], "anchors": plain(found),
    })

# Matches: whole pixels, so that objects have several best boxes.
matches = []
for high, low, quality in [(0.7, 0.3, True), (0.5, 0.5, False), (0.5, 0.1, False)]:
    for digits, size in [(0, 12.0), (2, 60.0)]:
        candidates, objects = boxes(60, size, size, 2, size / 2, digits), boxes(6, size, size, 3, size / 2, digits)
        matches.append({
            "high": high, "low": low, "quality": quality, "boxes": plain(candidates), "objects": plain(objects),
            "matches": plain(Matcher(high, low, quality)(ops.box_iou(objects, candidates))),
        })

# Proposals
generator = AnchorGenerator(((16,), (32,), (64,)), ((0.5, 1.0, 2.0),) * 3)
maps, image, padded = [(8, 12), (4, 6), (2, 3)], (60, 90), (64, 96)
found = generator(ImageList(torch.zeros(1, 3, *padded), [image]), [torch.zeros(1, 1, *m) for m in maps])[0]
counts = [3 * h * w for h, w in maps]
logits, deltas = rounded(torch.randn(1, len(found)) * 2), rounded(torch.randn(len(found), 4) * 0.3)
# Far away to the left: nothing is left of them on the image.
deltas[::7, 0] = -20
rpn = RegionProposalNetwork(
    generator, torch.nn.Identity(), 0.7, 0.3, 256, 0.5, {"training": 60, "testing": 60},
    {"training": 45, "testing": 45}, 0.6, score_thresh=0.4)
decoded = rpn.box_coder.decode(deltas, [found]).view(1, -1, 4)
kept, scores = rpn.filter_proposals(decoded, logits, [image], counts)
proposals = {
    "anchors": plain(found), "counts": counts, "logits": plain(logits), "deltas": plain(deltas),
    "image": list(image), "before": 60, "after": 45, "threshold": 0.6, "minimumScore": 0.4,
    "boxes": plain(kept[0]), "scores": plain(scores[0]),
}

# Detections
heads = RoIHeads(None, None, None, 0.5, 0.5, 512, 0.25, None, 0.1, 0.4, 30)
regions, logits, deltas = boxes(50), rounded(torch.randn(50, 5) * 1.5), rounded(torch.randn(50, 20))
deltas[::6, 4 * 2 + 1] = 90  # the second class lies below the image
found, scores, labels = heads.postprocess_detections(logits, deltas, [regions], [(80, 100)])
detections = {
    "proposals": plain(regions), "logits": plain(logits), "deltas": plain(deltas), "image": [80, 100],
    "scoreThreshold": 0.1, "threshold": 0.4, "limit": 30,
    "boxes": plain(found[0]), "scores": plain(scores[0]), "labels": plain(labels[0]),
}

# What there is to learn, when all of it is picked
objects, labels = boxes(6, least=12), torch.randint(1, 5, (6,))
proposed = torch.cat([boxes(60), rounded(objects[torch.randint(0, 6, (30,))] + torch.randn(30, 4) * 3)])
proposed[:, 2:] = torch.maximum(proposed[:, 2:], proposed[:, :2] + 1)
heads.fg_bg_sampler = BalancedPositiveNegativeSampler(100_000, 0.5)
boxes_, objects_, labels_, deltas_ = heads.select_training_samples([proposed], [{"boxes": objects, "labels": labels}])
anchor_labels, anchor_objects = rpn.assign_targets_to_anchors([proposed], [{"boxes": objects}])
targets = {
    "objects": plain(objects), "labels": plain(labels), "proposals": plain(proposed),
    "pickedBoxes": plain(boxes_[0]), "pickedLabels": plain(labels_[0]), "pickedObjects": plain(objects_[0]),
    "pickedDeltas": plain(deltas_[0]),
    "anchorLabels": [int(v) for v in anchor_labels[0]],
    "anchorDeltas": plain(rpn.box_coder.encode_single(anchor_objects[0], proposed)),
}

json.dump(
    {
        "overlaps": overlaps, "suppressions": suppressions, "shapes": shapes, "coders": coders, "anchors": anchors,
        "matches": matches, "proposals": proposals, "detections": detections, "targets": targets,
    },
    open(pathlib.Path(__file__).parent / "detection.json", "w"),
    separators=(",", ":"),
)
