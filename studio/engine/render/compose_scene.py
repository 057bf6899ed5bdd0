"""scene.compose: the subjects of two or three photos together in one scene, drawn from a preset or own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from PIL import Image

from studio.engine.render.composite.blending import Light, figure, put
from studio.engine.render.composite.staging import Ground, place
from studio.engine.render.composite.wishes import read_wishes
from studio.engine.render.cutout import Cutout, cut_out
from studio.engine.render.drawn_scene import DrawnScene, backdrop, draw_scene, without_figures
from studio.engine.render.edit.vocabulary import COLOURS
from studio.engine.render.harmony import over
from studio.engine.render.matting import Bytes, Map
from studio.engine.render.scene.words import SceneWords, read_prompt, stable_seed
from studio.engine.render.sizes import short_side_size
from studio.engine.render.still import open_given, write_png
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

_PHOTO_SIDE = 2400  # more of a photo than the largest frame shows is not needed
_PRESETS = {
    "beach": "sandy beach by the sea, sunny day",
    "city": "city street by day",
    "forest": "forest, soft morning light",
    "mountains": "mountain meadow before snow-capped peaks, clear day",
    "park": "park meadow with trees, sunny day",
    "desert": "sand dunes in the desert, late afternoon",
    "living room": "living room with a sofa, daylight",
    "night sky": "meadow at night under the milky way, stars",
    "snow": "snowy field in winter, clear day",
}
_STUDIO = re.compile(r"\b(?:photo )?studio\b|\bbackdrop\b|\bseamless\b|\b(?:plain|solid|gradient)\b")
_PAPER = "#dcd8d1"


@dataclass(frozen=True, slots=True)
class _Set:
    """Where the subjects are put: the picture, its ground and light, what stands in front, and how it was understood."""

    rgb: Bytes
    ground: Ground
    light: Light
    front: tuple[Bytes, Map] | None
    told: dict[str, object]


def render_scene(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Compose the picture (16:9, its short side that of `resolution`) and write it as PNG.

    `extra`: `subjects` (which were found, how, and where they stand), `scene` as it was understood. The same input gives the
    same bytes. Raises RenderRefusedError naming images (no picture, or nothing stands out in one) or resolution.
    """
    given = task.input
    urls = [str(url) for url in cast("Sequence[str]", given.get("images") or ())]
    if not 2 <= len(urls) <= 3:
        raise RenderRefusedError("Two or three pictures are brought together: give as many.", "images")
    try:
        width, height = short_side_size(str(given.get("resolution") or "1080p"), "16:9")
    except ValueError as error:
        raise RenderRefusedError(str(error), "resolution") from error
    words = str(given.get("scene") or "").strip()
    seed = given.get("seed")
    number = int(cast(int, seed)) if seed is not None else stable_seed(words or "studio")
    cutouts = []
    for at, url in enumerate(urls):
        cutouts.append(_cut_out(task, url, at, control))
        control.progress(0.35 * (at + 1) / len(urls))
    wishes, understood = read_wishes(words, [cutout.kind for cutout in cutouts])
    stage = _set(words, understood, width, height, number, control)
    picture = stage.rgb
    placements = place(cutouts, wishes, stage.ground, width, height)
    for at, placement in enumerate(placements):
        put(picture, figure(cutouts[placement.number], placement, width), placement, stage.light, min(width, height) / 1000)
        control.progress(0.75 + 0.15 * (at + 1) / len(placements))
    if stage.front is not None:
        before, covering = stage.front
        picture = over(picture, before, covering)
    path = write_png(Image.fromarray(_grained(picture, number)), task.path, control)
    control.progress(1.0)
    subjects = [
        {
            "picture": placement.number + 1,
            "kind": cutouts[placement.number].kind,
            "found_by": cutouts[placement.number].found_by,
            "side": _side(placement.left + placement.width / 2, width),
            "place": {-1: "behind", 0: "", 1: "in front"}[placement.depth]
            or ("standing" if placement.grounded else "cut by the frame"),
        }
        for placement in sorted(placements, key=lambda one: one.number)
    ]
    return RenderOutput("image", (str(path),), width, height, None, {"subjects": subjects, "scene": stage.told})


