#!/usr/bin/env python3
"""How many JPEGs a second torchvision decodes, resizes, augments and normalises: one line of JSON.

  python loader.py FOLDER --pipeline train --backend pillow
  python loader.py FOLDER --pipeline eval  --backend tensor --threads 2

Pipelines  train   RandomResizedCrop(224), horizontal flip, to floats, normalise
           eval    Resize(256), CenterCrop(224), to floats, normalise
Backends   pillow  Pillow decodes and resizes (the usual way: ImageFolder's)
           tensor  torchvision.io.decode_jpeg and transforms.v2, with antialiasing
Threads    1: this process, torch.set_num_threads(1).  More: DataLoader with as many worker processes.
Method     All files are read once to be in memory; then whole passes until --budget seconds.  `median_ms` is the median
           time for a picture: with one thread of the processor, whatever else the machine does, else by the clock.
"""
import argparse, glob, json, os, statistics, time

os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import v2

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def changes(pipeline, backend):
    t = transforms if backend == "pillow" else v2
    options = {} if backend == "pillow" else {"antialias": True}
    if pipeline == "train":
        steps = [t.RandomResizedCrop(224, **options), t.RandomHorizontalFlip()]
    else:
        steps = [t.Resize(256, **options), t.CenterCrop(224)]
    if backend == "pillow":
        steps.append(t.ToTensor())
    else:
        steps.append(t.ToDtype(torch.float32, scale=True))
    return t.Compose(steps + [t.Normalize(MEAN, STD)])


class Pictures(torch.utils.data.Dataset):
    def __init__(self, paths, pipeline, backend):
        self.paths, self.backend, self.change = paths, backend, changes(pipeline, backend)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        path = self.paths[index]
        if self.backend == "pillow":
            with Image.open(path) as image:
                return self.change(image.convert("RGB"))
        data = torchvision.io.read_file(path)
        return self.change(torchvision.io.decode_jpeg(data, mode=torchvision.io.ImageReadMode.RGB))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--pipeline", choices=["train", "eval"], default="train")
    parser.add_argument("--backend", choices=["pillow", "tensor"], default="pillow")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget", type=float, default=3)
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    torch.set_num_threads(1)
    paths = sorted(
        path for path in glob.glob(options.folder + "/**/*", recursive=True) if path.lower().endswith((".jpg", ".jpeg"))
    )
    pictures = Pictures(paths, options.pipeline, options.backend)
    loader = torch.utils.data.DataLoader(
        pictures, batch_size=options.batch, num_workers=options.threads if options.threads > 1 else 0,
        persistent_workers=options.threads > 1,
    )

    def run():
        for _ in loader:
            pass

    run()
    times, start = [], time.perf_counter()
    while len(times) < 2 or time.perf_counter() - start < options.budget:
        clock = time.process_time if options.threads == 1 else time.perf_counter
        begin = clock()
        run()
        times.append((clock() - begin) / len(paths))
    print(json.dumps({
        "pipeline": options.pipeline, "backend": options.backend, "threads": options.threads, "pictures": len(paths),
        "median_ms": statistics.median(times) * 1e3, "pictures_per_second": 1 / statistics.median(times),
        "passes": len(times),
    }))


main()
