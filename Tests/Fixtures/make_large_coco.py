"""Makes a COCO data set of train2017's size: 118 000 images, 860 000 objects with polygons, 460 MB of annotations.

Needs no packages:  python3 Tests/Fixtures/make_large_coco.py FOLDER [--images N] [--objects N] [--seed N] [--files]

It writes FOLDER/annotations/instances_train2017.json, laid out as COCO's own: info, licenses, images, annotations,
categories; annotations in no order of their images; corners with two decimals; a hundredth of the objects crowds with
run lengths. Two runs with the same numbers write the same bytes. Without --files there are no images, which is enough to
open the annotations; with it, FOLDER/train2017 holds a grey PNG of the right size for each (about half a gigabyte on a
disk with blocks of 4 KiB).
"""

import argparse
import json
import math
import pathlib
import random
import struct
import zlib

SIZES = [(640, 480), (480, 640), (640, 427), (427, 640), (640, 425), (500, 375), (640, 426), (612, 612)]
NAMES = 80
DATE = "2013-11-14 17:02:52"


def png(width, height):
    """A grey image."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def shapes(draw, count):
    """Outlines around (0, 0), of a radius of about 1: as many corners as COCO's, about 25 on average."""
    result = []
    for _ in range(count):
        corners = min(max(5, round(draw.lognormvariate(2.97, 0.7))), 250)
        angles = [2 * math.pi * (k + 0.8 * draw.random()) / corners for k in range(corners)]
        radii = [0.6 + 0.4 * draw.random() for _ in angles]
        result.append([(r * math.cos(a), r * math.sin(a)) for a, r in zip(angles, radii)])
    return result


def polygon(draw, shape, width, height):
    """An outline's corners on an image, as text and as the box around them in hundredths of a pixel."""
    rx, ry = 100 * min(width / 2.1, 8 * draw.lognormvariate(1.2, 0.8)), 100 * min(height / 2.1, 8 * draw.lognormvariate(1.2, 0.8))
    cx, cy = rx + draw.random() * (100 * width - 2 * rx), ry + draw.random() * (100 * height - 2 * ry)
    xs = [int(cx + rx * x) for x, _ in shape]
    ys = [int(cy + ry * y) for _, y in shape]
    text = ",".join([f"{x / 100},{y / 100}" for x, y in zip(xs, ys)])
    return text, (min(xs), min(ys), max(xs), max(ys))


def annotation(draw, outlines, number, image, width, height):
    category = 1 + draw.randrange(NAMES)
    if draw.random() < 0.01:
        # A crowd: 20 columns, each with a run of 30 pixels.
        x, y = draw.randrange(width - 20), draw.randrange(height - 30)
        runs = [x * height + y] + [30, height - 30] * 19 + [30]
        runs.append(width * height - sum(runs))
        body = f'"segmentation": {{"counts": {runs},"size": [{height},{width}]}},"area": 600,"iscrowd": 1'
        box = f"{x},{y},20,30"
    else:
        parts = [polygon(draw, outlines[draw.randrange(len(outlines))], width, height) for _ in range(1 + (draw.random() < 0.1))]
        left, top = min(p[1][0] for p in parts), min(p[1][1] for p in parts)
        right, bottom = max(p[1][2] for p in parts), max(p[1][3] for p in parts)
        lists = ",".join([f"[{text}]" for text, _ in parts])
        area = 0.7 * (right - left) * (bottom - top) / 10000
        body = f'"segmentation": [{lists}],"area": {area},"iscrowd": 0'
        box = f"{left / 100},{top / 100},{(right - left) / 100},{(bottom - top) / 100}"
    return f'{{{body},"image_id": {image},"bbox": [{box}],"category_id": {category},"id": {number}}}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=118_000)
    parser.add_argument("--objects", type=int, default=860_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", action="store_true", help="write the images, too")
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    outlines = shapes(draw, 2000)
    # Numbers with gaps, in no order, as COCO's are.
    numbers = draw.sample(range(1, 5 * arguments.images + 1), arguments.images)
    sizes = [SIZES[draw.randrange(len(SIZES))] for _ in numbers]
    suffix = "png" if arguments.files else "jpg"
    folder = arguments.folder / "annotations"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "instances_train2017.json", "w") as file:
        file.write('{"info": {"description": "made up, of the size of COCO train2017","year": 2017},')
        file.write('"licenses": [{"url": "http://creativecommons.org/licenses/by/2.0/","id": 4,"name": "Attribution"}],')
        file.write('"images": [')
        for index, (number, (width, height)) in enumerate(zip(numbers, sizes)):
            name = f"{number:012}.{suffix}"
            file.write(
                f'{"," if index else ""}{{"license": 4,"file_name": "{name}",'
                f'"coco_url": "http://images.cocodataset.org/train2017/{name}","height": {height},"width": {width},'
                f'"date_captured": "{DATE}","flickr_url": "http://farm9.staticflickr.com/8186/{number}_z.jpg",'
                f'"id": {number}}}')
        file.write('],"annotations": [')
        for index in range(arguments.objects):
            image = draw.randrange(len(numbers))
            width, height = sizes[image]
            file.write("," if index else "")
            file.write(annotation(draw, outlines, 2 * index + 1, numbers[image], width, height))
        categories = [{"supercategory": "thing", "id": 1 + k, "name": f"class {1 + k}"} for k in range(NAMES)]
        file.write(f'],"categories": {json.dumps(categories)}}}')
    if arguments.files:
        images = arguments.folder / "train2017"
        images.mkdir(exist_ok=True)
        bytes_of = {size: png(*size) for size in SIZES}
        for number, size in zip(numbers, sizes):
            (images / f"{number:012}.{suffix}").write_bytes(bytes_of[size])


main()
