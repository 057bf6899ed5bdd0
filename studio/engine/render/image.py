"""image.generate of both services: a picture drawn from the words of a prompt, with the palette of given references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PIL import Image

from studio.engine.render.reference import Reference, follow
from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, stage_layers, usual_layers
from studio.engine.render.scene.finish import Bytes, develop, finish_is_pointwise, over
from studio.engine.render.scene.layers import Scene
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import long_side_size, short_side_size
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.pictures import MediaError, open_picture

RESULT = "image.png"
_REFERENCE_SIDE = 512
_DEFAULT_BALANCE = 0.6
_MOST = 4096  # no side is drawn larger than this for the sake of quality
# How far the progress is when the picture is drawn and when it is developed, as measured: what works over neighbourhoods
# (paint, pencil, paper) takes longer to develop.
_SHARES, _SHARES_OF_PAINT = (0.80, 0.86), (0.56, 0.87)


@dataclass(frozen=True, slots=True)
class _Request:
    words: SceneWords
    width: int
    height: int
    seed: int
    references: tuple[str, ...]
    field_name: str
    balance: float
    quality: str = "medium"

    def drawn_size(self) -> tuple[int, int]:
        """Width and height that the scene is drawn at: half for a draft, up to double for high quality."""
        factor = {"low": 0.5, "high": max(1.0, min(2.0, _MOST / max(self.width, self.height)))}.get(self.quality, 1.0)
        return max(16, round(self.width * factor)), max(16, round(self.height * factor))


def render_image(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Draw the picture that the prompt describes and write it as 8-bit sRGB PNG into the task's folder.

    `quality` "low" draws at half the size and enlarges, "high" draws up to twice as large and reduces, so that edges are
    smoother. The same input gives the same bytes; without a seed it comes from the prompt. `extra` tells the seed that was
    used and what was understood. Raises RenderRefusedError, naming the field, for a reference that cannot be read, a size or
    an empty prompt that cannot be drawn; RenderCancelledError when the person cancels.
    """
    request = _read(task)
    references = tuple(_load(task, url, request.field_name) for url in request.references)
    control.progress(0.02)
    finish = finish_of(request.words)
    drawn, developed = _SHARES if finish_is_pointwise(finish) else _SHARES_OF_PAINT
    linear = _draw(request, control, drawn)
    control.progress(drawn)
    picture = _develop(linear, request)
    if references:
        picture = follow(picture, references, request.balance)
    control.progress(developed)
    path = _write(picture, task.path, control)
    control.progress(1.0)
    extra: dict[str, object] = {"seed": request.seed, "scene": _told(request.words)}
    return RenderOutput("image", (str(path),), request.width, request.height, None, extra)


def _read(task: RenderTask) -> _Request:
    """The request by either contract."""
    cannon = task.operation.startswith("cannon:")
    given = task.input
    prompt = str(given.get("prompt") or "").strip()
    if not prompt:
        raise RenderRefusedError("The prompt is empty. Say in a few words what the picture shows.", "prompt")
    ratio = cast("str | None", given.get("aspect_ratio")) or "1:1"
    try:
        width, height = (
            long_side_size(str(given.get("resolution") or "1K"), ratio)
            if cannon
            else short_side_size(str(given.get("resolution") or "1080p"), ratio)
        )
    except ValueError as error:
        raise RenderRefusedError(str(error), "aspect_ratio" if "aspect" in str(error) else "resolution") from error
    field_name = "reference_image_urls" if cannon else "reference_images"
    references = tuple(str(url) for url in cast("Sequence[str] | None", given.get(field_name)) or ())
    if len(references) > 3:
        raise RenderRefusedError("At most three reference pictures can be followed.", field_name)
    seed = given.get("seed")
    balance = given.get("reference_prompt_balance")
    style = cast("str | None", given.get("style"))
    words = read_prompt(prompt, style, cast("str | None", given.get("negative_prompt")))
    return _Request(
        words,
        width,
        height,
        int(cast(int, seed)) if seed is not None else stable_seed(prompt),
        references,
        field_name,
        float(cast(float, balance)) if balance is not None else _DEFAULT_BALANCE,
        str(given.get("quality") or "medium"),
    )


def _load(task: RenderTask, url: str, field_name: str) -> Reference:
    """One reference, small: its colours and its broad layout are all that is followed."""
    path = task.media.get(url)
    if path is None:
        raise RenderRefusedError("A reference picture has not been fetched. Attach it again.", field_name)
    try:
        image = open_picture(path)
    except MediaError as error:
        raise RenderRefusedError(str(error), field_name) from error
    with image:
        image.thumbnail((_REFERENCE_SIDE, _REFERENCE_SIDE))
        flat = Image.new("RGB", image.size, (255, 255, 255))
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return Reference.of(np.asarray(flat, np.uint8))


def _draw(request: _Request, control: RenderControl, end: float) -> Field:
    """Layers put over each other as they are made: a 4K picture never holds more than one of them. `end` is the progress
    when the last one is there."""
    width, height = request.drawn_size()
    linear = np.zeros((height, width, 3), np.float32)
    usual = usual_layers(request.words)
    for at, layer in enumerate(stage_layers(request.words, width, height, request.seed)):
        over(linear, layer, 0)
        control.progress(0.02 + (end - 0.02) * min((at + 1) / usual, 1.0))
    return linear


def _develop(linear: Field, request: _Request) -> Bytes:
    """Linear light to the finished picture in the size asked for. What was drawn larger is reduced as light, so that grain
    and paper are made for the final size; a draft is finished small, which is what makes it quick."""
    if linear.shape[1] > request.width:
        size = request.width, request.height
        linear = np.asarray(cv2.resize(linear, size, interpolation=cv2.INTER_AREA), np.float32)
    height, width = linear.shape[:2]
    words = request.words
    scene = Scene(width, height, 0, request.seed, (), finish_of(words), particles_of(words), sound_of(words))
    picture = develop(linear, scene)
    if width != request.width:
        return np.asarray(cv2.resize(picture, (request.width, request.height), interpolation=cv2.INTER_CUBIC), np.uint8)
    return picture


def _write(picture: Bytes, folder: Path, control: RenderControl) -> Path:
    """The PNG, by a temporary name and a rename."""
    control.check()
    path = folder / RESULT
    partial = path.with_suffix(".part")
    quick = picture.shape[0] * picture.shape[1] > 3_000_000
    Image.fromarray(picture).save(partial, format="PNG", compress_level=3 if quick else 6)
    partial.replace(path)
    return path


def _told(words: SceneWords) -> dict[str, object]:
    """What was understood, in words that a person can check."""
    return {
        "place": words.place,
        "time": words.time,
        "weather": words.weather,
        "season": words.season,
        "style": words.style,
        "subjects": [{"kind": subject.kind, "count": subject.count} for subject in words.subjects],
    }
