"""Makes Tests/Fixtures/adjustments/: Tests/Fixtures/resize/source.png in other light and colours, by Pillow and colorsys.

Run from the repository root, with Pillow and NumPy installed:  python3 Tests/Fixtures/make_adjustment_fixtures.py
The committed files were made with Pillow 13.0.0 and NumPy 2.
"""

import colorsys
import pathlib

import numpy as np
from PIL import Image, ImageEnhance

fixtures = pathlib.Path(__file__).parent
folder = fixtures / "adjustments"
folder.mkdir(exist_ok=True)
source = Image.open(fixtures / "resize" / "source.png")

kinds = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}
for name, kind in kinds.items():
    for factor in [0, 0.6, 1.7]:
        kind(source).enhance(factor).save(folder / f"{name}_{factor:g}.png")
for share in [0.1, -0.4]:
    pixels = np.asarray(source) / 255
    hsv = [colorsys.rgb_to_hsv(*pixel) for pixel in pixels.reshape(-1, 3)]
    rgb = np.array([colorsys.hsv_to_rgb((h + share) % 1, s, v) for h, s, v in hsv]).reshape(pixels.shape)
    Image.fromarray(np.round(rgb * 255).astype(np.uint8)).save(folder / f"hue_{share:g}.png")
