"""Makes Tests/Fixtures/warp/: what Pillow makes of Tests/Fixtures/resize/source.png by turning, leaning and tilting it.

Run from the repository root, with Pillow and NumPy installed:  python3 Tests/Fixtures/make_warp_fixtures.py
The committed files were made with Pillow 13.0.0 and NumPy 2.
"""

import pathlib

from PIL import Image, ImageFilter

fixtures = pathlib.Path(__file__).parent
folder = fixtures / "warp"
folder.mkdir(exist_ok=True)
source = Image.open(fixtures / "resize" / "source.png")
grey = Image.open(fixtures / "resize" / "grey.png")
filters = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR}

for name, filter in filters.items():
    for degrees in [17, 90, -123.5]:
        for expand in [False, True]:
            turned = source.rotate(degrees, filter, expand=expand, fillcolor=(10, 200, 30))
            turned.save(folder / f"rotated_{degrees:g}_{'expanding' if expand else 'framed'}_{name}.png")
    # Pillow wants the maps that lead back, from the new picture to the old one.
    leaning = source.transform((70, 50), Image.Transform.AFFINE, (0.9, 0.21, -3.3, -0.13, 1.12, 2.7), filter)
    leaning.save(folder / f"affine_{name}.png")
    tilted = grey.transform(
        (64, 40), Image.Transform.PERSPECTIVE, (0.83, 0.11, 2.53, 0.07, 0.91, 1.27, 0.0031, -0.0017), filter
    )
    tilted.save(folder / f"perspective_{name}.png")