def _side(x: float, width: int) -> str:
    return "left" if x < width * 0.4 else "right" if x > width * 0.6 else "middle"


def _cut_out(task: RenderTask, url: str, at: int, control: RenderControl) -> Cutout:
    with open_given(task, url, "images", f"Picture {at + 1}") as image:
        image.thumbnail((_PHOTO_SIDE, _PHOTO_SIDE), Image.Resampling.LANCZOS)
        alpha = np.asarray(image.getchannel("A"), np.uint8) if image.mode == "RGBA" else None
        rgb = np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8))
    found = cut_out(rgb, alpha, check=control.check)
    if found is None:
        raise RenderRefusedError(
            f"In picture {at + 1} no subject stands out from its background. Choose a picture with a clear "
            "subject, or one that is cut out already (PNG with transparency).",
            "images",
        )
    return found


def _set(words: str, understood: Sequence[str], width: int, height: int, seed: int, control: RenderControl) -> _Set:
    """The scene: a studio backdrop where none is named, else drawn."""
    said = words.lower()
    for clause in understood:
        said = said.replace(clause, " ")
    said = said.strip(" ,.;")
    if not said or said == "studio" or _STUDIO.search(said):
        colour = next((code for name, code in COLOURS.items() if re.search(rf"\b{name}\b", said)), _PAPER)
        values = int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
        paper = backdrop(width, height, (float(values[0]), float(values[1]), float(values[2])))
        return _Set(paper, Ground(0.45, 0.90, 0.62), Light(-1.0, 0.12, 0.0, 0.45), None, {"place": "studio"})
    read = without_figures(read_prompt(_PRESETS.get(said, said)))
    drawn = draw_scene(read, width, height, seed, lambda share: control.progress(0.35 + 0.4 * share))
    unit = min(width, height)
    ground = Ground(
        min(drawn.horizon * unit / height, 0.7), drawn.land.foot * unit / height, drawn.land.person * unit / height
    )
    front = (drawn.rgb, drawn.front) if float(drawn.front.max()) > 0 else None
    return _Set(_focused(drawn, ground), ground, _light(drawn), front, _told(read))


def _light(drawn: DrawnScene) -> Light:
    light = drawn.light
    sunny = (
        drawn.words.weather in ("clear", "snow")
        and not light.dark
        and drawn.words.place not in ("forest", "room", "underwater", "space")
    )
    return Light(light.side, 0.75 if sunny else 0.12, 1.0 if light.source_y < 0.4 else 0.2)


def _focused(drawn: DrawnScene, ground: Ground) -> Bytes:
    """The lens is focused on the subjects: what lies far behind them is a little soft."""
    rows, columns = drawn.rgb.shape[:2]
    unit = min(rows, columns) / 1000
    soft = cv2.GaussianBlur(drawn.rgb, (0, 0), max(0.6, 2.6 * unit))
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    share = np.clip((ground.foot - y) / max(ground.foot - ground.horizon, 0.05), 0, 1)
    out = np.empty_like(drawn.rgb)
    for top in range(0, rows, 512):
        part = slice(top, top + 512)
        out[part] = (drawn.rgb[part] * (1 - share[part]) + soft[part] * share[part] + 0.5).astype(np.uint8)
    return out


def _grained(picture: Bytes, seed: int) -> Bytes:
    """One grain over all, so that photo and drawing are of one piece."""
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 99])
    tile = rng.normal(0, 1.7, (512, 512, 1)).astype(np.float32)
    for top in range(0, picture.shape[0], 512):
        for left in range(0, picture.shape[1], 512):
            part = picture[top : top + 512, left : left + 512]
            part[:] = np.clip(part + tile[: part.shape[0], : part.shape[1]] + 0.5, 0, 255).astype(np.uint8)
    return picture


def _told(words: SceneWords) -> dict[str, object]:
    return {"place": words.place, "time": words.time, "weather": words.weather, "season": words.season, "style": words.style}
