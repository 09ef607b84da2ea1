"""What Pillow sees in film.gif of a folder, beside the images 0.png, 1.png … that it was made of. Run by a test.

Prints, as JSON: the duration of each frame in milliseconds, how often the film begins again, the mean difference of the
frames' bytes from the images', and the same for Pillow's own median cut of each image to 256 colours.
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

folder = pathlib.Path(sys.argv[1])
film = Image.open(folder / "film.gif")
durations, errors, own = [], [], []
for number in range(film.n_frames):
    film.seek(number)
    durations.append(film.info["duration"])
    image = Image.open(folder / f"{number}.png").convert("RGB")
    wanted = np.asarray(image, np.int32)
    errors.append(float(np.abs(np.asarray(film.convert("RGB"), np.int32) - wanted).mean()))
    cut = image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    own.append(float(np.abs(np.asarray(cut, np.int32) - wanted).mean()))
print(json.dumps({"durations": durations, "loop": film.info.get("loop"), "errors": errors, "pillowErrors": own}))
