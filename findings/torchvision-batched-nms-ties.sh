#!/usr/bin/env bash
# torchvision's batched_nms keeps boxes of equal scores in their order up to 1000 boxes, and in an arbitrary order above.
#
# Seen on 2026-11-28, x86-64, with torch 2.15.0 and torchvision 0.29.2 from PyPI.
#
# On a CPU, batched_nms moves the classes' boxes apart and suppresses once while the boxes are at most 4000 numbers, which
# is 1000 boxes; above that it suppresses class by class and sorts what is kept by score with a sort that is not stable.
# Whoever compares two programs' proposals sees other boxes when many scores are equal; and they are, for a sigmoid in
# float32 is exactly 1 from a logit of about 17 on. The same 1001 boxes, none of which overlap:
#
#   1000 boxes: kept in their own order
#   1001 boxes: kept in another order
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 torchvision==0.29.2 numpy || exit 77
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/output"
import torch
from torchvision.ops import batched_nms

for count in [1000, 1001]:
    left = torch.arange(count).float() * 10
    boxes = torch.stack([left, torch.zeros(count), left + 5, torch.full((count,), 5.0)], 1)
    # Logits of 20 to 29: all of them sure, to the last bit.
    scores = torch.sigmoid(20 + 9 * torch.arange(count, 0, -1) / count)
    kept = batched_nms(boxes, scores, torch.arange(count) % 5, 0.5)
    assert len(kept) == count and (scores == 1).all()
    order = "their own" if torch.equal(kept, torch.arange(count)) else "another"
    print(f"{count} boxes: kept in {order} order")
PYTHON
diff "$folder/output" - <<'OUTPUT'
1000 boxes: kept in their own order
1001 boxes: kept in another order
OUTPUT
