"""Makes Tests/Fixtures/resize/: one picture and what Pillow makes of it.

Run from the repository root, with Pillow and NumPy installed:  python3 Tests/Fixtures/make_resize_fixtures.py
The committed files were made with Pillow 13.0.0 and NumPy 2.
"""

import pathlib

import numpy as np
from PIL import Image

folder = pathlib.Path(__file__).parent / "resize"
folder.mkdir(exist_ok=True)

# Gradients, edges and noise, odd sides, so that every rounding shows.
height, width = 47, 61
y, x = np.mgrid[0:height, 0:width]
noise = np.random.default_rng(7).integers(0, 64, (height, width, 3))
picture = np.stack([x * 4, y * 5, (x // 7 + y // 5) % 2 * 255], axis=2) * 3 // 4 + noise
source = Image.fromarray(picture.clip(0, 255).astype(np.uint8), "RGB")
source.save(folder / "source.png")
source.convert("L").save(folder / "grey.png")

sizes = [(1, 1), (2, 3), (20, 13), (32, 32), (61, 20), (30, 47), (60, 46), (61, 47), (97, 30), (128, 111), (7, 200)]
# Two more where Pillow 13 begins with the columns.
sizes += [(55, 20), (60, 9)]
filters = {
    "nearest": Image.Resampling.NEAREST,
    "area": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
for name, filter in filters.items():
    for w, h in sizes:
        source.resize((w, h), filter).save(folder / f"{name}_{w}x{h}.png")
for w, h in [(20, 13), (97, 30)]:
    source.convert("L").resize((w, h), Image.Resampling.BILINEAR).save(folder / f"grey_bilinear_{w}x{h}.png")

# The usual way into a classifier: torchvision's Resize(32) and CenterCrop(28).
w, h = 32 * width // height, 32
left, top = int(round((w - 28) / 2.0)), int(round((h - 28) / 2.0))
source.resize((w, h), Image.Resampling.BILINEAR).crop((left, top, left + 28, top + 28)).save(folder / "crop_32_28.png")

# A CMYK JPEG (inverted, as Adobe and Pillow write it) and its RGB.
cmyk = Image.fromarray(np.dstack([picture.clip(0, 255), x * 2]).astype(np.uint8), "CMYK")
cmyk.save(folder / "cmyk.jpg", quality=95)
Image.open(folder / "cmyk.jpg").convert("RGB").save(folder / "cmyk_rgb.png")
