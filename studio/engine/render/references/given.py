"""The reference pictures of a request: read under limits, small enough to work on, and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.engine.render.reference import Reference
from studio.engine.render.task import RenderControl, RenderRefusedError, RenderTask
from studio.media.pictures import MediaError, open_picture

Bytes = NDArray[np.uint8]

MOST = {"cannon": 9, "canvas": 3}
"""How many reference pictures each contract takes."""
_SIDE = 1400
_SMALLEST = 8


@dataclass(frozen=True, slots=True)
class Given:
    """`rgb`: (rows, columns, 3) sRGB, what is clear over white; `alpha` (rows, columns) bytes where the picture has one."""

    rgb: Bytes
    alpha: Bytes | None
    reference: Reference


def given_references(task: RenderTask, field_name: str, control: RenderControl) -> tuple[Given, ...]:
    """The pictures of a field. RenderRefusedError naming it for too many, one that was not fetched or is no picture."""
    urls = [str(url) for url in cast("Sequence[str] | None", task.input.get(field_name)) or ()]
    most = MOST[task.operation.partition(":")[0]]
    if len(urls) > most:
        raise RenderRefusedError(f"At most {most} reference pictures can be followed.", field_name)
    found = []
    for number, url in enumerate(urls, start=1):
        control.check()
        found.append(_read(task, url, number, field_name))
    return tuple(found)


def _read(task: RenderTask, url: str, number: int, field_name: str) -> Given:
    path = task.media.get(url)
    if path is None:
        raise RenderRefusedError(f"Reference picture {number} has not been fetched. Attach it again.", field_name)
    try:
        image = open_picture(path)
    except MediaError as error:
        raise RenderRefusedError(f"Reference picture {number}: {error.message}", field_name) from error
    with image:
        image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        if min(image.size) < _SMALLEST:
            image = image.resize((max(image.width, _SMALLEST), max(image.height, _SMALLEST)))
        alpha = np.asarray(image.getchannel("A"), np.uint8) if image.mode == "RGBA" else None
        flat = Image.new("RGB", image.size, (255, 255, 255))
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        rgb = np.ascontiguousarray(np.asarray(flat, np.uint8))
    return Given(rgb, alpha, Reference.of(rgb))
