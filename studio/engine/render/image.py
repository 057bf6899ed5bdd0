"""image.generate of both services: a picture drawn from the words of a prompt, which follows given references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from PIL import Image

from studio.engine.render.reference import follow
from studio.engine.render.references.given import Given, given_references
from studio.engine.render.references.stills import composed, staged
from studio.engine.render.references.subjects import cast_of
from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, stage_layers, usual_layers
from studio.engine.render.scene.finish import Bytes, develop, finish_is_pointwise, over
from studio.engine.render.scene.layers import Scene
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import long_side_size, short_side_size
from studio.engine.render.still import write_png
from studio.engine.render.style_words import in_style
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

_DEFAULT_BALANCE = 0.6
_MOST = 4096  # no side is drawn larger than this for the sake of quality
# How far the progress is when the picture is drawn and when it is developed, as measured: what works over neighbourhoods
# (paint, pencil, paper) takes longer to develop.
_SHARES, _SHARES_OF_PAINT = (0.80, 0.86), (0.56, 0.87)


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for, whichever service's words it came in."""

    words: SceneWords
    width: int
    height: int
    seed: int
    references: tuple[Given, ...]
    balance: float
    quality: str = "medium"

    def drawn_size(self) -> tuple[int, int]:
        """Width and height that the scene is drawn at: half for a draft, up to double for high quality."""
        factor = {"low": 0.5, "high": max(1.0, min(2.0, _MOST / max(self.width, self.height)))}.get(self.quality, 1.0)
        return max(16, round(self.width * factor)), max(16, round(self.height * factor))


def render_image(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Draw the picture that the prompt describes and write it as 8-bit sRGB PNG into the task's folder.

    `quality` "low" draws at half the size and enlarges, "high" draws up to twice as large and reduces, so that edges are
    smoother. References give palette, composition and, where the prompt or the balance says so, their subject. The same
    input gives the same bytes; without a seed it comes from the prompt. `extra` tells the seed that was used, what was
    understood and what was taken from the references. Raises RenderRefusedError, naming the field, for a reference that
    cannot be read, a size or an empty prompt that cannot be drawn; RenderCancelledError when the person cancels.
    """
    request = _read(task, control)
    control.progress(0.02)
    picture, told = _followed(request, control) if request.references and request.balance > 0 else _plain(request, control)
    if request.references and "references" not in told:
        told["references"] = {"followed": len(request.references), "balance": request.balance, "taken": []}
    picture, note = in_style(picture, str(task.input.get("style") or ""), request.seed, control.check)
    path = write_png(Image.fromarray(picture), task.path, control)
    control.progress(1.0)
    extra: dict[str, object] = {"seed": request.seed, "scene": _told(request.words), **told}
    if task.input.get("model"):
        extra["requested_model"] = str(task.input["model"])
    if note:
        extra["style_note"] = note
    return RenderOutput("image", (str(path),), request.width, request.height, None, extra)


def _read(task: RenderTask, control: RenderControl) -> _Request:
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
    references = given_references(task, "reference_image_urls" if cannon else "reference_images", control)
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
        float(cast(float, balance)) if balance is not None else _DEFAULT_BALANCE,
        str(given.get("quality") or "medium"),
    )


def _plain(request: _Request, control: RenderControl) -> tuple[Bytes, dict[str, object]]:
    """The picture by its words alone."""
    drawn, developed = _shares(request)
    linear = _draw(request, control, drawn)
    control.progress(drawn)
    picture = _develop(linear, request)
    control.progress(developed)
    return picture, {}


def _followed(request: _Request, control: RenderControl) -> tuple[Bytes, dict[str, object]]:
    """The picture with what is taken from its references, and what that was."""
    drawn, developed = _shares(request)
    references = [one.reference for one in request.references]
    cast = cast_of(request.words, request.references, request.balance, control)
    taken: dict[str, object] = {"followed": len(references), "balance": request.balance}
    if cast.words is not None:
        picture, subjects = staged(cast, request.words.prompt, references, request.balance, request.drawn_size(),
                                   request.seed, lambda share: control.progress(0.05 + (drawn - 0.05) * share))
        taken |= {"taken": ["palette", "composition", "subject"], "subjects": subjects}
        picture = _sized(picture, request)
    else:
        margin = 0.10 if max(request.drawn_size()) <= _MOST // 2 else 0.05
        linear = _draw(request, control, drawn, round(max(request.drawn_size()) * margin))
        margins = [(1 - side / full) / 2 for side, full in zip(request.drawn_size(), linear.shape[1::-1], strict=True)]
        finish = finish_of(request.words)
        linear, window = composed(linear, (margins[0], margins[1]), finish, references, request.balance,
                                  request.drawn_size(), request.seed)
        picture = follow(_develop(linear, request), references, request.balance)
        taken |= {"taken": ["palette", "composition"], "mirrored": window.mirrored,
                  "composed_like": round(window.likeness, 3)}
    if cast.notes:
        taken["notes"] = list(cast.notes)
    control.progress(developed)
    return picture, {"references": taken}


def _shares(request: _Request) -> tuple[float, float]:
    return _SHARES if finish_is_pointwise(finish_of(request.words)) else _SHARES_OF_PAINT


def _draw(request: _Request, control: RenderControl, end: float, margin: int = 0) -> Field:
    """Layers put over each other as they are made: a 4K picture never holds more than one of them. `margin` pixels more are
    drawn on every side. `end` is the progress when the last layer is there."""
    width, height = request.drawn_size()
    linear = np.zeros((height + 2 * margin, width + 2 * margin, 3), np.float32)
    usual = usual_layers(request.words)
    for at, layer in enumerate(stage_layers(request.words, width, height, request.seed, margin=margin)):
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
    return _sized(develop(linear, scene), request)


def _sized(picture: Bytes, request: _Request) -> Bytes:
    size = request.width, request.height
    if picture.shape[1::-1] == size:
        return picture
    way = cv2.INTER_AREA if picture.shape[1] > request.width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


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
