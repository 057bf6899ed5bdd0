"""Small renderers for the engine's tests: real files, no drawing, and every way in which a render can end."""

from __future__ import annotations

import errno
import os
import struct
import time
import zlib
from pathlib import Path

from studio.contracts.operations import find
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

STUCK_S = 60
HERE = "tests.unit.engine.renderers"
OPERATIONS = ("cannon:image.generate", "canvas:image.generate", "cannon:video.generate", "canvas:video.generate")


def every(name: str) -> dict[str, str]:
    """A registry in which one function of this module renders everything."""
    return dict.fromkeys(OPERATIONS, f"{HERE}:{name}")


def png(width: int = 2, height: int = 2, grey: int = 128) -> bytes:
    """A whole PNG file, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + bytes([grey]) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _output(task: RenderTask) -> RenderOutput:
    video = task.operation.endswith("video.generate")
    path = task.path / ("clip.mp4" if video else "picture.png")
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + bytes(2000) if video else png())
    duration = float(str(task.input["duration"])) if video else None
    extra = {"seen": dict(task.input), "media": sorted(Path(p).read_bytes()[:4].hex() for p in task.media.values())}
    return RenderOutput("video" if video else "image", (str(path),), 2, 2, duration, extra)


def quick(task: RenderTask, control: RenderControl) -> RenderOutput:
    control.progress(0.5)
    (task.path / "scratch.tmp").write_bytes(b"left over")
    return _output(task)


def slow(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Until cancelled, or until the prompt's number of seconds is over; says its process id in the folder."""
    seconds = float(str(task.input["prompt"]).split()[-1])
    (task.path / "process").write_text(str(os.getpid()))
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        control.progress((time.monotonic() - began) / seconds)
        time.sleep(0.01)
    return _output(task)


def held(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Until there is a file `go` beside the folder of the jobs; says its process id in the job's folder."""
    (task.path / "process").write_text(str(os.getpid()))
    while not (task.path.parent.parent / "go").exists():
        control.progress(0.5)
        time.sleep(0.01)
    return _output(task)


def stubborn(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Never looks for a cancel; says its process id in the folder."""
    (task.path / "process").write_text(str(os.getpid()))
    time.sleep(STUCK_S)
    return _output(task)


def refuses(task: RenderTask, control: RenderControl) -> RenderOutput:
    raise RenderRefusedError("No face was found in the picture.", "image_url")


def breaks(task: RenderTask, control: RenderControl) -> RenderOutput:
    raise ZeroDivisionError("a bug")


def fills_the_disk(task: RenderTask, control: RenderControl) -> RenderOutput:
    raise OSError(errno.ENOSPC, "No space left on device")


def dies(task: RenderTask, control: RenderControl) -> RenderOutput:
    os._exit(7)


def dies_once(task: RenderTask, control: RenderControl) -> RenderOutput:
    """The first start of all kills its process; later ones go through. The mark lies beside the job folders."""
    mark = task.path.parent.parent / "died"
    if not mark.exists():
        mark.touch()
        os._exit(7)
    return _output(task)


def greedy(task: RenderTask, control: RenderControl) -> RenderOutput:
    """"ask for N": more bytes than there are. "hold N": takes them one page after the other. "wait N": seconds."""
    what, amount = str(task.input["prompt"]).split()[0], int(str(task.input["prompt"]).split()[-1])
    if what == "wait":
        time.sleep(amount)
        return _output(task)
    data = bytearray(amount)
    data[::4096] = b"x" * len(data[::4096])
    time.sleep(20)
    return _output(task)


def escapes(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Names a file outside its folder."""
    path = task.path.parent.parent / "outside.png"
    path.write_bytes(png())
    return RenderOutput("image", (str(path),), 2, 2)


def small(task: RenderTask, control: RenderControl) -> RenderOutput:
    """A result of the kind that the operation makes, whichever it is."""
    contract, _, name = task.operation.partition(":")
    operation = find("cannon" if contract == "cannon" else "canvas", name)
    assert operation is not None
    if operation.result == "prompt":
        return RenderOutput("prompt", (), extra={"enhancedPrompt": "a better one"})
    path = task.path / {"image": "a.png", "video": "a.mp4", "audio": "a.mp3"}[operation.result]
    path.write_bytes(png() if operation.result == "image" else b"ID3" + bytes(200))
    return RenderOutput(operation.result, (str(path),), 2, 2, 1.0)
