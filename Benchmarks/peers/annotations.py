#!/usr/bin/env python3
"""How long pycocotools takes to open a file of COCO's annotations, and the most memory meanwhile: one line of JSON.

  python annotations.py instances_train2017.json

Method     `COCO(FILE)`, once, in this process: it reads, parses and indexes. Starting Python and importing are not
           counted in the time, but in the memory, which is the process's. `Tests/Fixtures/make_large_coco.py` makes a
           file of train2017's size.
"""
import argparse, contextlib, io, json, time

from pycocotools.coco import COCO


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--budget", type=float, help="not used: a file is opened once")
    parser.add_argument("--threads", type=int, help="not used: pycocotools has one")
    options = parser.parse_args()
    with contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        annotations = COCO(options.file)
        seconds = time.perf_counter() - begin
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(json.dumps({"median_ms": seconds * 1e3, "peak_rss_mb": peak / 1024, "objects": len(annotations.anns)}))


main()
