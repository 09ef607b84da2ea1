"""Makes Tests/Fixtures/codecs/: small files of all formats, and beside each NAME the pixels expected of it, NAME.png.

Run from the repository root, with Pillow and NumPy installed:  python3 Tests/Fixtures/make_codec_fixtures.py
The committed files were made with Pillow 13.0.0 (libwebp 1.6) and NumPy 2. What Pillow cannot write is put together
here, byte by byte; the expected pixels are then those that went in, and Pillow must agree where it can read the file.
"""

import io
import pathlib
import struct

import numpy as np
from PIL import Image, ImageOps

folder = pathlib.Path(__file__).parent / "codecs"
folder.mkdir(exist_ok=True)

height, width = 9, 13
y, x = np.mgrid[0:height, 0:width]
picture = np.stack([x * 19, y * 28, (x // 3 + y // 2) % 2 * 255], axis=2).astype(np.uint8)
rgb = Image.fromarray(picture)
grey = rgb.convert("L")
alpha = Image.fromarray((x * 21).astype(np.uint8))
clear = rgb.copy()
clear.putalpha(alpha)


def keep(name, data, expected=None, pillow_reads=True):
    (folder / name).write_bytes(data)
    if pillow_reads:
        read = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        assert expected is None or np.array_equal(np.asarray(expected.convert("RGB")), np.asarray(read)), name
    image = expected or read
    colours = np.asarray(image.convert("RGB"))
    is_grey = np.all(colours == colours[:, :, :1]) and not name.endswith(".webp")
    image.convert("L" if is_grey else "RGB").save(folder / f"{name}.png")


def saved(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


# JPEG
keep("lossy_baseline.jpg", saved(rgb, "JPEG", quality=90))
keep("lossy_progressive.jpg", saved(rgb, "JPEG", quality=90, progressive=True))
keep("lossy_restarts.jpg", saved(rgb, "JPEG", quality=90, subsampling=0, restart_marker_blocks=1))
keep("lossy_grey.jpg", saved(grey, "JPEG", progressive=True))
keep("lossy_cmyk.jpg", saved(rgb.convert("CMYK"), "JPEG", quality=90))

# PNG
keep("bits1.png", saved(grey.point(lambda v: 255 if v > 99 else 0).convert("1"), "PNG"))
keep("bits2.png", saved(rgb.quantize(4), "PNG", bits=2))
keep("palette.png", saved(rgb.quantize(16), "PNG", transparency=bytes(range(16))))
deep = (x * 5000 + y * 77).astype(np.uint16)
keep("bits16.png", saved(Image.fromarray(deep), "PNG"), Image.fromarray((deep >> 8).astype(np.uint8)), pillow_reads=False)
keep("grey_alpha.png", saved(clear.convert("LA"), "PNG"))
keep("alpha.png", saved(clear, "PNG"))

# WebP
exif = Image.Exif()
exif[0x0112] = 6
keep("lossy.webp", saved(rgb, "WEBP", quality=90))
keep("lossless.webp", saved(rgb, "WEBP", lossless=True))
keep("grey.webp", saved(grey, "WEBP", lossless=True))
keep("alpha.webp", saved(clear, "WEBP", lossless=True, exact=True))
keep("alpha_lossy.webp", saved(clear, "WEBP", quality=90, exact=True))
keep("turned.webp", saved(rgb, "WEBP", lossless=True, exif=exif))
keep("animated.webp", saved(rgb, "WEBP", lossless=True, save_all=True, append_images=[rgb.rotate(180)]), rgb)

# GIF
few = rgb.quantize(16, dither=Image.Dither.NONE)
keep("interlaced.gif", saved(few, "GIF", interlace=1))
plain = saved(few, "GIF", interlace=0)
keep("plain.gif", plain)
keep("grey.gif", saved(grey, "GIF"))
keep("many.gif", saved(rgb.resize((60, 41)).quantize(256), "GIF"))
keep("transparent.gif", saved(few, "GIF", transparency=3))
keep("animated.gif", saved(few, "GIF", save_all=True, append_images=[few.rotate(180)]))
# Its frame at (2, 1) on a canvas of 20 by 15, with the palette of the canvas moved to the frame.
colours = 3 << (plain[10] & 7) + 1
comma = 13 + colours
assert plain[comma] == ord(",")
placed = bytearray(plain[:6] + struct.pack("<HH", 20, 15) + bytes([plain[10] & 0x7F]) + plain[11:13])
placed += b"!\xfe\x05hello\0" + b"," + struct.pack("<HHHH", 2, 1, width, height)
placed += bytes([0x80 | plain[10] & 7]) + plain[13:comma] + plain[comma + 10 :]
keep("placed.gif", bytes(placed))
# A frame that is larger than its canvas.
keep("larger.gif", plain[:6] + struct.pack("<HH", 5, 4) + plain[10:])

# BMP: as Pillow writes it
keep("bits1.bmp", saved(grey.point(lambda v: 255 if v > 99 else 0).convert("1"), "BMP"))
keep("grey.bmp", saved(grey, "BMP"))
keep("bits8.bmp", saved(rgb.quantize(200), "BMP"))
keep("bits24.bmp", saved(rgb, "BMP"))
keep("bits32_alpha.bmp", saved(clear, "BMP"), rgb)


def bmp(bits, data, *, compression=0, masks=(), palette=b"", colors=0, size=40, top_down=False):
    """A BMP with a header of `size` bytes, then masks, palette, pixels."""
    offset = 14 + size + len(palette) + (4 * len(masks) if size == 40 else 0)
    h = -height if top_down else height
    if size == 12:
        header = struct.pack("<IHHHH", size, width, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", size, width, h, 1, bits, compression, len(data), 0, 0, colors, 0)
    header += b"".join(struct.pack("<I", m) for m in masks)
    header = header.ljust(size, b"\0")[: size + 4 * len(masks)]
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + palette + data


def rows(values, bits, top_down=False):
    """Rows of numbers of so many bits each, padded to whole four bytes, the lowest row first."""
    packed = b""
    for row in values if top_down else values[::-1]:
        if bits < 8:
            text = "".join(f"{int(v):0{bits}b}" for v in row)
            line = int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")
        else:
            line = b"".join(int(v).to_bytes(bits // 8, "little") for v in row)
        packed += line + b"\0" * (-len(line) % 4)
    return packed


numbers = (x + 2 * y) % 4
table = np.array([[10, 200, 30], [250, 0, 99], [7, 7, 7], [128, 255, 0]], np.uint8)
entries = b"".join(bytes([b, g, r, 0]) for r, g, b in table)
triples = b"".join(bytes([b, g, r]) for r, g, b in table)
indexed = Image.fromarray(table[numbers])
keep("bits2.bmp", bmp(2, rows(numbers, 2), palette=entries, colors=4), indexed, pillow_reads=False)
keep("bits4.bmp", bmp(4, rows(numbers, 4), palette=entries, colors=4), indexed)
keep("top_down.bmp", bmp(4, rows(numbers, 4, True), palette=entries, colors=4, top_down=True), indexed)
keep("os2.bmp", bmp(8, rows(numbers, 8), palette=triples, size=12), indexed, pillow_reads=False)
keep("os2_v2.bmp", bmp(8, rows(numbers, 8), palette=entries, colors=4, size=64), indexed)

r, g, b = (picture[:, :, c].astype(int) for c in range(3))


def expand(value, bits):
    return value * 255 // ((1 << bits) - 1)


sixteen = r >> 3 << 11 | g >> 2 << 5 | b >> 3
seen = np.dstack([expand(r >> 3, 5), expand(g >> 2, 6), expand(b >> 3, 5)]).astype(np.uint8)
keep("rgb565.bmp", bmp(16, rows(sixteen, 16), compression=3, masks=(0xF800, 0x7E0, 0x1F)), Image.fromarray(seen))
fifteen = r >> 3 << 10 | g >> 3 << 5 | b >> 3
seen = np.dstack([expand(c >> 3, 5) for c in (r, g, b)]).astype(np.uint8)
keep("rgb555.bmp", bmp(16, rows(fifteen, 16)), Image.fromarray(seen))
odd = r << 24 | b << 12 | g << 2
masks = (0xFF000000, 0x3FC, 0xFF000)
keep("odd_masks.bmp", bmp(32, rows(odd, 32), compression=3, masks=masks), rgb, pillow_reads=False)
wide = r << 24 | g << 13 | b << 2
masks = (0xFFE00000, 0x1FFC00, 0x3FF)
keep("wide_masks.bmp", bmp(32, rows(wide, 32), compression=3, masks=masks, size=56), rgb, pillow_reads=False)
keep("bits32.bmp", bmp(32, rows(r << 16 | g << 8 | b | 0x55000000, 32)), rgb)

# Runs: a row of one colour, one of single pixels, a step over what stays the first colour, two runs, and an early end,
# which Pillow does not read.
pixels = np.zeros((height, width), int)
pixels[8] = 2
pixels[7] = numbers[7]
pixels[4, 5:] = 3
pixels[3, :6] = 1
end = b"\0\0"
rle8 = bytes([13, 2]) + end + bytes([0, 13]) + bytes(numbers[7].tolist()) + b"\0" + end
rle8 += bytes([0, 2, 5, 2]) + bytes([8, 3]) + end + bytes([6, 1]) + b"\0\1"
runs = bmp(8, rle8, compression=1, palette=entries, colors=4)
keep("rle8.bmp", runs, Image.fromarray(table[pixels]), pillow_reads=False)
pairs = numbers[7].tolist() + [0]
nibbles = bytes(a << 4 | b for a, b in zip(pairs[::2], pairs[1::2]))
rle4 = bytes([13, 0x22]) + end + bytes([0, 13]) + nibbles + b"\0" + end
rle4 += bytes([0, 2, 5, 2]) + bytes([8, 0x33]) + end + bytes([6, 0x11]) + b"\0\1"
runs = bmp(4, rle4, compression=2, palette=entries, colors=4)
keep("rle4.bmp", runs, Image.fromarray(table[pixels]), pillow_reads=False)
