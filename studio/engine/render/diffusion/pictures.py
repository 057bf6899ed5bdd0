"""image.generate and image.edit by a diffusion model of the person's own."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from studio.engine.render.diffusion.loading import Loaded, load
from studio.engine.render.diffusion.request import Schedule, drawn_size, parameters_of, schedule_of, text_arguments
from studio.engine.render.diffusion.steps import draw
from studio.engine.render.sizes import LONG_SIDES, long_side_size, parse_ratio
from studio.engine.render.still import write_png
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.pictures import MediaError, open_picture

Bytes = NDArray[np.uint8]
_LARGEST = 4096
_REPAINT = 0.6
"""How far image.edit paints over the picture (diffusers' `strength`): enough to follow words, little enough to know it."""
_BALANCE = 0.5
_WEAKEST = 0.15
_LEAST_OPAQUE = 250


def render_image(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Draw `cannon:image.generate` with the model in task.model, as PNG of exactly the size that the contract says.

    A reference picture is painted over: `reference_prompt_balance` 0 keeps nothing of it, 1 nearly all. `quality` decides on
    the steps. The same input gives the same bytes on the same machine. `extra` tells model, steps and drawn size. Raises
    RenderRefusedError naming the field, and RenderCancelledError.
    """
    control.progress(0.0)
    values = task.input
    try:
        size = long_side_size(str(values.get("resolution") or "1K"), str(values.get("aspect_ratio") or "1:1"))
    except ValueError as error:
        raise RenderRefusedError(str(error), "aspect_ratio" if "aspect" in str(error) else "resolution") from error
    loaded = load(Path(task.model))
    schedule = schedule_of(loaded.pipeline, str(values.get("quality") or "medium"))
    references = cast("list[str] | None", values.get("reference_image_urls")) or []
    drawn = drawn_size(loaded.pipeline, *size)
    if references:
        picture, _ = _fitted(_opened(task, references[0], "reference_image_urls"), drawn)
        balance = values.get("reference_prompt_balance")
        strength = max(1.0 - float(cast(float, _BALANCE if balance is None else balance)), _WEAKEST)
        pixels, told = _repainted(loaded, picture, strength, schedule, task, control)
    else:
        pixels = _pictures(draw(loaded, loaded.pipeline, schedule, _seed(task), control, width=drawn[0], height=drawn[1],
                                **text_arguments(loaded, loaded.pipeline, values)))
        told = {"method": "text to picture"}
    return _finished(task, control, loaded, pixels, size, schedule, told)


def render_edit(task: RenderTask, control: RenderControl) -> RenderOutput:
    """`cannon:image.edit` with the model in task.model: by instruction, by filling in where the picture is transparent, or
    by painting over it, as the model's kind is (`extra` says which). The result has the picture's own size and shape unless
    aspect_ratio or resolution say another. Errors as `render_image`."""
    control.progress(0.0)
    picture = _opened(task, str(task.input.get("image_url") or ""), "image_url")
    size = _edited_size(task, picture)
    loaded = load(Path(task.model))
    schedule = schedule_of(loaded.pipeline)
    fitted, hole = _fitted(picture, drawn_size(loaded.pipeline, *size))
    kind = loaded.model.pipeline.edits
    if kind == "repaint":
        pixels, told = _repainted(loaded, fitted, _REPAINT, schedule, task, control)
        return _finished(task, control, loaded, pixels, size, schedule, told)
    given: dict[str, Any] = {"image": fitted, "width": fitted.width, "height": fitted.height}
    if kind == "fill":
        if hole is None:
            raise RenderRefusedError("This model fills in where the picture is transparent, and it is transparent nowhere: "
                                     "erase what is to be painted anew, and save it as PNG.", "image_url")
        given["mask_image"] = hole
    output = draw(loaded, loaded.pipeline, schedule, _seed(task), control, **given,
                  **text_arguments(loaded, loaded.pipeline, task.input))
    told = {"method": "instruction" if kind == "instruction" else "filled in"}
    return _finished(task, control, loaded, _pictures(output), size, schedule, told)


def _repainted(loaded: Loaded, picture: Image.Image, strength: float, schedule: Schedule, task: RenderTask,
               control: RenderControl) -> tuple[Bytes, dict[str, object]]:
    """The picture painted over: `strength` 1 leaves nothing of it. Only that share of the steps is walked."""
    pipeline = loaded.from_picture()
    enough = replace(schedule, steps=max(schedule.steps, math.ceil(1 / strength)))
    accepted = parameters_of(pipeline)
    sides = {"width": picture.width, "height": picture.height} if "width" in accepted else {}
    output = draw(loaded, pipeline, enough, _seed(task), control, image=picture, strength=strength, **sides,
                  **text_arguments(loaded, pipeline, task.input))
    return _pictures(output), {"method": "painted over", "strength": round(strength, 3)}


def _opened(task: RenderTask, url: str, field_name: str) -> Image.Image:
    path = task.media.get(url)
    if path is None:
        raise RenderRefusedError("The picture has not been fetched. Attach it again.", field_name)
    try:
        return open_picture(path)
    except MediaError as error:
        raise RenderRefusedError(error.message, field_name) from error


def _edited_size(task: RenderTask, picture: Image.Image) -> tuple[int, int]:
    ratio, resolution = task.input.get("aspect_ratio"), task.input.get("resolution")
    try:
        shape = parse_ratio(str(ratio)) if ratio else picture.width / picture.height
    except ValueError as error:
        raise RenderRefusedError(str(error), "aspect_ratio") from error
    long = LONG_SIDES.get(str(resolution).lower()) if resolution else min(max(picture.size), _LARGEST)
    if long is None:
        raise RenderRefusedError(f"“{resolution}” is no resolution known here; known are 1K, 2K, 4K.", "resolution")
    short = round(long / max(shape, 1 / shape))
    return (long, max(short, 1)) if shape >= 1 else (max(short, 1), long)


def _fitted(picture: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, Image.Image | None]:
    """The picture on white and the mask of where it is transparent (white there; None where it is opaque), both covering
    `size` and cut to it from the middle."""
    hole = None
    if picture.mode == "RGBA":
        alpha = picture.getchannel("A")
        flat = Image.new("RGB", picture.size, (255, 255, 255))
        flat.paste(picture, mask=alpha)
        if cast("tuple[int, int]", alpha.getextrema())[0] < _LEAST_OPAQUE:
            hole = ImageOps.fit(alpha.point(lambda value: 255 if value < 128 else 0), size, Image.Resampling.BILINEAR)
        picture = flat
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS), hole


def _pictures(output: Any) -> Bytes:
    """The first picture as bytes (rows, columns, 3); a model that went astray gives not-a-number, which is refused."""
    values = np.asarray(output.images[0], np.float32)
    if not np.isfinite(values).all():
        raise RenderRefusedError("The model gave no picture (its numbers overflowed). Try another seed or model.", "model")
    return np.clip(np.rint(values * 255), 0, 255).astype(np.uint8)


def _seed(task: RenderTask) -> int:
    return int(cast(int, task.input.get("seed") or 0))


def _finished(task: RenderTask, control: RenderControl, loaded: Loaded, pixels: Bytes, size: tuple[int, int],
              schedule: Schedule, told: dict[str, object]) -> RenderOutput:
    """Bring it to the exact size and write it."""
    rows, columns = pixels.shape[:2]
    picture = ImageOps.fit(Image.fromarray(pixels), size, Image.Resampling.LANCZOS)
    path = write_png(picture, task.path, control)
    control.progress(1.0)
    extra = {**about(loaded, schedule), **told, "drawn_size": [columns, rows]}
    return RenderOutput("image", (str(path),), *size, None, extra)


def about(loaded: Loaded, schedule: Schedule) -> dict[str, object]:
    """What drew it, for the answer's output."""
    told: dict[str, object] = {"model": loaded.model.name, "pipeline": loaded.model.class_name, "steps": schedule.steps,
                               "precision": loaded.precision, "device": loaded.device}
    return told if schedule.guidance is None else {**told, "guidance": schedule.guidance}
