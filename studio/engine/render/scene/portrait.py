"""A person seen close: head and shoulders in front of the place, which is out of focus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Colour, rgb, smooth
from studio.engine.render.scene.costumes import helmet_bust
from studio.engine.render.scene.forms import Form, Place, draw_forms
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.people import COATS, HAIR, SKIN
from studio.engine.render.scene.stage import Stage
from studio.engine.render.scene.vocabulary import COLOURS
from studio.engine.render.scene.words import SceneWords, Subject

_HAIRS = {
    "red": "#8f3a1c",
    "ginger": "#a8481e",
    "blonde": "#c9a25c",
    "blond": "#c9a25c",
    "golden": "#c9a25c",
    "white": "#dcd8d0",
    "grey": "#98948e",
    "gray": "#98948e",
    "silver": "#c4c4c8",
    "black": "#17130f",
    "dark": "#1f1712",
    "brown": "#4a2e1a",
    "auburn": "#6d2f1a",
    "pink": "#d87fa8",
    "blue": "#3f64b8",
    "green": "#3f8a5c",
    "purple": "#7a4ab0",
}
_DEFOCUS = 0.011  # units


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a face is drawn from. Colours are albedos."""

    skin: Colour
    hair: Colour
    coat: Colour
    woman: bool
    old: bool
    child: bool
    beard: bool
    hat: bool


def is_portrait(words: SceneWords) -> bool:
    """Whether the prompt asks for one or two persons seen close."""
    return words.has("closeup") and any(s.kind == "person" and s.count <= 2 for s in words.subjects)


