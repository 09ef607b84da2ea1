#!/usr/bin/env python3
"""Writes Tests/Fixtures/weights: checkpoints by PyTorch, arrays by NumPy, and what they hold.

    python3 Tests/Fixtures/make_weights_fixtures.py

Written with PyTorch 2.15, NumPy 2.x. expected.json has, for every file, name -> {type, shape, numbers as float64}.
"""
import argparse, json, os, struct, zipfile, zlib
from collections import OrderedDict

import numpy as np
import torch

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights")
os.makedirs(folder, exist_ok=True)
expected = {}
generator = torch.Generator().manual_seed(1)


def describe(tensors):
    return {
        name: {"type": str(t.dtype).removeprefix("torch."), "shape": list(t.shape),
               "numbers": [float(x) if np.isfinite(float(x)) else str(float(x)) for x in t.reshape(-1).tolist()]}
        for name, t in tensors.items()
    }


def save(name, value, tensors, **options):
    torch.save(value, os.path.join(folder, name), **options)
    expected[name] = describe(tensors)


# Every type.
types = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
         torch.int8, torch.uint8, torch.bool, torch.uint16, torch.uint32, torch.uint64]
values = torch.tensor([0.0, 1.0, 2.0, 100.0, 7.0, 127.0])
by_type = OrderedDict((str(t).removeprefix("torch."), values.to(t)) for t in types)
by_type["half_special"] = torch.tensor([0.0, -0.0, 65504, 6e-8, float("inf"), float("nan")], dtype=torch.float16)
by_type["scalar"] = torch.tensor(3.5)
by_type["empty"] = torch.zeros(0, 4)
save("types.pth", by_type, by_type)
legacy = OrderedDict((n, t) for n, t in by_type.items() if n not in ("uint16", "uint32", "uint64"))
save("types_legacy.pth", legacy, legacy, _use_new_zipfile_serialization=False)

# Views: shared storages, offsets, strides, expanded dimensions; a parameter.
base = torch.randn(4, 6, generator=generator)
views = {
    "whole": base, "transposed": base.t(), "row": base[2], "column": base[:, 3], "block": base[1:3, 2:5],
    "strided": base[::2, 1::2], "expanded": base[0].expand(3, 6), "again": base,
    "parameter": torch.nn.Parameter(base[3, :2]), "permuted": torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1),
}
save("views.pth", views, views)
save("views_legacy.pth", views, views, _use_new_zipfile_serialization=False)

# As training programs write them.
state = OrderedDict([("module.conv1.weight", torch.randn(2, 3, 3, 3, generator=generator)),
                     ("module.bn1.num_batches_tracked", torch.tensor(12345))])
plain = {k.removeprefix("module."): v for k, v in state.items()}
nested = {"epoch": 12, "best_prec1": np.float64(91.5), "arch": "resnet20", "count": np.int64(7),
          "args": argparse.Namespace(lr=0.1, workers=4), "state_dict": state,
          "optimizer": {"state": {0: {"momentum_buffer": torch.zeros(3)}}, "param_groups": [{"lr": 0.1}]},
          "shape": torch.Size([3, 4]), "device": torch.device("cpu"), "dtype": torch.float16,
          "history": np.arange(3.0), "set": {1, 2}, "nothing": None, "flag": True, "big": 1 << 70}
save("nested.pth", nested, plain)
save("nested_legacy.pth", nested, plain, _use_new_zipfile_serialization=False)
for protocol in (2, 3, 4, 5):
    save(f"protocol{protocol}.pth", {"model": {"model_state_dict": state}, "note": "é\n", "blob": b"\x00\xff"}, plain,
         pickle_protocol=protocol)
save("list.pth", {"layers": [{"w": base}, {"w": base + 1}]}, {"layers.0.w": base, "layers.1.w": base + 1})
save("tensor.pth", base, {"tensor": base})


# The same archive, otherwise zipped.
def rezip(source, name, change):
    with zipfile.ZipFile(os.path.join(folder, source)) as old, \
            zipfile.ZipFile(os.path.join(folder, name), "w") as new:
        for item in old.infolist():
            # Without a date, so that the same content gives the same bytes.
            new.writestr(zipfile.ZipInfo(item.filename), change(item.filename, old.read(item)))
    expected[name] = expected[source]


