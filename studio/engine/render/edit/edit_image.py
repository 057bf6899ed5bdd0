"""image.edit: a picture changed by an instruction in words, and told what was done and what was not understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from PIL import Image

from studio.engine.render.edit import detail, frames, lettering, replacing, tones
from studio.engine.render.edit.picture import NothingFoundError, Picture
from studio.engine.render.edit.reading import Instructions, read_instructions
from studio.engine.render.edit.steps import Step, told
from studio.engine.render.matting import Bytes
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.sizes import LONG_SIDES, parse_ratio
from studio.engine.render.still import open_given, write_png
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask
from studio.engine.render.treatments.apply import treated

CAN_DO = (
    "brighter, darker, warmer, cooler, contrast, saturation, shadows, highlights, black and white, sepia, tint or change a "
    "colour, sharpen, denoise, blur (also only the background), vignette, film grain, remove or replace the background, "
    'replace the sky, crop, rotate, flip, straighten, resize, text "…", pixelate faces, and drawing styles such as cartoon, '
    "sketch or watercolour"
)
_POINTWISE: Mapping[str, Callable[[Bytes, Step], Bytes]] = {
    "brightness": tones.brightness,
    "contrast": tones.contrast,
    "saturation": tones.saturation,
    "warmth": tones.warmth,
    "shadows": tones.shadows,
    "highlights": tones.highlights,
    "grey": tones.grey,
    "tone": tones.tone,
    "grade": tones.grade,
    "tint": tones.tint,
    "balance": tones.balance,
    "enhance": tones.enhance,
    "dehaze": tones.dehaze,
    "hdr": tones.hdr,
    "invert": tones.invert,
    "posterize": tones.posterize,
    "solarize": tones.solarize,
    "thermal": tones.thermal,
    "recolour": tones.recolour,
    "splash": tones.splash,
}
_DETAIL: Mapping[str, Callable[[Picture, Step], Bytes]] = {
    "sharpness": detail.sharpness,
    "denoise": detail.denoise,
    "grain": detail.grain,
    "blur": detail.blur,
    "glow": detail.glow,
    "vignette": detail.vignette,
    "skin": detail.skin,
    "pixelate": detail.pixelate,
    "falling": detail.falling,
    "tiltshift": detail.tilt_shift,
    "leak": detail.leak,
    "fringe": detail.fringe,
    "glitch": detail.glitch,
    "emboss": detail.emboss,
    "redeye": detail.red_eye,
}
_WHOLE: Mapping[str, Callable[[Picture, Step], None]] = {
    "crop": frames.crop,
    "trim": frames.trim,
    "zoom": frames.zoom,
    "rotate": frames.rotate,
    "flip": frames.flip,
    "straighten": frames.straighten,
    "fisheye": frames.fisheye,
    "resize": frames.resize,
    "border": frames.border,
    "round": frames.round_corners,
    "cut": replacing.cut,
    "backdrop": replacing.replace_background,
    "sky": replacing.replace_sky,
    "text": lettering.letter,
}
# The order of work, whatever was said first: the frame, then what lies behind, noise, light and colour, sharpness, drawing,
# and what lies on top of all. "resize" stands behind the frame so that grain and letters are made for the final size.
_FRAME = ("rotate", "flip", "straighten", "trim", "zoom", "crop", "fisheye")
_RANK = {
    name: rank
    for rank, names in enumerate(
        (
            _FRAME,
            ("resize",),
            ("denoise", "redeye"),
            ("cut", "backdrop", "sky"),
            ("balance", "enhance", "dehaze", "hdr"),
            ("recolour", "splash"),
            (),
            ("style",),
            ("falling", "leak", "fringe", "glitch"),
            ("vignette",),
            ("grain",),
            ("border", "round"),
            ("text",),
        )
    )
    for name in names
}
_USUAL_RANK = 6


def render_edit(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Change the picture as the prompt says and write it as 8-bit sRGB PNG (with alpha where there is transparency).

    `extra`: `applied` and `not_understood`, both lists of words; also what could not be done with this picture (no face, no
    sky), with the reason. Raises RenderRefusedError naming the field: a file that is no picture (image_url), a prompt in
    which nothing is understood or nothing can be done (prompt), a shape or size that is none (aspect_ratio, resolution).
    """
    given = task.input
    prompt = str(given.get("prompt") or "").strip()
    instructions = read_instructions(prompt)
    framing = given.get("aspect_ratio") is not None or given.get("resolution") is not None
    if not instructions.steps and not (framing and not prompt):
        raise RenderRefusedError(_not_understood(prompt), "prompt")
    seed = given.get("seed")
    picture = _open(
        task, str(given["image_url"]), int(cast(int, seed)) if seed is not None else stable_seed(prompt), control
    )
    control.progress(0.05)
    applied, failed = _edit(picture, instructions, given, control)
    if not applied:
        raise RenderRefusedError(
            f"Nothing could be done with this picture: {'; '.join(failed)}. Choose another picture or another instruction.",
            "prompt",
        )
    pixels = picture.rgb if picture.alpha is None else np.dstack([picture.rgb, picture.alpha])
    path = write_png(Image.fromarray(pixels), task.path, control)
    control.progress(1.0)
    extra: dict[str, object] = {"applied": applied, "not_understood": [*instructions.unknown, *failed]}
    if instructions.left:
        extra["left_alone"] = list(instructions.left)
    return RenderOutput("image", (str(path),), picture.columns, picture.rows, None, extra)