def portrait(stage: Stage, backdrop: Iterable[Layer]) -> Iterator[Layer]:
    """The place out of focus, and before it the person's head and shoulders."""
    at, subject = next((i, s) for i, s in enumerate(stage.words.subjects) if s.kind == "person")
    stage.performed.add(at)
    sigma = max(_DEFOCUS * stage.canvas.scale, 0.6)
    for layer in backdrop:
        soft = cv2.GaussianBlur(layer.pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        yield replace(layer, pixels=np.asarray(soft, np.float32), depth=layer.depth * 0.7)
    yield from _busts(stage, subject)


def _busts(stage: Stage, subject: Subject) -> Iterator[Layer]:
    rng, light = stage.rng("portrait"), stage.light
    number = min(subject.count, 2)
    size = 0.178 * min(stage.high, 1.25 * stage.wide) * (1.0 if number == 1 else 0.82)
    places = []
    for index in range(number):
        looks = _looks(stage, subject, rng, index)
        form = helmet_bust() if subject.word in {"astronaut", "astronauts", "cosmonaut"} else _bust(looks)
        shift = -0.045 * light.side if number == 1 else (index - 0.5) * 0.52
        foot = stage.high * (0.445 + 0.03 * index) + (0.05 * size if looks.hat else 0.0)
        places.append((form, Place(stage.wide / 2 + shift, foot, size * (0.9 if looks.child else 1.0), light.side < 0)))
    fill = np.maximum(stage.lamp_fill, light.ambient * np.float32(0.10)) + _portrait_lamp(stage)
    near = replace(light, ambient=light.ambient * np.float32(1.25), key=light.key * np.float32(1.1))
    solid, _ = draw_forms(stage.canvas, places, near, 0.02 + 0.10 * light.haze_density, fill)
    x = stage.canvas.xs()[None, :] - np.float32(stage.wide / 2)
    # Light wraps around the head and the shoulders: brighter on the source's side.
    solid[..., :3] *= (0.78 + 0.40 * smooth(-2.0 * size, 2.0 * size, x * light.side))[..., None]
    yield stage.layer("portrait", solid, 0.8, Motion.STILL)


def _portrait_lamp(stage: Stage) -> Colour:
    """A lamp on the face where the hour gives none: a portrait is not taken in the dark. Signs lend it their colour."""
    strength = {"night": 0.30, "blue": 0.20, "dusk": 0.12, "dawn": 0.05}.get(stage.light.time, 0.0)
    code = "#f3a6c9" if stage.words.style == "neon" or stage.words.has("neon") else "#ffd9b0"
    return rgb(code) * np.float32(strength)


def _looks(stage: Stage, subject: Subject, rng: np.random.Generator, index: int) -> _Looks:
    words, prompt = stage.words, stage.words.prompt.lower()
    woman = words.has("skirt") and not (index == 1 and " man" in prompt)
    old = re.search(r"\b(?:old|elderly|aged|wrinkled|weathered|grand(?:mother|father))\b", prompt) is not None
    child = words.has("child")
    named = re.search(r"\b(\w+)[ -]hair", prompt)
    other = re.search(r"\b(blonde?|redhead|ginger|brunette)\b", prompt)
    word = named[1] if named else {"redhead": "red", "brunette": "brown"}.get(other[1], other[1]) if other else ""
    code = _HAIRS.get(word, "")
    hair = rgb(code or ("#cfcac2" if old else HAIR[int(rng.integers(3))]))
    skin = rgb(SKIN[int(rng.integers(len(SKIN)))])
    coat = rgb(COLOURS[subject.colour]) if subject.colour else rgb(COATS[int(rng.integers(len(COATS)))])
    beard = (
        not woman and not child and (old or re.search(r"\bbeard|fisherman|wizard|viking|pirate|sailor", prompt) is not None)
    )
    return _Looks(skin, hair, coat, woman, old, child, beard, words.has("hat"))


def _bust(looks: _Looks) -> Form:
    """Head and shoulders in a measure of their own: the face is 1.5 wide, its middle at (0, 0), facing right."""
    form = Form()
    if looks.woman:
        _long_hair(form, looks.hair)
    _shoulders(form, looks)
    _head(form, looks)
    _features(form, looks)
    if looks.beard:
        _beard(form, looks.hair)
    if looks.hat:
        _cap(form, looks)
    else:
        _hair_on_top(form, looks)
    return form


def _long_hair(form: Form, hair: Colour) -> None:
    form.blob(
        [
            (-0.2, -1.22),
            (-0.95, -0.85),
            (-1.12, 0.1),
            (-1.25, 1.2),
            (-0.95, 2.0),
            (0.1, 1.6),
            (0.86, 1.95),
            (1.02, 1.1),
            (0.92, 0.1),
            (0.85, -0.8),
            (0.3, -1.2),
        ],
        hair * np.float32(0.6),
    )


def _shoulders(form: Form, looks: _Looks) -> None:
    """Neck, coat with its collar, a shirt or scarf between."""
    wide = 0.86 if looks.woman or looks.child else 1.0
    coat, skin = looks.coat, looks.skin
    form.blob(
        [
            (-0.42 * wide, 1.25),
            (-1.5 * wide, 1.72),
            (-2.15 * wide, 2.5),
            (-2.35 * wide, 4.8),
            (2.35 * wide, 4.8),
            (2.1 * wide, 2.5),
            (1.5 * wide, 1.72),
            (0.45 * wide, 1.25),
        ],
        coat,
    )
    form.blob(
        [(-0.5 * wide, 1.3), (-1.5 * wide, 1.75), (-2.15 * wide, 2.5), (-2.35 * wide, 4.8), (-0.9 * wide, 4.8), (-0.7, 2.6)],
        coat * np.float32(0.66),
    )
    form.fill([(-0.40, 0.5), (-0.46, 1.55), (0.0, 2.05), (0.48, 1.5), (0.42, 0.5)], skin * np.float32(0.78))
    form.blob([(-0.42, 0.75), (-0.40, 1.25), (0.1, 1.30), (0.44, 1.0), (0.40, 0.8)], skin * np.float32(0.55))
    inner = coat * np.float32(0.45) if looks.woman else rgb("#d9d2c4")
    form.fill([(-0.52, 1.35), (0.02, 2.15), (0.55, 1.32), (0.75, 4.8), (-0.6, 4.8)], inner)
    for way, tone in ((-1, 0.85), (1, 1.22)):
        form.fill(
            [
                (way * 0.46, 1.02),
                (way * 0.98, 1.52),
                (way * 0.72, 2.75),
                (way * 0.05, 4.6),
                (way * 0.10, 2.15),
                (way * 0.56, 1.42),
            ],
            coat * np.float32(tone),
        )
        form.limb((way * 0.98, 1.55), (way * 0.30, 3.6), 0.03, 0.03, coat * np.float32(0.5))


def _head(form: Form, looks: _Looks) -> None:
    """Ears, the face's outline, and the tones that make it round: a shaded side, cheek, brow and chin."""
    skin, soft = looks.skin, 0.08 if looks.woman or looks.child else 0.0
    form.disc(-0.74, 0.08, 0.13, skin * np.float32(0.62), 0.22)
    outline = [
        (-0.70, -0.55),
        (-0.76, 0.05),
        (-0.66 + soft, 0.55),
        (-0.36 + soft, 0.98),
        (0.06, 1.10),
        (0.40 - soft, 0.96),
        (0.66 - soft, 0.52),
        (0.74, 0.02),
        (0.68, -0.55),
        (0.32, -0.98),
        (-0.34, -1.0),
    ]
    form.blob(outline, skin * np.float32(1.04))
    form.blob(
        [
            (-0.70, -0.6),
            (-0.76, 0.05),
            (-0.66 + soft, 0.55),
            (-0.36 + soft, 0.98),
            (0.0, 1.09),
            (-0.12, 0.80),
            (-0.34, 0.50),
            (-0.42, 0.05),
            (-0.40, -0.6),
            (-0.50, -0.9),
        ],
        skin * np.float32(0.76),
    )
    form.blob(
        [(0.20, 0.16), (0.52, 0.10), (0.60, 0.34), (0.38, 0.50), (0.18, 0.40)],
        skin * np.array([1.14, 1.0, 0.96], np.float32),
    )
    form.blob([(-0.30, -0.80), (0.34, -0.82), (0.50, -0.50), (0.10, -0.40), (-0.26, -0.52)], skin * np.float32(1.10))
    if looks.old:
        for y in (-0.62, -0.50):
            form.limb((-0.26, y), (0.44, y - 0.02), 0.020, 0.012, skin * np.float32(0.72))
        for x, lean in ((-0.40, -0.10), (0.58, 0.08)):
            form.limb((x - lean, 0.28), (x + lean * 0.2, 0.62), 0.022, 0.012, skin * np.float32(0.66))


def _features(form: Form, looks: _Looks) -> None:
    """Eyes under their brows, the nose, the mouth."""
    skin, dark = looks.skin, looks.hair * np.float32(0.55)
    lash = rgb("#1c120d")
    for x, wide in ((-0.24, 0.150), (0.40, 0.130)):
        form.disc(x, -0.06, wide * 1.35, skin * np.float32(0.70), 0.14)
        form.blob([(x - wide, -0.03), (x, -0.13), (x + wide, -0.04), (x, 0.03)], "#e9e2d8", 2)
        form.disc(x + 0.03, -0.05, 0.062, "#3d2c1e", 0.068)
        form.disc(x + 0.03, -0.05, 0.030, "#0c0908")
        form.disc(x + 0.055, -0.085, 0.016, "#ffffff")
        form.chain([(x - wide, -0.04), (x - wide * 0.2, -0.145), (x + wide, -0.06)], [0.020, 0.045, 0.020], lash)
        form.chain(
            [(x - wide * 1.25, -0.24), (x, -0.32), (x + wide * 1.2, -0.24)],
            [0.03, 0.055 if looks.woman else 0.085, 0.03],
            dark,
        )
    form.fill([(0.10, -0.12), (0.17, -0.10), (0.30, 0.36), (0.10, 0.42), (0.02, 0.33)], skin * np.float32(0.80))
    form.blob([(0.12, 0.0), (0.20, 0.02), (0.31, 0.33), (0.22, 0.40), (0.13, 0.34)], skin * np.float32(1.16), 2)
    form.chain([(0.0, 0.37), (0.13, 0.43), (0.28, 0.38)], [0.030, 0.042, 0.025], skin * np.float32(0.45))
    lip = skin * np.array([0.92, 0.52, 0.52] if looks.woman else [0.80, 0.60, 0.58], np.float32)
    form.blob(
        [(-0.13, 0.66), (0.04, 0.60), (0.13, 0.625), (0.22, 0.60), (0.37, 0.655), (0.13, 0.69)], lip * np.float32(0.78), 2
    )
    form.blob([(-0.10, 0.67), (0.13, 0.69), (0.34, 0.665), (0.20, 0.775), (0.04, 0.78)], lip * np.float32(1.1), 2)
    form.chain([(-0.15, 0.655), (0.13, 0.690), (0.38, 0.650)], [0.018, 0.026, 0.016], skin * np.float32(0.28))


def _beard(form: Form, hair: Colour) -> None:
    """A full beard in locks, a moustache over the lip."""
    form.blob(
        [
            (-0.74, 0.02),
            (-0.80, 0.62),
            (-0.62, 1.20),
            (-0.14, 1.62),
            (0.30, 1.52),
            (0.62, 1.08),
            (0.74, 0.5),
            (0.70, 0.06),
            (0.58, 0.46),
            (0.44, 0.56),
            (-0.16, 0.58),
            (-0.46, 0.46),
            (-0.58, 0.1),
        ],
        hair * np.float32(0.72),
    )
    for at, (x, tone) in enumerate(((-0.48, 0.76), (-0.30, 0.80), (-0.08, 0.88), (0.16, 1.04), (0.38, 1.0), (0.52, 0.88))):
        form.blob(
            [(x - 0.10, 0.62), (x - 0.13, 1.0), (x, 1.44 - 0.5 * abs(x - 0.1)), (x + 0.10, 0.98), (x + 0.09, 0.62)],
            hair * np.float32(tone * (1.0 if at % 2 else 0.96)),
            2,
        )
    for way, tone in ((-1, 0.9), (1, 1.15)):
        form.blob(
            [(0.13, 0.50), (0.13 + way * 0.20, 0.50), (0.13 + way * 0.36, 0.72), (0.13 + way * 0.16, 0.66), (0.13, 0.60)],
            hair * np.float32(tone),
            2,
        )
    form.blob([(0.0, 0.70), (0.26, 0.70), (0.20, 0.76), (0.06, 0.76)], "#6d3a34", 2)


def _hair_on_top(form: Form, looks: _Looks) -> None:
    """The hair that frames the face, with a few lit strands."""
    hair = looks.hair
    if looks.woman:
        form.blob(
            [
                (0.18, -1.02),
                (-0.30, -0.86),
                (-0.62, -0.30),
                (-0.72, 0.70),
                (-1.05, 1.5),
                (-1.10, 0.2),
                (-0.98, -0.75),
                (-0.30, -1.26),
                (0.40, -1.22),
            ],
            hair,
        )
        form.blob(
            [
                (0.10, -1.04),
                (0.50, -0.80),
                (0.68, -0.30),
                (0.74, 0.6),
                (0.95, 1.3),
                (0.98, 0.1),
                (0.90, -0.75),
                (0.4, -1.24),
            ],
            hair * np.float32(1.15),
        )
        for x0, y0, x1, y1 in ((-0.60, -0.9, -0.92, 0.9), (-0.40, -1.05, -0.80, 0.3), (0.66, -0.85, 0.88, 0.7)):
            form.chain([(x0, y0), (x1 + 0.06, (y0 + y1) / 2), (x1, y1)], [0.02, 0.05, 0.01], hair * np.float32(1.5))
        return
    form.blob(
        [
            (-0.76, 0.10),
            (-0.86, -0.45),
            (-0.62, -1.05),
            (0.0, -1.28),
            (0.56, -1.10),
            (0.80, -0.55),
            (0.74, -0.20),
            (0.62, -0.58),
            (0.30, -0.78),
            (-0.20, -0.72),
            (-0.56, -0.50),
            (-0.62, -0.05),
        ],
        hair,
    )
    for x0, y0, x1, y1 in ((-0.5, -0.95, 0.0, -1.12), (-0.1, -1.12, 0.42, -1.02), (0.1, -0.98, 0.55, -0.84)):
        form.chain([(x0, y0), ((x0 + x1) / 2, min(y0, y1) - 0.05), (x1, y1)], [0.02, 0.05, 0.01], hair * np.float32(1.5))


def _cap(form: Form, looks: _Looks) -> None:
    """A knitted or felt cap pulled over the brow."""
    cloth = rgb("#2c3a4e") if looks.coat[2] < looks.coat[0] else rgb("#6d3a2a")
    form.blob([(-0.80, 0.30), (-0.84, -0.30), (-0.66, -0.55), (-0.60, 0.05)], looks.hair * np.float32(0.9), 2)
    form.blob(
        [(-0.86, -0.42), (-0.84, -1.0), (-0.30, -1.48), (0.30, -1.48), (0.80, -1.02), (0.82, -0.46), (0.0, -0.34)], cloth
    )
    form.blob([(-0.86, -0.5), (-0.84, -1.0), (-0.36, -1.45), (-0.50, -0.9), (-0.46, -0.42)], cloth * np.float32(0.62))
    form.blob(
        [(-0.90, -0.30), (-0.90, -0.64), (0.0, -0.56), (0.86, -0.66), (0.86, -0.34), (0.0, -0.24)],
        cloth * np.float32(1.18),
        2,
    )
    for x in np.linspace(-0.78, 0.78, 14):
        form.limb((float(x), -0.60), (float(x) * 0.98, -0.30), 0.02, 0.02, cloth * np.float32(0.75))