def zip64(source, name):
    """All sizes and places in 64 bits, as in an archive of more than 4 GiB (APPNOTE 4.3.14, 4.3.15, 4.5.3)."""
    none = 0xFFFFFFFF
    body, directory, count = b"", b"", 0
    with zipfile.ZipFile(os.path.join(folder, source)) as old:
        for item in old.infolist():
            data, file = old.read(item), item.filename.encode()
            common = struct.pack("<HHHHHLLLH", 45, 0, 0, 0, 0x21, zlib.crc32(data), none, none, len(file))
            extra = struct.pack("<HHQQ", 1, 16, len(data), len(data))
            start = len(body)
            body += struct.pack("<L", 0x04034B50) + common + struct.pack("<H", len(extra)) + file + extra + data
            extra = struct.pack("<HHL", 0x7777, 4, 0) + struct.pack("<HHQQQ", 1, 24, len(data), len(data), start)
            directory += (struct.pack("<LH", 0x02014B50, 45) + common
                          + struct.pack("<HHHHLL", len(extra), 0, 0, 0, 0, none) + file + extra)
            count += 1
    end = struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), len(body))
    locator = struct.pack("<LLQL", 0x07064B50, 0, len(body) + len(directory), 1)
    last = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, none, none, 7) + b"comment"
    with open(os.path.join(folder, name), "wb") as file:
        file.write(body + directory + end + locator + last)
    with zipfile.ZipFile(os.path.join(folder, name)) as check:
        assert check.testzip() is None
    expected[name] = expected[source]


def deflated(source, name):
    with zipfile.ZipFile(os.path.join(folder, source)) as old, \
            zipfile.ZipFile(os.path.join(folder, name), "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(zipfile.ZipInfo(item.filename), old.read(item), zipfile.ZIP_DEFLATED)
    expected[name] = expected[source]


deflated("views.pth", "views_deflated.pth")
zip64("views.pth", "views_wide.pth")


def big_endian(name, data):
    if name.endswith("/byteorder"):
        return b"big"
    if "/data/" in name and "serialization" not in name:
        return np.frombuffer(data, "<f4").astype(">f4").tobytes()
    return data


rezip("views.pth", "views_big.pth", big_endian)

# What must be refused: a whole module, and code.
torch.save(torch.nn.Linear(2, 2), os.path.join(folder, "module.pth"))


class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/saccade-was-here",))


with open(os.path.join(folder, "evil_legacy.pth"), "wb") as file:
    torch.save({"w": base, "evil": Evil()}, file, _use_new_zipfile_serialization=False)
torch.save({"w": base, "evil": Evil()}, os.path.join(folder, "evil.pth"))

# NumPy.
array = np.arange(24).reshape(2, 3, 4) - 3


def array_file(name, array, version=None):
    with open(os.path.join(folder, name), "wb") as file:
        np.lib.format.write_array(file, array, version=version)
    kind = str(array.dtype.newbyteorder("="))
    expected[name] = {name[:-4]: {"type": kind, "shape": list(array.shape),
                                  "numbers": [float(x) for x in array.reshape(-1)]}}


for order in "<>":
    for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        data = array if kind[0] != "u" else array + 3
        array_file(f"{'little' if order == '<' else 'big'}_{kind}.npy", data.astype(order + kind))
array_file("bool.npy", array > 5)
array_file("fortran.npy", np.asfortranarray(array.astype("<f4")))
array_file("fortran_big.npy", np.asfortranarray(array.astype(">i4")))
array_file("scalar.npy", np.array(2.5))
array_file("vector.npy", np.arange(5.0))
array_file("empty.npy", np.zeros((0, 3), "f4"))
array_file("version2.npy", array.astype("f4"), (2, 0))
array_file("version3.npy", array.astype("f4"), (3, 0))
for name, bad in [("complex.npy", np.zeros(2, complex)), ("records.npy", np.zeros(2, [("a", "f4")])),
                  ("text.npy", np.array(["a"]))]:
    np.save(os.path.join(folder, name), bad)
np.save(os.path.join(folder, "objects.npy"), np.array([{}], dtype=object), allow_pickle=True)

with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump(expected, file, indent=0, sort_keys=True)
