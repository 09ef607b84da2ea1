"""Makes Tests/Fixtures/tiff/: small TIFFs of all kinds, beside each NAME the pixels expected of its first page,
NAME.png, and expected.json with the pages, values and sizes of pixels.

Run from the repository root, with tifffile, imagecodecs, Pillow and NumPy installed:

    python3 Tests/Fixtures/make_tiff_fixtures.py

The committed files were made with tifffile 2026.3.3, imagecodecs 2026.3.6, Pillow 13.0.0 (libtiff 4.7.2) and NumPy
2.4.6. Expected values are those that went in, and expected pixels follow from them by the rules of `Image`.
"""

import io
import json
import pathlib

import numpy as np
import tifffile
from PIL import Image

folder = pathlib.Path(__file__).parent / "tiff"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()
expected = {}

height, width = 9, 13
y, x = np.mgrid[0:height, 0:width]
grey = (x * 19 + y).astype(np.uint8)
picture = np.stack([x * 19, y * 28, (x // 3 + y // 2) % 2 * 255], axis=2).astype(np.uint8)
rng = np.random.default_rng(7)


def levels(a, bits=None, inverted=False):
    """The 8-bit image of samples, by the rules that `Image` states."""
    if a.dtype == bool:
        a, bits = a.astype(np.uint8), 1
    bits = bits or a.dtype.itemsize * 8
    if a.dtype.kind == "u" and bits <= 16:
        most = 2**bits - 1
        out = (a.astype(int) * 255 + most // 2) // most if bits < 8 else a >> (bits - 8)
    else:
        d = a.astype(np.float64)
        low, high = d.min(), d.max()
        if a.dtype.kind == "f" and low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        out = np.floor((d / 2 - low / 2) / (high / 2 - low / 2) * 255 + 0.5)
    out = out.astype(np.uint8)
    return 255 - out if inverted else out


def keep(name, data, image, values=None, **facts):
    """Writes a file, the image of its first page, and the values of all pages."""
    (folder / name).write_bytes(data)
    Image.fromarray(np.ascontiguousarray(image)).save(folder / f"{name}.png", optimize=True)
    if values is not None:
        facts["values"] = [(np.asarray(page) * 1).ravel().tolist() for page in values]
        facts.setdefault("sizes", [list(np.asarray(page).shape[::-1]) for page in values])
    expected[name] = facts


def made(array, **options):
    buffer = io.BytesIO()
    options.setdefault("metadata", None)
    options.setdefault("software", False)
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def saved(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", **options)
    return buffer.getvalue()


def page(name, a, **options):
    """One grey page."""
    bits = options.get("bitspersample")
    inverted = options.get("photometric") == "miniswhite"
    keep(name, made(a, **({"photometric": "minisblack"} | options)), levels(a, bits, inverted), [a])


# Kinds of samples
black = (x // 2 + y) % 3 == 0
page("bits1.tif", black)
page("bits1_white.tif", black, photometric="miniswhite")
for bits in (2, 4, 12):
    kind = np.uint8 if bits < 8 else np.uint16
    a = rng.integers(0, 2**bits, (height, width)).astype(kind)
    page(f"bits{bits}.tif", a, bitspersample=bits)
for kind in (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.int64):
    info = np.iinfo(kind)
    a = rng.integers(info.min, info.max, (height, width), dtype=kind, endpoint=True)
    if info.bits == 64:
        a //= 2**14  # exact in double precision
    if kind == np.uint32:
        a[0, :3] = 3_000_000_000, 2**32 - 1, 0  # which Pillow makes negative
    name = np.dtype(kind).name
    page(f"{name}.tif", a)
    if info.bits in (16, 32):
        page(f"{name}_big_endian.tif", a, byteorder=">")
for kind in (np.float16, np.float32, np.float64):
    name = np.dtype(kind).name
    page(f"{name}.tif", (x * y / 100 + 0.02).astype(kind))
    page(f"{name}_beyond.tif", (x * 3.25 - y * 100).astype(kind), byteorder=">")
page("white_is_zero8.tif", grey, photometric="miniswhite")
page("white_is_zero16.tif", (grey.astype(np.uint16) * 250), photometric="miniswhite")

# Containers
deep = (x * 5000 + y * 77).astype(np.uint16)
page("bigtiff.tif", deep, bigtiff=True)
page("bigtiff_big_endian.tif", deep, bigtiff=True, byteorder=">")
page("strips.tif", deep, rowsperstrip=2)
tall, broad = np.mgrid[0:35, 0:41]
large = (tall * 400 + broad * 1100).astype(np.uint16)
page("tiles.tif", large, tile=(16, 16))
colored = np.stack([broad * 6, tall * 7, (broad + tall) * 3], axis=2).astype(np.uint8)
keep("tiles_rgb.tif", made(colored, photometric="rgb", tile=(16, 32)), colored)
planes = np.moveaxis(colored, 2, 0)
options = {"photometric": "rgb", "planarconfig": "separate"}
keep("tiles_planar.tif", made(planes, tile=(16, 16), compression="zlib", **options), colored)

# Colours
keep("rgb8.tif", made(picture, photometric="rgb"), picture)
fine = picture.astype(np.uint16) * 256 + 200
keep("rgb16.tif", made(fine, photometric="rgb", byteorder=">"), picture)
floats = (picture / 255).astype(np.float32)
keep("rgb_float.tif", made(floats, photometric="rgb"), picture)
keep("rgb_planar.tif", made(np.moveaxis(picture, 2, 0), rowsperstrip=4, **options), picture)
alpha = (x * 21).astype(np.uint8)
clear = np.dstack([picture, alpha])
keep("rgba.tif", made(clear, photometric="rgb", extrasamples=["unassalpha"]), picture)
keep("rgba_planar.tif", made(np.moveaxis(clear, 2, 0), extrasamples=["unassalpha"], **options), picture)
opaque = np.maximum(alpha, 1).astype(int)
multiplied = (picture.astype(int) * opaque[..., None] // 255).astype(np.uint8)
keep("rgba_multiplied.tif",
     made(np.dstack([multiplied, opaque.astype(np.uint8)]), photometric="rgb", extrasamples=["assocalpha"]),
     np.minimum(255, multiplied.astype(int) * 255 // opaque[..., None]).astype(np.uint8))
both = np.dstack([grey, alpha])
data = made(both, photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"])
keep("grey_alpha.tif", data, grey, [grey])
table = rng.integers(0, 2**16, (3, 256)).astype(np.uint16)
keep("palette.tif", made(grey, photometric="palette", colormap=table), (table.T >> 8).astype(np.uint8)[grey])
few = Image.fromarray(picture).quantize(16)
keep("palette_pillow.tif", saved(few), np.asarray(few.convert("RGB")))
ramp = np.tile(np.arange(256, dtype=np.uint16)[::-1] * 257, (3, 1))
keep("palette_grey.tif", made(grey, photometric="palette", colormap=ramp), 255 - grey)
keep("palette_old.tif", made(grey, photometric="palette", colormap=ramp >> 8), 255 - grey)
rgb = Image.fromarray(picture)
cmyk = Image.fromarray(np.dstack([picture, grey // 3]), mode="CMYK")
keep("cmyk.tif", saved(cmyk), np.asarray(cmyk.convert("RGB")))
keep("lossy_ycbcr.tif", saved(rgb.convert("YCbCr")), picture)

# Compressions
for name in ("lzw", "zlib", "packbits", "zstd", "lzma"):
    page(f"{name}.tif", deep, compression=name)
    keep(f"{name}_rgb.tif", made(picture, photometric="rgb", compression=name, rowsperstrip=4), picture)
for name in ("lzw", "zlib"):
    page(f"{name}_differences.tif", deep, compression=name, predictor=True)
page("float_differences.tif", (x * y / 100 + 0.02).astype(np.float32), compression="zlib", predictor=3)
for name in ("packbits", "group3", "group4", "tiff_ccitt"):
    fax = Image.fromarray(~black)
    data = saved(fax, compression=name)
    keep(f"fax_{name}.tif", data, np.asarray(Image.open(io.BytesIO(data)).convert("L")))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), ~black)
keep("webp.tif", made(picture, photometric="rgb", compression="webp", compressionargs={"lossless": True}), picture)
for name, image in (("lossy_jpeg.tif", colored), ("lossy_jpeg_grey.tif", (large >> 7).astype(np.uint8))):
    keep(name, saved(Image.fromarray(image), compression="jpeg", quality=95), image)
tiles = made(colored, photometric="rgb", compression="jpeg", tile=(16, 16), subsampling=(1, 1))
keep("lossy_jpeg_tiles.tif", tiles, colored)
inks = Image.fromarray(np.dstack([colored, large >> 8]).astype(np.uint8), mode="CMYK")
keep("lossy_jpeg_cmyk.tif", saved(inks, compression="jpeg", quality=95), np.asarray(inks.convert("RGB")))

# The eight ways to store an upright page
turns = {
    1: deep, 2: deep[:, ::-1], 3: deep[::-1, ::-1], 4: deep[::-1],
    5: deep.T, 6: np.rot90(deep), 7: deep[::-1, ::-1].T, 8: np.rot90(deep, -1),
}
for number, stored in turns.items():
    data = made(np.ascontiguousarray(stored), photometric="minisblack", extratags=[(274, "H", 1, number, True)])
    keep(f"turned{number}.tif", data, levels(deep), [deep])

# Stacks
stack = rng.integers(0, 2**16, (5, 4, 6)).astype(np.uint16)
for count in (2, 5):
    keep(f"stack{count}.tif", made(stack[:count]), levels(stack[0]), stack[:count])
    keep(f"stack{count}_imagej.tif", made(stack[:count], imagej=True), levels(stack[0]), stack[:count])
for count in (3, 4):
    # Without being told otherwise, tifffile takes three or four slices for colours.
    colours = np.moveaxis(levels(stack[:3]), 0, 2)
    keep(f"stack{count}.tif", made(stack[:count]), colours, pages=1, sizes=[[6, 4]])
    keep(f"stack{count}_told.tif", made(stack[:count], photometric="minisblack"), levels(stack[0]), stack[:count])
    keep(f"stack{count}_imagej.tif", made(stack[:count], imagej=True), levels(stack[0]), stack[:count])


def slices(name, a, image, values=None, **options):
    """A stack of ImageJ's with one directory."""
    buffer = io.BytesIO()
    metadata = options.pop("metadata", {"axes": "ZYX"})
    with tifffile.TiffWriter(buffer, imagej=True, byteorder=options.pop("byteorder", "<")) as writer:
        writer.write(a, truncate=True, metadata=metadata, software=False, **options)
    with tifffile.TiffFile(io.BytesIO(buffer.getvalue())) as file:
        assert len(file.pages) == 1
    keep(name, buffer.getvalue(), image, values, pages=len(a), pixel_size=options_size(options, metadata))


def options_size(options, metadata):
    if "resolution" not in options:
        return None
    x, y = options["resolution"]
    return [1 / x, 1 / y, metadata.get("spacing")]


told = {"axes": "ZYX", "unit": "um", "spacing": 2}
slices("slices16.tif", stack, levels(stack[0]), stack, resolution=(4, 8), metadata=told)
slices("slices16_big_endian.tif", stack, levels(stack[0]), stack, byteorder=">")
small = (stack >> 8).astype(np.uint8)
slices("slices8.tif", small, small[0], small)
real = (stack / 65535).astype(np.float32)
slices("slices_float.tif", real, levels(real[0]), real, byteorder=">")
coloured = np.stack([picture, 255 - picture])
slices("slices_rgb.tif", coloured, picture, metadata={"axes": "ZYXS"})

buffer = io.BytesIO()
with tifffile.TiffWriter(buffer) as writer:
    for a in (grey, deep, grey[:4], picture):
        photometric = "rgb" if a.ndim == 3 else "minisblack"
        writer.write(a, photometric=photometric, metadata=None, software=False, contiguous=False)
keep("mixed.tif", buffer.getvalue(), grey, pages=4, sizes=[[13, 9], [13, 9], [13, 4], [13, 9]])

# Sizes of pixels
for unit, factor in (("INCH", 25400), ("CENTIMETER", 10000)):
    keep(f"{unit.lower()}.tif", made(grey, resolution=(1000, 500), resolutionunit=unit), grey, [grey],
         pixel_size=[factor / 1000, factor / 500, None])
keep("unitless.tif", made(grey, resolution=(1000, 500), resolutionunit="NONE"), grey, [grey])
for unit, factor in (("micron", 1), ("\\u00B5m", 1), ("nm", 0.001), ("mm", 1000), ("cm", 10000), ("inch", 25400)):
    name = "imagej_" + unit.replace("\\u00B5", "u") + ".tif"
    data = made(grey, imagej=True, resolution=(4, 8), metadata={"unit": unit, "spacing": 0.5})
    keep(name, data, grey, [grey], pixel_size=[factor / 4, factor / 8, factor / 2])
keep("imagej_pixel.tif", made(grey, imagej=True, resolution=(4, 8), metadata={"unit": "pixel"}), grey, [grey])
ome = {"axes": "ZYX", "PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm"}
ome |= {"PhysicalSizeY": 300, "PhysicalSizeYUnit": "nm", "PhysicalSizeZ": 0.002, "PhysicalSizeZUnit": "mm"}
keep("ome.tif", made(stack[:2], ome=True, photometric="minisblack", metadata=ome), levels(stack[0]), stack[:2],
     pixel_size=[0.25, 0.3, 2.0])

(folder / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
print(len(expected), "files,", sum(f.stat().st_size for f in folder.iterdir()), "bytes")
