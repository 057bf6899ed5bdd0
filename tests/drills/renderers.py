"""What the drills' engine draws: pictures of some kilobytes, each with a content of its own, in a few milliseconds."""

from __future__ import annotations

import random
import struct
import zlib

from studio.engine.render.task import RenderControl, RenderOutput, RenderTask

HERE = "tests.drills.renderers"
SIDE = 96
"""Pixels: 27 kB, so that a download is made of several pieces."""


def noise_png(seed: int, side: int = SIDE) -> bytes:
    """A whole PNG of coloured noise. The same seed gives the same bytes: a render that is done again may be compared."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    draw = random.Random(seed)
    rows = b"".join(b"\0" + draw.randbytes(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def picture(task: RenderTask, control: RenderControl) -> RenderOutput:
    control.progress(0.5)
    path = task.path / "picture.png"
    path.write_bytes(noise_png(int(str(task.input["seed"]))))
    return RenderOutput("image", (str(path),), SIDE, SIDE)
