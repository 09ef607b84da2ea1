#!/usr/bin/env bash
# OpenCV's HOGDescriptor describes a window by what lies beyond it: how wide the image is, to be exact, modulo 4.
#
# Of a colour image's three gradients the longest counts. Where two are equally long, the code for four columns at a time
# takes the one of the earlier channel (blue), and the code for the columns that are left over (the last width % 4) the one of
# the later channel (red). With directions that differ, votes go to other bins. So a window changes when a column is cut off
# two pixels away from it, which none of its gradients sees. On drawings and on photographs with saturated colours this is
# not rare: in crops of 64 x 128 pixels of scikit-image's astronaut, single numbers differ by up to 0.09 (they are below
# 0.5) between the two rules.
#
# Seen on 2026-11-28, x86-64, opencv-python-headless 4.14.0: the window that begins at column 2 of an image that rises by 4 a
# pixel to the right in red and downwards in blue
#     image of 20 columns: largest of bins 3 to 5 is 0.498, of bins 0 and 8 0.018
#     the same without its last column: 0.494 and 0.070
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check opencv-python-headless==4.14.* numpy ||
    { echo "OpenCV 4.14 cannot be installed"; exit 77; }

cat >ties.py <<'PYTHON'
import cv2
import numpy as np

descriptor = cv2.HOGDescriptor((16, 16), (16, 16), (8, 8), (8, 8), 9)
image = np.zeros((16, 20, 3), np.uint8)
image[..., 0] = 4 * np.arange(16)[:, None]
image[..., 2] = 4 * np.arange(20)[None]

found = []
for width in [20, 19]:
    bins = descriptor.compute(image[:, :width].copy(), locations=[(2, 0)]).reshape(4, 9)
    found.append(bins)
    print(f"{width} columns: largest of bins 3 to 5 is {bins[:, 3:6].max():.3f}, of bins 0 and 8 {bins[:, [0, 8]].max():.3f}")
difference = np.abs(found[0] - found[1]).max()
print(f"the window's numbers differ by up to {difference:.3f}")
raise SystemExit(0 if difference > 0.01 else 1)
PYTHON

if tools/bin/python ties.py; then exit 0; fi
echo "this is not what was seen"
exit 1
