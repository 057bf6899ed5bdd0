"""Animals from one jointed pattern of a four-legged body with the measures of each kind, and birds and whales; in metres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.engine.render.scene.beasts import BEASTS, COATS, WORDS, Beast
from studio.engine.render.scene.canvas import Colour, curve, rgb
from studio.engine.render.scene.forms import Form

Rng = np.random.Generator


def beast(kind: str, rng: Rng, action: str, word: str = "", colour: Colour | None = None) -> Form:
    """An animal of a kind, facing right; a sitting dog or cat sits."""
    name = next((value for key, value in WORDS.items() if key in word), kind)
    spec = BEASTS[name]
    code = next((value for key, value in COATS.items() if key in word), spec.coat)
    if word.startswith(("doe", "does", "fawn")):
        spec = replace(spec, horns="")
    coat = colour if colour is not None else rgb(code) * np.float32(rng.uniform(0.85, 1.12))
    if action == "sit" and kind in {"dog", "cat"}:
        return _seated(spec, coat, kind)
    return _standing(
        spec, coat, action, grazing=kind in {"cow", "sheep", "horse"} and action == "stand" and bool(rng.random() < 0.45)
    )


# for each leg: (upper, lower) degrees, forward positive: near front, far front, near hind, far hind; lift of the body
_GAITS = {
    "stand": (((2, -2), (-4, -4), (-8, 10), (2, 8)), 0.0),
    "walk": (((20, -4), (-16, -24), (-24, -6), (16, 24)), 0.0),
    "run": (((58, 34), (34, 6), (-52, -22), (-30, -64)), 0.10),
}


def _standing(spec: Beast, coat: Colour, action: str, *, grazing: bool) -> Form:
    form, t = Form(), spec.tall
    legs, lift = _GAITS.get(action, _GAITS["stand"])
    back = -1.0 - lift
    rump, chest = -spec.long / 2, spec.long / 2
    far = coat * np.float32(0.55)
    length = 1.0 - spec.deep * 0.62
    hips = ((chest - 0.13, back + spec.deep * 0.62), (rump + 0.14, back + spec.deep * 0.55))
    for index, tone in ((1, far), (3, far)):
        _leg(form, spec, hips[0 if index < 2 else 1], legs[index], length, tone, hind=index >= 2)
    _tail(form, spec, (rump + 0.03, back + 0.07), coat, action)
    _neck_head(form, spec, (chest - 0.10, back + 0.13), coat, grazing=grazing, run=action == "run")
    body = [
        (rump, back + 0.20),
        (rump + 0.08, back + 0.01),
        (-0.05, back + 0.05),
        (chest - 0.16, back - 0.015),
        (chest, back + 0.16),
        (chest - 0.02, back + spec.deep * 0.82),
        (chest - 0.18, back + spec.deep),
        (0.0, back + (spec.deep + spec.waist) / 2 + 0.01),
        (rump + 0.20, back + spec.waist),
        (rump + 0.03, back + 0.42),
    ]
    if spec.horns == "hump":
        body[2:3] = [(-0.26, back + 0.02), (-0.16, back - 0.20), (0.0, back - 0.26), (0.14, back - 0.12)]
    form.blob(body, coat, 3)
    if spec.mane == "wool":
        for x, y in np.stack([np.linspace(rump, chest, 9), back + 0.08 + 0.05 * np.sin(np.arange(9) * 2)], -1):
            form.disc(x, y, 0.13, coat * np.float32(1.06))
            form.disc(x, y + 0.34, 0.13, coat * np.float32(0.8))
        form.blob(body, coat, 3)
    if spec.belly:
        form.blob(
            [
                (chest - 0.06, back + spec.deep * 0.55),
                (chest - 0.20, back + spec.deep * 0.97),
                (0.0, back + (spec.deep + spec.waist) / 2 - 0.01),
                (rump + 0.24, back + spec.waist * 0.97),
                (0.0, back + spec.waist * 0.86),
            ],
            (coat + rgb(spec.belly)) * np.float32(0.5),
            2,
        )
    for index in (0, 2):
        _leg(form, spec, hips[0 if index < 2 else 1], legs[index], length, coat * np.float32(0.94), hind=index >= 2)
    scaled = Form()
    scaled.join(form, scale=t)
    return scaled


def _swing(start: tuple[float, float], length: float, degrees: float) -> tuple[float, float]:
    angle = np.radians(degrees)
    return float(start[0] + length * np.sin(angle)), float(start[1] + length * np.cos(angle))


def _leg(
    form: Form, spec: Beast, hip: tuple[float, float], bend: tuple[float, float], length: float, tone: Colour, *, hind: bool
) -> None:
    """Thigh, shank and foot; a hind leg has its hock."""
    wide = spec.leg
    knee = _swing(hip, length * 0.50, bend[0] + (8 if hind else 0))
    foot = _swing(knee, length * 0.50, bend[1] - (6 if hind else 0))
    form.chain([hip, knee, foot], [wide * (2.7 if hind else 2.0), wide * 0.90, wide * 0.60], tone)
    form.blob(
        [
            (foot[0] - spec.hoof * 0.7, foot[1] + 0.015),
            (foot[0] - spec.hoof * 0.5, foot[1] - 0.05),
            (foot[0] + spec.hoof * 0.6, foot[1] - 0.04),
            (foot[0] + spec.hoof * 1.3, foot[1] + 0.015),
        ],
        tone * np.float32(0.6),
        2,
    )


def _tail(form: Form, spec: Beast, root: tuple[float, float], coat: Colour, action: str) -> None:
    up = np.radians(spec.tail_up + (28 if action == "run" and spec.tail_up < 0 else 0))
    mid = (root[0] - np.cos(up) * spec.tail * 0.5, root[1] - np.sin(up) * spec.tail * 0.5)
    tip = (mid[0] - np.cos(up * 0.6) * spec.tail * 0.45, mid[1] - np.sin(up * 1.1) * spec.tail * 0.5)
    tone = rgb(spec.mane) if spec.mane.startswith("#") else coat * np.float32(0.85)
    form.chain([root, mid, tip], [spec.tail_width * 0.8, spec.tail_width, spec.tail_width * 0.35], tone)


def _neck_head(form: Form, spec: Beast, root: tuple[float, float], coat: Colour, *, grazing: bool, run: bool) -> None:
    """Neck, skull, muzzle, ears and what the kind wears on its head."""
    rise = np.radians(-38 if grazing else spec.rise - (14 if run else 0))
    poll = (root[0] + np.cos(rise) * spec.neck, root[1] - np.sin(rise) * spec.neck)
    tilt = np.radians(spec.head_tilt + (34 if grazing else 0))
    form.limb((root[0] - 0.04, root[1] + 0.07), poll, spec.neck_width * 1.55, spec.neck_width * 0.92, coat)
    if spec.mane.startswith("#"):
        normal = (-np.sin(rise), -np.cos(rise))
        form.blob(
            [
                (root[0] - 0.06, root[1] - 0.10),
                (poll[0] + normal[0] * 0.14, poll[1] + normal[1] * 0.10),
                (poll[0] + 0.05, poll[1] - 0.05),
                (poll[0] - 0.02, poll[1] + 0.05),
            ],
            spec.mane,
            2,
        )
    skull = (poll[0] + np.cos(tilt) * spec.head * 0.42, poll[1] + np.sin(tilt) * spec.head * 0.42)
    nose = (
        skull[0] + np.cos(tilt) * (spec.head * 0.35 + spec.muzzle),
        skull[1] + np.sin(tilt) * (spec.head * 0.35 + spec.muzzle) + 0.015,
    )
    if spec.horns == "trunk":
        form.chain(
            [nose, (nose[0] + 0.07, nose[1] + 0.28), (nose[0] + 0.03, nose[1] + 0.56), (nose[0] + 0.13, nose[1] + 0.66)],
            [0.16, 0.12, 0.085, 0.06],
            coat,
        )
        form.limb((nose[0] - 0.04, nose[1]), (nose[0] + 0.20, nose[1] + 0.14), 0.055, 0.018, "#e8e0cc")
    face = rgb("#2a2420") if spec.mane == "wool" else coat
    form.limb(skull, nose, spec.head * 0.62, spec.head * 0.34, face)
    form.disc(skull[0], skull[1], spec.head * 0.46, face, spec.head * 0.40, tilt)
    form.disc(
        nose[0] + np.cos(tilt) * spec.head * 0.10,
        nose[1] + np.sin(tilt) * spec.head * 0.1 - 0.01,
        spec.head * 0.085,
        "#15110e",
    )
    _ears_horns(form, spec, skull, tilt, coat)


def _ears_horns(form: Form, spec: Beast, skull: tuple[float, float], tilt: float, coat: Colour) -> None:
    """Ears, and what the kind wears on its head."""
    ear_root = (skull[0] - np.cos(tilt) * spec.head * 0.30, skull[1] - spec.head * 0.26)
    if spec.horns == "trunk":
        form.blob(
            [
                (skull[0] - 0.02, skull[1] - 0.16),
                (skull[0] - 0.38, skull[1] - 0.18),
                (skull[0] - 0.34, skull[1] + 0.26),
                (skull[0] - 0.08, skull[1] + 0.20),
            ],
            coat * np.float32(0.8),
        )
    elif spec.ear_lop:
        form.blob(
            [
                (ear_root[0] - 0.03, ear_root[1]),
                (ear_root[0] + 0.05, ear_root[1] - 0.02),
                (ear_root[0] + 0.03, ear_root[1] + spec.ear),
                (ear_root[0] - 0.07, ear_root[1] + spec.ear * 0.9),
            ],
            coat * np.float32(0.62),
            2,
        )
    else:
        for dx, gain in ((-0.03, 0.7), (0.03, 1.0)):
            form.fill(
                [
                    (ear_root[0] + dx - spec.ear * 0.22, ear_root[1] + 0.02),
                    (ear_root[0] + dx - spec.ear * 0.22, ear_root[1] - spec.ear),
                    (ear_root[0] + dx + spec.ear * 0.28, ear_root[1] + 0.02),
                ],
                coat * np.float32(gain),
            )
    if spec.horns == "antlers":
        _antlers(form, ear_root)
    elif spec.horns == "short":
        form.chain(
            [ear_root, (ear_root[0] + 0.04, ear_root[1] - 0.10), (ear_root[0] + 0.12, ear_root[1] - 0.16)],
            [0.05, 0.04, 0.015],
            "#d8d0bc",
        )


def _antlers(form: Form, root: tuple[float, float]) -> None:
    """Two beams with tines."""
    for lean, tone in ((-0.10, "#4a3a2a"), (0.05, "#6a543c")):
        beam = [
            (root[0], root[1]),
            (root[0] - 0.10 + lean, root[1] - 0.22),
            (root[0] + 0.00 + lean, root[1] - 0.46),
            (root[0] + 0.12 + lean, root[1] - 0.56),
        ]
        form.chain(beam, [0.045, 0.036, 0.026, 0.012], tone)
        for at, reach in ((1, 0.20), (2, 0.16)):
            x, y = beam[at]
            form.limb((x, y), (x + reach, y - 0.13), 0.028, 0.010, tone)
        form.limb((root[0] + lean * 0.3, root[1] - 0.06), (root[0] + 0.16 + lean * 0.3, root[1] - 0.16), 0.026, 0.010, tone)


def _seated(spec: Beast, coat: Colour, kind: str) -> Form:
    """A dog or cat that sits and looks ahead."""
    form, t = Form(), spec.tall
    tail = coat * np.float32(0.85)
    form.chain([(-0.36, -0.06), (-0.66, -0.05), (-0.84, -0.20 if kind == "dog" else -0.10)], [0.13, 0.12, 0.06], tail)
    form.blob(
        [
            (-0.46, 0.0),
            (-0.48, -0.26),
            (-0.30, -0.66),
            (-0.05, -1.02),
            (0.16, -0.98),
            (0.24, -0.70),
            (0.18, -0.30),
            (0.14, 0.0),
        ],
        coat,
    )
    form.disc(-0.24, -0.20, 0.25, coat * np.float32(0.92), 0.21)
    form.chain([(0.13, -0.60), (0.15, -0.26), (0.16, -0.03)], [0.18, 0.12, 0.09], coat * np.float32(1.06))
    form.disc(0.21, -0.025, 0.10, coat * np.float32(0.9), 0.04)
    form.disc(-0.12, -0.025, 0.16, coat * np.float32(0.8), 0.045)
    head = (0.16, -1.18)
    form.limb((0.06, -0.94), head, 0.30, 0.26, coat)
    size = 0.20 if kind == "dog" else 0.215
    form.disc(head[0], head[1], size, coat, size * 0.88)
    form.limb(head, (head[0] + (0.32 if kind == "dog" else 0.17), head[1] + 0.06), 0.22, 0.12, coat)
    if kind == "dog":
        form.blob(
            [
                (head[0] - 0.12, head[1] - 0.12),
                (head[0] + 0.02, head[1] - 0.14),
                (head[0] - 0.02, head[1] + 0.20),
                (head[0] - 0.15, head[1] + 0.16),
            ],
            coat * np.float32(0.62),
            2,
        )
    else:
        for dx in (-0.12, 0.06):
            form.fill(
                [
                    (head[0] + dx - 0.06, head[1] - 0.12),
                    (head[0] + dx, head[1] - 0.36),
                    (head[0] + dx + 0.10, head[1] - 0.13),
                ],
                coat * np.float32(0.9),
            )
    scaled = Form()
    scaled.join(form, scale=t)
    return scaled


def flying_bird(rng: Rng, white: bool) -> Form:
    """A bird on the wing, seen from the side and a little from behind: body and two bent wings."""
    form = Form()
    code = "#d8d8d6" if white else "#22242a"
    flap = rng.uniform(-0.15, 0.55)
    for way, gain in ((-1, 0.8), (1, 1.0)):
        mid = (way * 0.34, -0.12 - flap * 0.55)
        tip = (way * 0.82, 0.02 - flap * 0.35)
        outline = np.array(
            [
                (way * 0.03, 0.02),
                (way * 0.16, -0.06 - flap * 0.3),
                mid,
                (way * 0.60, -0.09 - flap * 0.52),
                tip,
                (way * 0.50, 0.01 - flap * 0.34),
                (way * 0.26, 0.05 - flap * 0.2),
                (way * 0.03, 0.09),
            ]
        )
        form.fill(curve(outline, rounds=2), rgb(code) * np.float32(gain))
    form.disc(0.02, 0.05, 0.17, code, 0.055, 0.1)
    form.fill([(0.16, 0.04), (0.26, 0.075), (0.16, 0.09)], "#6a5020")
    form.fill([(-0.12, 0.04), (-0.30, 0.05), (-0.28, 0.12), (-0.12, 0.08)], code)
    return form


def heron(rng: Rng, pink: bool) -> Form:
    """A wading bird with its long legs and bent neck."""
    form = Form()
    coat = rgb("#e88a94" if pink else "#8a94a0") * np.float32(rng.uniform(0.9, 1.1))
    for dx in (-0.02, 0.06):
        form.chain([(dx, -0.52), (dx + 0.02, -0.26), (dx - 0.01, 0.0)], [0.028, 0.020, 0.016], "#5a5048")
    form.blob([(-0.34, -0.46), (-0.10, -0.70), (0.14, -0.72), (0.18, -0.58), (0.02, -0.48), (-0.16, -0.46)], coat)
    form.chain([(0.12, -0.64), (0.26, -0.80), (0.14, -0.98), (0.20, -1.14)], [0.09, 0.06, 0.05, 0.05], coat)
    form.disc(0.22, -1.16, 0.06, coat, 0.045)
    form.fill([(0.26, -1.18), (0.46, -1.14), (0.26, -1.13)], "#c89a3a")
    return form


def whale(rng: Rng) -> Form:
    """A whale's back and fluke above the water, and its spout."""
    form = Form()
    skin = rgb("#2c3a48")
    form.blob([(-4.4, 0.0), (-3.0, -0.75), (-0.6, -1.35), (2.2, -1.2), (4.4, -0.45), (4.9, 0.0)], skin)
    form.blob([(-2.2, -1.0), (-1.7, -1.55), (-1.3, -1.15)], skin * np.float32(0.8), 2)
    form.chain([(-5.4, 0.0), (-5.9, -1.2), (-6.3, -2.0)], [0.8, 0.5, 0.42], skin)
    for way in (-1, 1):
        form.blob(
            [(-6.3, -1.9), (-6.3 + way * 1.0, -2.7), (-6.3 + way * 1.9, -2.65), (-6.3 + way * 1.1, -2.1)],
            skin * np.float32(0.9),
            2,
        )
    for _ in range(26):
        x, y = 3.0 + rng.normal(0, 0.3), -1.2 - abs(rng.normal(0, 0.9))
        form.disc(x + (x - 3.0) * (-y) * 0.4, y, rng.uniform(0.05, 0.16), "#dfe8ee")
    return form
