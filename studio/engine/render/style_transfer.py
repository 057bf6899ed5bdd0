"""style.transfer: a photo drawn anew in a preset's style or one in own words; the person on it stays who it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from PIL import Image

from studio.contracts.canvas.style import STYLES
from studio.engine.render.edit import tones
from studio.engine.render.edit.reading import read_instructions
from studio.engine.render.edit.steps import Step, told
from studio.engine.render.edit.vocabulary import COLOURS, STYLE_PHRASES
from studio.engine.render.matting import Bytes
from studio.engine.render.scene.words import read_prompt, stable_seed
from studio.engine.render.sizes import short_side_size
from studio.engine.render.still import open_given, write_png
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.engine.render.treatments.apply import TREATMENTS, treated

DEFAULT_STYLE = "watercolour"
_MOST_PIXELS = 4096 * 4096
_LONGEST = 8.0  # a longer strip than 8:1 is refused, as everywhere else
# What the scene painter's style words are among the treatments.
_OF_PAINTER = {
    "watercolour": "watercolour",
    "oil": "oil painting",
    "pencil": "pencil sketch",
    "noir": "noir",
    "neon": "neon",
    "film": "vintage film",
    "flat": "comic",
    "pastel": "pastel",
    "sepia": "sepia",
}
_MOODS = {"dark": "noir", "dramatic": "noir", "joyful": "pop art", "dreamy": "pastel"}
_GRADED = ("brightness", "contrast", "saturation", "warmth")


@dataclass(frozen=True, slots=True)
class Wish:
    """`style`: the treatment. `grades`: changes of light and colour said beside it. `note`: what was chosen for the person,
    or None where the style was named."""

    style: str
    grades: tuple[Step, ...] = ()
    note: str | None = None


def render_style(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Draw the photo in the style and write it as PNG; its shape stays, its short side is that of `resolution`.

    `extra`: `style` as it was understood, `faces` found and kept, `applied` changes of colour, `note` where the words name
    no known style. Raises RenderRefusedError naming image_url or resolution."""
    given = task.input
    wish = read_style(str(given.get("style") or ""))
    photo = _open(task, str(given["image_url"]), str(given.get("resolution") or "1080p"))
    control.progress(0.05)
    seed = given.get("seed")
    number = int(cast(int, seed)) if seed is not None else stable_seed(wish.style)
    result = treated(photo, wish.style, number, lambda share: control.progress(0.05 + 0.85 * share))
    picture = result.rgb
    for step in wish.grades:
        picture = {
            "brightness": tones.brightness,
            "contrast": tones.contrast,
            "saturation": tones.saturation,
            "warmth": tones.warmth,
            "tint": tones.tint,
        }[step.operation](picture, step)
        control.check()
    path = write_png(Image.fromarray(picture), task.path, control)
    control.progress(1.0)
    extra: dict[str, object] = {
        "style": wish.style,
        "faces": len(result.faces),
        "applied": [told(step) for step in wish.grades],
    }
    if wish.note:
        extra["note"] = wish.note
    return RenderOutput("image", (str(path),), int(picture.shape[1]), int(picture.shape[0]), None, extra)


def read_style(words: str) -> Wish:
    """The treatment that a preset's name or own words come nearest to."""
    said = " ".join(words.lower().split())
    if not said:
        return Wish(DEFAULT_STYLE, note=f"No style was named: {DEFAULT_STYLE} was taken.")
    if said in STYLES:
        return Wish(said)
    found = [
        (match.start(), -len(match[0]), style)
        for pattern, style in (*((re.escape(name), name) for name in STYLES), *STYLE_PHRASES)
        if (match := re.search(rf"\b(?:{pattern})\b", said))
    ]
    grades = _grades(said)
    if found:
        return Wish(min(found)[2], grades)
    scene = read_prompt("photo", style=said)
    if scene.style != "natural" and scene.style in _OF_PAINTER:
        return Wish(_OF_PAINTER[scene.style], grades)
    mood = read_prompt(said)
    style = _MOODS.get(mood.mood) or (
        "neon" if mood.time == "night" else list(TREATMENTS)[stable_seed(said) % len(TREATMENTS)]
    )
    known = ", ".join(STYLES)
    return Wish(style, grades, f"“{words.strip()[:80]}” names no style known here: {style} was taken. Known are {known}.")


def _grades(said: str) -> tuple[Step, ...]:
    """Light and colour words beside the style: "watercolour, brighter, warm colours, in blue"."""
    steps = [step for step in read_instructions(said).steps if step.operation in _GRADED and not step.region]
    named = next((word for word in COLOURS if re.search(rf"\b(?:in|of|with|mostly|all) (?:\w+ )?{word}\b", said)), None)
    if named and named not in ("white", "black", "grey", "gray"):
        steps.append(Step("tint", 1.0, named))
    return tuple(steps)


def _open(task: RenderTask, url: str, resolution: str) -> Bytes:
    """The photo in the size of the result, transparency over white."""
    with open_given(task, url, "image_url") as image:
        width, height = image.size
        if not 1 / _LONGEST <= width / height <= _LONGEST:
            raise RenderRefusedError(
                f"The picture is {width} × {height} pixels, too long and thin; the limit is 8:1. Crop it first.", "image_url"
            )
        try:
            size = short_side_size(resolution, f"{width}:{height}")
        except ValueError as error:
            raise RenderRefusedError(str(error), "resolution") from error
        factor = min(1.0, (_MOST_PIXELS / (size[0] * size[1])) ** 0.5)
        size = max(2, round(size[0] * factor / 2) * 2), max(2, round(size[1] * factor / 2) * 2)
        flat = Image.new("RGB", image.size, (255, 255, 255))
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    smaller = size[0] * size[1] < width * height
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(np.asarray(flat, np.uint8), size, interpolation=way), np.uint8)
