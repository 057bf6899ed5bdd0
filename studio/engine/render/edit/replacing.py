"""Operations that replace what is behind: transparent background, another background, another sky."""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np

from studio.engine.render.drawn_scene import backdrop, draw_scene, draw_sky, without_figures
from studio.engine.render.edit.picture import Picture
from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS
from studio.engine.render.harmony import harmonized, over, statistics
from studio.engine.render.matting import Bytes, Map
from studio.engine.render.scene.words import read_prompt

_SMALLEST = 16


def cut(picture: Picture, _: Step) -> None:
    """Only the subject stays; the rest is transparent."""
    found = picture.subject()
    picture.rgb = found.colours
    picture.alpha = np.clip(found.alpha * 255 + 0.5, 0, 255).astype(np.uint8)


def replace_background(picture: Picture, step: Step) -> None:
    """A plain colour, a studio's gradient, or a drawn scene behind the subject, which takes some of its light."""
    found = picture.subject()
    behind, light = _behind(picture, step.value)
    subject = harmonized(found.colours, found.alpha, behind, strength=light) if light else found.colours
    rgb = over(behind, subject, found.alpha)
    picture.rgb, picture.alpha = rgb, None


def _behind(picture: Picture, words: str) -> tuple[Bytes, float]:
    """(the new background, how much its light changes the subject)."""
    colour = next((code for name, code in COLOURS.items() if re.search(rf"\b{name}\b", words)), None)
    plain = re.fullmatch(
        rf"(?:plain |solid |pure |flat |soft |bright |dark |light |simple )*(?:{'|'.join(COLOURS)})?(?: |"
        rf"colou?r|background|gradient|"
        r"studio|backdrop|paper|wall|solid|plain)*",
        words.strip(),
    )
    if plain and (colour or "studio" in words or "gradient" in words):
        values = [int((colour or "#b9bcc2")[at : at + 2], 16) for at in (1, 3, 5)]
        if re.search(r"\b(?:studio|gradient|soft|backdrop|paper|wall)\b", words) or colour is None:
            return backdrop(picture.columns, picture.rows, (values[0], values[1], values[2]), floor=1.0), 0.4
        return np.full((picture.rows, picture.columns, 3), values, np.uint8), 0.0
    size = max(_SMALLEST, picture.columns), max(_SMALLEST, picture.rows)
    drawn = draw_scene(without_figures(read_prompt(words)), *size, picture.seed, lambda share: picture.check())
    scene = np.ascontiguousarray(drawn.rgb[: picture.rows, : picture.columns])
    soft = cv2.GaussianBlur(scene, (0, 0), max(0.8, 2.2 * picture.unit))  # the lens is focused on the subject
    return np.asarray(soft, np.uint8), 0.8


def replace_sky(picture: Picture, step: Step) -> None:
    """A drawn sky; what stands before it takes a little of its colour, more near the horizon."""
    sky = picture.sky()
    filled = np.flatnonzero(sky.mean(axis=1) > 0.15)
    foot = float(filled.max() + 1) / picture.rows if filled.size else 0.6
    size = max(_SMALLEST, picture.columns), max(_SMALLEST, picture.rows)
    words = without_figures(read_prompt(f"{step.value} sky over a meadow"))
    if re.search(r"\b(?:dramatic|clouds?|cloudy)\b", step.value) and words.weather == "clear":
        words = replace(words, weather="cloudy")
    drawn = draw_sky(words, *size, picture.seed, foot)[: picture.rows, : picture.columns]
    land: Map = np.asarray(1 - sky, np.float32)
    old, new = statistics(picture.rgb, sky), statistics(drawn, sky)
    darker = float(np.clip((new[0][0] - old[0][0]) / 60, -1, 0.25))
    relit = harmonized(picture.rgb, land, np.ascontiguousarray(drawn), strength=0.5 + 0.5 * abs(darker), where=sky)
    picture.rgb = over(relit, np.ascontiguousarray(drawn), sky)
