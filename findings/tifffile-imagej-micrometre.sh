#!/usr/bin/env bash
# tifffile cannot write 'µm' as the unit of an ImageJ file: it is a UnicodeEncodeError.
#
# ImageJ's files say in their description in which unit the resolution is. Whoever gives tifffile 'µm' for it gets an
# exception from the encoder of the description, which takes ASCII alone. The six characters \u00B5m go through, and so does
# um: a reader that wants the size of a pixel must know all of them.
#
# In the same place: imagej=True does not give the single directory with all slices behind it that ImageJ's large files
# have. It writes a directory for each slice; one alone comes only with truncate=True.
#
# Seen on 2026-11-28, tifffile 2026.3.3:
#     unit µm: UnicodeEncodeError
#     unit \u00B5m: written
#     unit um: written
#     directories of 5 slices: 5, with truncate=True 1
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip install --quiet --disable-pip-version-check tifffile==2026.3.3 numpy ||
    { echo "tifffile 2026.3.3 cannot be installed"; exit 77; }

cat >units.py <<'END'
import struct

import numpy
import tifffile

stack = numpy.zeros((5, 6, 8), numpy.uint8)


def written(unit):
    try:
        tifffile.imwrite("unit.tif", stack, imagej=True, metadata={"axes": "ZYX", "unit": unit})
        return "written"
    except UnicodeEncodeError:
        return "UnicodeEncodeError"


def directories(path):
    """Follows the chain of a classic little- or big-endian TIFF, without the library."""
    data = open(path, "rb").read()
    order = "<" if data[:2] == b"II" else ">"
    count, place = 0, struct.unpack_from(order + "I", data, 4)[0]
    while place:
        entries = struct.unpack_from(order + "H", data, place)[0]
        place = struct.unpack_from(order + "I", data, place + 2 + 12 * entries)[0]
        count += 1
    return count


found = []
for unit in ["µm", "\\u00B5m", "um"]:
    found.append(written(unit))
    print(f"unit {unit}: {found[-1]}")
for more in [{}, {"truncate": True}]:
    tifffile.imwrite("slices.tif", stack, imagej=True, metadata={"axes": "ZYX"}, **more)
    found.append(directories("slices.tif"))
print(f"directories of 5 slices: {found[3]}, with truncate=True {found[4]}")
raise SystemExit(0 if found == ["UnicodeEncodeError", "written", "written", 5, 1] else 1)
END

if tools/bin/python units.py; then exit 0; fi
echo "this is not what was seen"
exit 1
