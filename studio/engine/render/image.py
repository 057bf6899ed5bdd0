"""image.generate of both services: a picture drawn from the words of a prompt, with the palette of given references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from studio.engine.render.reference import Reference, follow
from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, stage_layers
from studio.engine.render.scene.finish import Bytes, develop, over
from studio.engine.render.scene.layers import Scene
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import long_side_size, short_side_size
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.media.pictures import MediaError, open_picture

RESULT = "image.png"
_USUAL_LAYERS = 14
_REFERENCE_SIDE = 512
_DEFAULT_BALANCE = 0.6


@dataclass(frozen=True, slots=True)
class _Request:
    words: SceneWords
    width: int
    height: int
    seed: int
    references: tuple[str, ...]
    field_name: str
    balance: float


def render_image(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Draw the picture that the prompt describes and write it as 8-bit sRGB PNG into the task's folder.

    The same input gives the same bytes; without a seed it comes from the prompt. `extra` tells the seed that was used and
    what was
    understood. Raises RenderRefusedError, naming the field, for a reference that cannot be read, a size or an empty
    prompt that
    cannot be drawn; RenderCancelledError when the person cancels.
    """
    request = _read(task)
    references = tuple(_load(task, url, request.field_name) for url in request.references)
    control.progress(0.02)
    linear = _draw(request, control)
    control.progress(0.88)
    scene = Scene(
        request.width,
        request.height,
        0,
        request.seed,
        (),
        finish_of(request.words),
        particles_of(request.words),
        sound_of(request.words),
    )
    picture = develop(linear, scene)
    if references:
        picture = follow(picture, references, request.balance)
    control.progress(0.94)
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


def _draw(request: _Request, control: RenderControl) -> Field:
    """Layers put over each other as they are made: a 4K picture never holds more than one of them."""
    linear = np.zeros((request.height, request.width, 3), np.float32)
    for at, layer in enumerate(stage_layers(request.words, request.width, request.height, request.seed)):
        over(linear, layer, 0)
        control.progress(0.02 + 0.84 * min((at + 1) / _USUAL_LAYERS, 1.0))
    return linear


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
