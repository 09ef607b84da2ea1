"""Makes Tests/Fixtures/videos/: tiny videos of all that is easily got wrong, and videos.json, what PyAV finds in them.

Run from the repository root, with PyAV, NumPy and Pillow installed:  python3 Tests/Fixtures/make_video_fixtures.py
The committed files were made with PyAV 18.1.0 (FFmpeg 8.1), Pillow 13.0.0 and NumPy 2.

Every picture has a red, a green and a blue quarter and, lower right, a grey one that tells the frame's number. The numbers
in videos.json are those that went in (which frames, when), and the mean colours of the quarters as PyAV decodes them; this
script stops where PyAV's colours are not nearly those that went in.
"""

import fractions
import io
import json
import pathlib
import struct
import tempfile

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from PIL import Image

folder = pathlib.Path(__file__).parent / "videos"
folder.mkdir(exist_ok=True)
expected = {}
av.logging.set_level(av.logging.PANIC)
scratch = str(pathlib.Path(tempfile.mkdtemp()) / "file")


def level(number):
    return 30 + 12 * number


def picture(number, width=48, height=32):
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (200, 50, 50)
    image[: height // 2, width // 2 :] = (50, 170, 50)
    image[height // 2 :, : width // 2] = (50, 50, 200)
    image[height // 2 :, width // 2 :] = level(number)
    return image


def quarters(image):
    """Mean colours of the quarters' insides, for colours run over their edges."""
    height, width = image.shape[:2]
    means = []
    for rows in ((0, height // 2), (height // 2, height)):
        for columns in ((0, width // 2), (width // 2, width)):
            inside = image[rows[0] + 3 : rows[1] - 3, columns[0] + 3 : columns[1] - 3]
            means.append([round(float(v), 2) for v in inside.reshape(-1, 3).mean(0)])
    return means


def encoded(
    kind, codec, numbers, pixels="yuv420p", size=(48, 32), rate=25, times=None, options=None, container=None, aspect=None,
    colours=None,
):
    """The bytes of a file with these frames; `times` are in milliseconds where the rate varies."""
    with av.open(scratch, "w", format=kind, options=container or {}) as output:
        stream = output.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], pixels
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if colours:
            stream.codec_context.colorspace = colours
            stream.codec_context.color_range = 1
        if times:
            stream.codec_context.time_base = fractions.Fraction(1, 1000)
        for place, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(picture(number, *size), format="rgb24")
            frame = frame.reformat(
                format=pixels, dst_colorspace=colours, interpolation="BILINEAR") if colours else frame.reformat(format=pixels)
            frame.time_base = fractions.Fraction(1, 1000) if times else fractions.Fraction(1, rate)
            frame.pts = times[place] if times else place
            for packet in stream.encode(frame):
                output.mux(packet)
        for packet in stream.encode():
            output.mux(packet)
    return pathlib.Path(scratch).read_bytes()


def copied(data, kind, start=None, container=None):
    """The compressed pictures in another file, as `ffmpeg -c copy` writes it, from the key picture before `start` on."""
    with av.open(io.BytesIO(data)) as source, av.open(scratch, "w", format=kind, options=container or {}) as output:
        from_stream = source.streams.video[0]
        to_stream = output.add_stream_from_template(from_stream)
        # MP4 has a length before each piece of H.264, others a start code.
        convert = None if kind == "mp4" else BitStreamFilterContext("h264_mp4toannexb", from_stream, to_stream)
        if kind == "avi":
            to_stream.time_base = fractions.Fraction(1, 50)  # as ffmpeg's own copying has it: room between the frames
        offset = 0
        if start is not None:
            offset = int(start / from_stream.time_base)
            source.seek(offset, stream=from_stream)
        for packet in source.demux(from_stream):
            if packet.dts is None:
                continue
            packet.pts -= offset
            packet.dts -= offset
            for ready in convert.filter(packet) if convert else [packet]:
                ready.stream = to_stream
                output.mux(ready)
    return pathlib.Path(scratch).read_bytes()


def seen(data):
    """Times and upright pictures as PyAV decodes them; it does not turn them."""
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.video[0]
        claimed = stream.frames
        frames = list(file.decode(stream))
        pictures = [frame.to_ndarray(format="rgb24", interpolation="BILINEAR") for frame in frames]
        return claimed, [frame.time for frame in frames], pictures


def keep(name, data, numbers, times, tolerance=10, checks_times=True, turn=None, **more):
    """Writes a file, and what is to be found in it: pictures of these numbers at these times (seconds from the first)."""
    assert len(data) < 20_000, (name, len(data))
    (folder / name).write_bytes(data)
    claimed, stamps, pictures = seen(data)
    assert len(pictures) == len(numbers), (name, len(pictures), numbers)
    if checks_times:
        found = [stamp - stamps[0] for stamp in stamps]
        assert np.allclose(found, times, atol=2e-3), (name, found, times)
    if turn:
        pictures = [turn(image) for image in pictures]
    for number, image in zip(numbers, pictures):
        want = quarters(picture(number, image.shape[1], image.shape[0]))
        if more.get("grey"):
            want = [[0.299 * r + 0.587 * g + 0.114 * b] * 3 for r, g, b in want]
        worst = np.abs(np.array(quarters(image)) - np.array(want)).max()
        assert worst <= tolerance, (name, number, worst, quarters(image), want)
    height, width = pictures[0].shape[:2]
    expected[name] = dict(
        claimed=claimed, size=[width, height], numbers=list(numbers), times=[round(float(t), 4) for t in times],
        quarters=[quarters(image) for image in pictures], **more)
    print(f"{name}: {len(data)} bytes, claims {claimed}, has {len(pictures)}")


def steady(count, rate=25):
    return [i / rate for i in range(count)]


small = {"x264-params": "keyint=250:bframes=2:b-adapt=0:scenecut=0", "crf": "20", "preset": "medium"}

# As cameras and programs write them.
plain = encoded("mp4", "libx264", range(12), options=small, container={"movflags": "faststart"})
keep("plain.mp4", plain, range(12), steady(12))

# Frames that stand for 40, 80, 400 ms and so on.
times = [0, 40, 120, 200, 600, 640, 1000, 1040]
keep(
    "variable-rate.mp4", encoded("mp4", "libx264", range(8), times=times, options=small), range(8),
    [t / 1000 for t in times])
keep(
    "variable-rate.mkv", encoded("matroska", "libx264", range(8), times=times, options=small), range(8),
    [t / 1000 for t in times])

# A cut without decoding: the pictures before the cut are there, and an edit list hides them.
keep("edit-list.mp4", copied(plain, "mp4", start=0.16), range(4, 12), steady(8))

# H.264 with B-pictures in an AVI, which has no room for the order of showing.
keep("b-frames.avi", copied(plain, "avi"), range(12), steady(12), checks_times=False)

# Fragments, as live streams have them: nothing says how many there are.
fragments = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
keep("fragmented.mp4", copied(plain, "mp4", container=fragments), range(12), steady(12))

# A stream for broadcasting, whose time begins anywhere.
keep("broadcast.ts", copied(plain, "mpegts"), range(12), steady(12))


def turned(data, matrix):
    """The file with another matrix in its track's header (ISO/IEC 14496-12, 8.3.2)."""
    at = data.index(b"tkhd") + 4 + 40
    return data[:at] + struct.pack(">9i", *matrix) + data[at + 36 :]


one, zero, unit = 1 << 16, 0, 1 << 30
# A telephone held upright: stored lying, to be turned by a quarter to the right. The stored pictures are such that, turned,
# the red quarter is upper left.


def stored_for(turn_back, numbers, size):
    with av.open(scratch, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=25, options=small)
        first = turn_back(picture(0, *size))
        stream.width, stream.height, stream.pix_fmt = first.shape[1], first.shape[0], "yuv420p"
        for place, number in enumerate(numbers):
            image = np.ascontiguousarray(turn_back(picture(number, *size)))
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = place, fractions.Fraction(1, 25)
            for packet in stream.encode(frame):
                output.mux(packet)
        for packet in stream.encode():
            output.mux(packet)
    return pathlib.Path(scratch).read_bytes()


# np.rot90 turns to the left; a matrix (a b / c d) takes a stored point (x, y) to (a x + c y, b x + d y).
for name, back, forth, matrix in [
    ("turned-90.mp4", lambda p: np.rot90(p, 1), lambda p: np.rot90(p, -1), (zero, one, zero, -one, zero, zero)),
    ("turned-180.mp4", lambda p: np.rot90(p, 2), lambda p: np.rot90(p, 2), (-one, zero, zero, zero, -one, zero)),
    ("turned-270.mp4", lambda p: np.rot90(p, -1), lambda p: np.rot90(p, 1), (zero, -one, zero, one, zero, zero)),
    ("mirrored.mp4", np.fliplr, np.fliplr, (-one, zero, zero, zero, one, zero)),
]:
    data = stored_for(back, range(3), (48, 32))
    keep(name, turned(data, matrix + (zero, zero, unit)), range(3), steady(3), turn=forth)

# Pixels of other kinds.
keep(
    "ten-bit.mp4", encoded("mp4", "libx264", range(5), pixels="yuv420p10le", options=small), range(5), steady(5))
keep("grey.mkv", encoded("matroska", "ffv1", range(3), pixels="gray"), range(3), steady(3), grey=True)
keep("grey-16.mkv", encoded("matroska", "ffv1", range(3), pixels="gray16le"), range(3), steady(3), grey=True)
keep(
    "odd.webm", encoded("webm", "libvpx-vp9", range(5), size=(37, 25), options={"crf": "10", "b": "0"}), range(5), steady(5),
    tolerance=14)
keep("full-range.avi", encoded("avi", "mjpeg", range(3), pixels="yuvj420p"), range(3), steady(3))
keep(
    "bt709.mp4", encoded("mp4", "libx264", range(3), options=small, colours=1), range(3), steady(3), colours="bt709")
keep("planar-rgb.mkv", encoded("matroska", "ffv1", range(3), pixels="bgr0"), range(3), steady(3), tolerance=1)
keep("mpeg4.avi", encoded("avi", "mpeg4", range(6), options={"q": "2"}), range(6), steady(6), checks_times=False)
keep("flash.flv", encoded("flv", "flv", range(4)), range(4), steady(4), tolerance=14)
keep("mpeg2.mpg", encoded("mpeg", "mpeg2video", range(6)), range(6), steady(6), tolerance=14)
keep(
    "wide-pixels.mp4",
    encoded("mp4", "libx264", range(3), options=small, aspect=fractions.Fraction(2, 1)), range(3), steady(3),
    aspect=2.0)

# GIFs move as well.
buffer = io.BytesIO()
images = [Image.fromarray(picture(n)) for n in range(4)]
images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=[40, 200, 100, 60], loop=0)
keep("moving.gif", buffer.getvalue(), range(4), [0, 0.04, 0.24, 0.34], tolerance=3)

# Two sizes one after the other.
smaller = copied(encoded("mp4", "libx264", range(3), size=(32, 16), options=small), "mpegts")
data = copied(encoded("mp4", "libx264", range(3), options=small), "mpegts") + smaller
(folder / "two-sizes.ts").write_bytes(data)
expected["two-sizes.ts"] = dict(sizes=[[48, 32]] * 3 + [[32, 16]] * 3)

# Sound alone.
with av.open(scratch, "w", format="mp4") as output:
    stream = output.add_stream("aac", rate=8000)
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
    frame.sample_rate = 8000
    for packet in list(stream.encode(frame)) + list(stream.encode()):
        output.mux(packet)
(folder / "sound.m4a").write_bytes(pathlib.Path(scratch).read_bytes())

(folder.parent / "videos.json").write_text(json.dumps(expected, indent=None, separators=(",", ":")) + "\n")
