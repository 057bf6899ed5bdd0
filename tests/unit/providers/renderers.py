"""A renderer for every operation of both contracts: small files of the right kind, so that providers can be tried whole."""

from __future__ import annotations

import io
import time

import av

from studio.contracts.operations import CANNON, CANVAS, find
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.renderers import png


def _clip() -> bytes:
    """A clip that decodes: the engine looks at what it is given."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        video = container.add_stream("mpeg4", rate=24)
        video.width = video.height = 16
        for _ in range(12):
            container.mux(video.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(video.encode(None))
    return stream.getvalue()


MP4 = _clip()
WAV = b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\x08\0\0" + bytes(2048)
FILES = {"image": ("picture.png", png()), "video": ("clip.mp4", MP4), "audio": ("sound.wav", WAV)}
EVERY = {f"{one.contract}:{one.id}": f"{__name__}:render" for one in (*CANNON, *CANVAS)}


def render(task: RenderTask, control: RenderControl) -> RenderOutput:
    """At once, but for a prompt that says "slow"."""
    contract, _, name = task.operation.partition(":")
    operation = find("cannon" if contract == "cannon" else "canvas", name)
    assert operation is not None
    while "slow" in str(task.input):
        control.check()
        time.sleep(0.01)
    if operation.result == "prompt":
        return RenderOutput("prompt", (), extra={"enhancedPrompt": f"{task.input['prompt']}, in soft light"})
    file_name, data = FILES[operation.result]
    path = task.path / file_name
    path.write_bytes(data)
    sound = operation.result == "audio"
    return RenderOutput(operation.result, (str(path),), None if sound else 2, None if sound else 2, 1.0)
