"""Media that mean no good, made on the fly: bombs, absurd sizes, cut off and mutated files of every kind that is taken."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header declares this size; its pixels are a bomb: rows of zeros that shrink to next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress(bytes(min(width * 3 + 1, 1 << 16) * min(height, 256)), 9)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def picture(kind: str) -> bytes:
    """A sound picture, 96 × 64, as PNG, JPEG, WEBP, GIF, TIFF, BMP or AVIF."""
    stream = io.BytesIO()
    Image.radial_gradient("L").resize((96, 64)).convert("RGB").save(stream, kind)
    return stream.getvalue()


def clip(form: str = "mp4", codec: str = "libx264", seconds: float = 0.5, size: tuple[int, int] = (96, 64)) -> bytes:
    """A sound video without sound."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=form) as container:
        video = cast(VideoStream, container.add_stream(codec, rate=24))
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * 24)):
            shade = np.full((size[1], size[0], 3), number * 7 % 255, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(video.encode(None))
    return stream.getvalue()


def wave(seconds: float = 0.3) -> bytes:
    """A sound WAV: 8 kHz, one channel, 16 bits."""
    data: bytes = (np.sin(np.arange(int(8000 * seconds)) * 0.3) * 9000).astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16,
                       b"data", len(data))
    return head + data


def mutated(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """`count` damaged files, kinds in turn: bytes flipped, pieces cut out, repeated or overwritten, ends cut off."""
    draw = random.Random(seed)
    sound = {
        "png": picture("PNG"), "jpg": picture("JPEG"), "webp": picture("WEBP"), "gif": picture("GIF"),
        "tiff": picture("TIFF"), "bmp": picture("BMP"), "avif": picture("AVIF"), "mp4": clip(),
        "webm": clip("webm", "libvpx"), "wav": wave(),
    }
    names = list(sound)
    for number in range(count):
        name = names[number % len(names)]
        yield name, _damaged(bytearray(sound[name]), draw)


def _damaged(data: bytearray, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 3, 20))):
        at = draw.randrange(16, len(data))  # the first bytes say what it is; without them nothing would open it
        match draw.randrange(5):
            case 0:
                data[at] ^= 1 << draw.randrange(8)
            case 1:
                data[at : at + 4] = draw.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4)))
            case 2:
                del data[at : at + draw.randrange(1, 64)]
            case 3:
                data[at:at] = data[at : at + draw.randrange(1, 64)]
            case _:
                del data[max(at, 32) :]
        if len(data) < 40:
            break
    return bytes(data)