def _not_understood(prompt: str) -> str:
    if not prompt:
        return f"The prompt is empty. Say what to change: {CAN_DO}."
    return f"Nothing in “{prompt[:80]}” was understood. This engine can do: {CAN_DO}."


def _open(task: RenderTask, url: str, seed: int, control: RenderControl) -> Picture:
    """The picture upright and in sRGB, at most 4096 pixels a side."""
    with open_given(task, url, "image_url") as image:
        if max(image.size) > frames.LARGEST:
            image.thumbnail((frames.LARGEST, frames.LARGEST), Image.Resampling.LANCZOS)
        alpha = np.asarray(image.getchannel("A"), np.uint8) if image.mode == "RGBA" else None
        rgb = np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8))
    if alpha is not None and alpha.min() == 255:
        alpha = None
    return Picture(rgb, alpha, seed, control.check)


def _edit(
    picture: Picture, instructions: Instructions, given: Mapping[str, object], control: RenderControl
) -> tuple[list[str], list[str]]:
    """(what was done, what was not and why), in words, in the order they were asked for."""
    steps = sorted(instructions.steps, key=lambda step: _RANK.get(step.operation, _USUAL_RANK))
    framed = False
    done: dict[Step, str] = {}
    failed: list[str] = []
    reframed: list[str] = []
    for number, step in enumerate(steps):
        if not framed and _RANK.get(step.operation, _USUAL_RANK) > _RANK["crop"]:
            reframed, framed = _frame(picture, given), True
        try:
            _apply(picture, step)
        except NothingFoundError as error:
            failed.append(f"{step.words or step.operation}: {error}")
        else:
            done[step] = told(step)
        control.progress(0.05 + 0.87 * (number + 1) / len(steps))
    if not framed:
        reframed = _frame(picture, given)
    return [done[step] for step in instructions.steps if step in done] + reframed, failed


def _frame(picture: Picture, given: Mapping[str, object]) -> list[str]:
    """The form's own aspect_ratio and resolution."""
    told_words = []
    ratio, resolution = given.get("aspect_ratio"), given.get("resolution")
    if ratio is not None:
        try:
            frames.crop_to_ratio(picture, parse_ratio(str(ratio)))
        except ValueError as error:
            raise RenderRefusedError(str(error), "aspect_ratio") from error
        told_words.append(f"framed {ratio}")
    if resolution is not None:
        long = LONG_SIDES.get(str(resolution).lower())
        if long is None:
            raise RenderRefusedError(f"“{resolution}” is no resolution known here; known are 1K, 2K, 4K.", "resolution")
        factor = long / max(picture.rows, picture.columns)
        frames.resize_to(picture, max(1, round(picture.columns * factor)), max(1, round(picture.rows * factor)))
        told_words.append(f"resolution {resolution}")
    return told_words


def _apply(picture: Picture, step: Step) -> None:
    if step.operation in _WHOLE:
        _WHOLE[step.operation](picture, step)
    elif step.operation == "style":
        picture.put(treated(picture.rgb, step.value, picture.seed, lambda share: picture.check()).rgb, step.region)
    elif step.operation in _POINTWISE:
        picture.put(_POINTWISE[step.operation](picture.rgb, step), step.region)
    elif step.operation == "fog":
        picture.put(detail.fog(picture, step) if step.amount > 0 else tones.dehaze(picture.rgb, step), step.region)
    else:
        picture.put(_DETAIL[step.operation](picture, step), step.region)
