"""A renderer for runs of chains: a picture, and a failure for as long as the words say so."""

from __future__ import annotations

from pathlib import Path

from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.renderers import quick

HERE = "tests.unit.app.chain_renderers"
RENDERERS = dict.fromkeys(("cannon:image.generate", "cannon:image.edit"), f"{HERE}:willing")
UNTIL = "fails until "


def willing(task: RenderTask, control: RenderControl) -> RenderOutput:
    """“fails until FILE” in the prompt: it refuses as long as there is no such file."""
    words = str(task.input["prompt"])
    if UNTIL in words and not Path(words.partition(UNTIL)[2]).exists():
        raise RenderRefusedError("The light is wrong.", "prompt")
    return quick(task, control)
