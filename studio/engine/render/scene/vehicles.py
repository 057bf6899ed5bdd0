"""Boats, trams, trains, cars, balloons, planes: forms in metres, facing right."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.canvas import Colour, curve, rgb
from studio.engine.render.scene.forms import Form

Rng = np.random.Generator
_PAINTS = ("#a8322c", "#2f5d8a", "#c98a2c", "#2f6b50", "#d8d2c4", "#5a3a5a")
_GLASS = "#5a6a78"
_WARM = "#ffcf87"


def _paint(rng: Rng, colour: Colour | None, *choices: str) -> Colour:
    options = choices or _PAINTS
    return colour if colour is not None else rgb(options[int(rng.integers(len(options)))])


def boat(rng: Rng, colour: Colour | None) -> Form:
    """A rowing boat with a rower."""
    form, paint = Form(), _paint(rng, colour, "#6a3f26", "#2f5d8a", "#8a2f2a")
    form.blob([(-0.2, -0.35), (-0.16, -0.95), (0.0, -1.12), (0.2, -1.05), (0.22, -0.35)], "#3c4a5a")
    form.disc(0.06, -1.28, 0.115, "#b98a6a", 0.135)
    form.blob([(-0.07, -1.26), (-0.05, -1.42), (0.08, -1.45), (0.17, -1.36), (0.06, -1.32)], "#2a1e16")
    form.chain([(0.08, -0.98), (0.34, -0.74), (0.60, -0.66)], [0.13, 0.10, 0.07], "#46566a")
    form.limb((0.75, -0.72), (-0.55, 0.10), 0.05, 0.05, "#8a6a44")
    form.limb((-0.5, 0.04), (-0.9, 0.24), 0.08, 0.16, "#8a6a44")
    form.blob(
        [
            (-1.9, -0.52),
            (-1.95, -0.58),
            (-1.5, -0.40),
            (0.0, -0.33),
            (1.5, -0.42),
            (2.15, -0.70),
            (2.1, -0.60),
            (1.5, 0.05),
            (-1.3, 0.05),
            (-1.8, -0.2),
        ],
        paint,
        2,
    )
    form.fill(
        [(-1.85, -0.52), (-1.5, -0.42), (0.0, -0.35), (1.5, -0.44), (2.1, -0.68), (1.5, -0.33), (0.0, -0.24), (-1.5, -0.31)],
        "#d8c8a8",
    )
    return form


def sailboat(rng: Rng, colour: Colour | None) -> Form:
    """A sloop under sail."""
    form, hull = Form(), _paint(rng, None, "#e8e4da", "#2f4f6a", "#7a2f2a")
    cloth = colour if colour is not None else rgb("#f2ece0")
    form.limb((0.25, -0.9), (0.25, -9.2), 0.13, 0.07, "#5a4632")
    form.fill(np.concatenate([curve([(0.12, -9.0), (-1.75, -5.6), (-2.9, -1.55)], closed=False), [(0.12, -1.40)]]), cloth)
    form.fill(
        np.concatenate([curve([(0.40, -8.3), (1.9, -5.0), (3.3, -1.25)], closed=False), [(0.55, -1.55)]]),
        cloth * np.float32(0.82),
    )
    for y in (-3.2, -5.1, -6.9):
        reach = 2.75 * ((9.0 + y) / 7.45) ** 0.85
        form.limb((0.12, y), (0.12 - reach, y + 0.12), 0.03, 0.03, cloth * np.float32(0.7))
    form.limb((-2.9, -1.35), (0.25, -1.35), 0.10, 0.10, "#5a4632")
    form.blob([(-3.3, -0.85), (-2.8, -0.92), (3.1, -0.98), (3.7, -1.12), (2.7, 0.05), (-2.7, 0.05), (-3.2, -0.3)], hull, 2)
    form.fill([(-3.2, -0.62), (3.3, -0.74), (3.2, -0.60), (-3.2, -0.48)], "#a8322c")
    form.box(-1.3, -1.32, 0.9, -0.9, "#c9b48c")
    return form


def ship(rng: Rng, colour: Colour | None) -> Form:
    """A steamer: hull, decks with rows of windows, funnels."""
    form, paint = Form(), _paint(rng, colour, "#22303e", "#5a2a26")
    form.fill([(-30, -5), (30, -6), (34, -8.2), (29, 0.3), (-28, 0.3)], paint)
    form.fill([(-29.3, -1.2), (29.5, -1.4), (29, 0.3), (-28, 0.3)], "#8a2f28")
    for level, (a, b) in enumerate(((-25, 20), (-21, 15), (-15, 9))):
        y = -5.2 - level * 2.6
        form.box(a, y - 2.6, b, y, "#e6e0d4")
        for x in np.arange(a + 1.2, b - 1, 2.0):
            form.box(x, y - 1.8, x + 1.0, y - 0.9, _GLASS)
            if rng.random() < 0.7:
                form.shine(
                    [(x, y - 1.8), (x + 1.0, y - 1.8), (x + 1.0, y - 0.9), (x, y - 0.9)], rgb(_WARM) * np.float32(0.6)
                )
    for x in (-8, 0):
        form.fill([(x - 1.6, -13), (x - 1.9, -19), (x + 0.9, -19), (x + 1.4, -13)], "#b04a2a")
        form.fill([(x - 1.85, -18), (x - 1.9, -19), (x + 0.9, -19), (x + 1.0, -18)], "#1c1c20")
    form.limb((16, -10), (16, -22), 0.4, 0.2, "#4a4038")
    return form


def tram(rng: Rng, colour: Colour | None) -> Form:
    """A tram from the side: livery in two tones, lit windows, doors, bogies, its bow to the wire, head lamps."""
    form, paint = Form(), _paint(rng, colour, "#a82a24", "#c98a1c", "#2a6b4a")
    half = 5.6
    nose = [(half + 0.02, -0.35), (half + 0.02, -1.3), (half - 0.10, -2.5), (half - 0.5, -3.0)]
    form.fill([*nose, *((-x, y) for x, y in reversed(nose))], paint)
    form.fill([(-half + 0.04, -2.45), (half - 0.04, -2.45), (half - 0.02, -1.28), (-half + 0.02, -1.28)], "#e8dcc0")
    form.fill([(-half + 0.4, -2.98), (-half + 0.7, -3.22), (half - 0.7, -3.22), (half - 0.4, -2.98)], "#54565a")
    doors = (-4.55, 0.0, 4.55)
    for x in np.arange(-5.2, 5.3, 1.04):
        wide = 0.44
        if min(abs(x - d) for d in doors) < 0.55:
            continue
        pane = [(x - wide, -2.36), (x + wide, -2.36), (x + wide, -1.38), (x - wide, -1.38)]
        form.fill(pane, _GLASS)
        form.shine(pane, rgb(_WARM) * np.float32(rng.uniform(0.42, 0.7)))
        if rng.random() < 0.6:
            form.disc(x + rng.uniform(-0.2, 0.2), -1.72, 0.13, "#1a1614")
    for x in doors:
        for dx in (-0.26, 0.26):
            pane = [(x + dx - 0.2, -2.32), (x + dx + 0.2, -2.32), (x + dx + 0.2, -0.62), (x + dx - 0.2, -0.62)]
            form.fill(pane, _GLASS)
            form.shine(pane, rgb(_WARM) * np.float32(0.55))
    form.box(-half, -1.10, half, -0.98, "#e8c46a")
    form.box(-half + 0.2, -0.36, half - 0.2, -0.16, "#1a1a1e")
    for x in (-3.6, -2.5, 2.5, 3.6):
        form.disc(x, -0.30, 0.32, "#141418")
        form.disc(x, -0.30, 0.14, "#5a5a60")
    form.chain([(-0.5, -3.22), (0.6, -3.85), (-0.3, -4.4)], [0.07, 0.06, 0.06], "#2a2a2e")
    form.limb((-0.9, -4.42), (0.4, -4.42), 0.07, 0.07, "#2a2a2e")
    turn = np.linspace(0, 2 * np.pi, 16)
    form.shine(
        np.stack([half - 0.12 + 0.17 * np.cos(turn), -0.80 + 0.17 * np.sin(turn)], -1), rgb("#fff2cc") * np.float32(1.0)
    )
    form.shine(np.stack([-half + 0.10 + 0.10 * np.cos(turn), -0.75 + 0.10 * np.sin(turn)], -1), rgb("#ff3a2a"))
    form.shine([(3.2, -2.86), (5.0, -2.86), (5.0, -2.58), (3.2, -2.58)], rgb("#ffb84a"))
    return form


def bus(rng: Rng, colour: Colour | None) -> Form:
    form, paint = Form(), _paint(rng, colour, "#b02a24", "#2a5a8a", "#d8a02c")
    form.fill([(-5.2, -0.4), (-5.25, -2.9), (-5.0, -3.1), (4.9, -3.1), (5.2, -2.7), (5.3, -0.4)], paint)
    for x in np.arange(-4.6, 4.4, 1.25):
        pane = [(x - 0.52, -2.7), (x + 0.52, -2.7), (x + 0.52, -1.6), (x - 0.52, -1.6)]
        form.fill(pane, _GLASS)
        form.shine(pane, rgb(_WARM) * np.float32(0.7))
    form.fill([(4.6, -2.75), (5.15, -2.6), (5.2, -1.5), (4.6, -1.5)], _GLASS)
    for x in (-3.3, 3.2):
        form.disc(x, -0.46, 0.52, "#141418")
        form.disc(x, -0.46, 0.22, "#6a6a70")
    form.shine([(5.1, -0.95), (5.3, -0.95), (5.3, -0.7), (5.1, -0.7)], "#fff2cc")
    return form


def car(rng: Rng, colour: Colour | None) -> Form:
    form, paint = Form(), _paint(rng, colour)
    form.blob(
        [
            (-2.1, -0.28),
            (-2.15, -0.85),
            (-1.5, -0.98),
            (-0.95, -1.42),
            (0.55, -1.45),
            (1.15, -0.98),
            (2.0, -0.85),
            (2.15, -0.45),
            (2.1, -0.28),
        ],
        paint,
        2,
    )
    for pane in (
        [(-1.25, -0.98), (-0.85, -1.32), (-0.22, -1.35), (-0.22, -0.98)],
        [(-0.12, -0.98), (-0.12, -1.35), (0.48, -1.35), (0.92, -0.98)],
    ):
        form.fill(pane, "#3c4854")
    form.limb((-1.9, -0.62), (1.9, -0.62), 0.03, 0.03, paint * np.float32(1.5))
    for x in (-1.28, 1.30):
        form.disc(x, -0.34, 0.36, "#141418")
        form.disc(x, -0.34, 0.19, "#8a8a90")
    turn = np.linspace(0, 2 * np.pi, 14)
    form.shine(np.stack([2.02 + 0.10 * np.cos(turn), -0.68 + 0.10 * np.sin(turn)], -1), "#fff2cc")
    form.shine([(-2.16, -0.80), (-2.04, -0.80), (-2.04, -0.62), (-2.16, -0.62)], "#ff3a2a")
    return form


def train(rng: Rng, colour: Colour | None) -> Form:
    """A steam engine with three coaches and its plume, on a low bank."""
    form, paint = Form(), _paint(rng, colour, "#6a2a26", "#2a4a3a", "#2f4a6a")
    form.fill([(-26, 0.9), (-25, 0.0), (24, 0.0), (26, 0.9)], "#5a5040")
    for wagon in range(2):
        x = -22.8 + wagon * 15.6
        form.box(x, -3.6, x + 14.6, -0.8, paint)
        form.blob([(x - 0.1, -3.5), (x + 0.4, -4.1), (x + 14.2, -4.1), (x + 14.7, -3.5)], "#3a3a3e", 2)
        for at in np.arange(x + 1.0, x + 13.6, 1.7):
            pane = [(at, -3.1), (at + 1.1, -3.1), (at + 1.1, -2.1), (at, -2.1)]
            form.fill(pane, _GLASS)
            form.shine(pane, rgb(_WARM) * np.float32(0.7))
        for at in (x + 2.2, x + 4.0, x + 10.6, x + 12.4):
            form.disc(at, -0.48, 0.5, "#16161a")
    form.box(8.8, -4.2, 12.6, -0.9, "#1e2226")
    form.limb((12.0, -2.5), (20.5, -2.5), 2.5, 2.3, "#24282c")
    form.fill([(18.4, -3.4), (18.1, -5.1), (19.9, -5.1), (19.6, -3.4)], "#1a1c20")
    form.disc(15.4, -3.7, 0.6, "#3a3e42")
    form.fill([(20.3, -0.9), (22.2, -0.1), (20.3, -0.1)], "#7a2a22")
    for at, size in ((10.4, 1.0), (13.0, 1.0), (15.6, 1.0), (18.6, 0.6)):
        form.disc(at, -size, size, "#101014")
        form.disc(at, -size, size * 0.7, "#4a2a26")
    for puff in range(12):
        form.disc(
            19 - puff * 3.4,
            -6.4 - 0.55 * puff + rng.normal(0, 0.4),
            1.0 + 0.34 * puff,
            rgb("#e6e4e0") * np.float32(1 - 0.03 * puff),
            0.8 + 0.20 * puff,
        )
    return form


def balloon(rng: Rng, colour: Colour | None) -> Form:
    """A hot-air balloon with its gores, ropes and basket; foot is the basket's floor."""
    form = Form()
    first = _paint(rng, colour, "#c8322c", "#d98a2c", "#2f6fa8", "#7a3f8a")
    tones = (first, rgb("#f0dcae"), first * np.float32(0.75), rgb("#e0a83c"))
    turn = np.linspace(-1, 1, 9)
    t = np.linspace(0, 1, 24)
    profile = 8.0 * np.sqrt(np.clip(1 - (2 * np.clip(t / 0.86, 0, 1) - 1) ** 2, 0, 1)) * np.where(t < 0.43, 1.0, 1 - 0.0 * t)
    profile = np.where(
        t > 0.5, np.maximum(profile * 0.9, 1.4 + 13.0 * (1 - t)) * np.clip((1.06 - t) * 2.4, 0.15, 1), profile
    )
    ys = -25 + 20 * t
    for at in range(8):
        a, b = np.sin(turn[at] * np.pi / 2), np.sin(turn[at + 1] * np.pi / 2)
        form.fill(
            np.concatenate([np.stack([profile * a, ys], -1), np.stack([profile * b, ys], -1)[::-1]]),
            tones[at % 4] * np.float32(1 - 0.12 * abs(at - 4)),
        )
    for x in (-0.9, 0.9):
        form.limb((x * 1.2, -5.2), (x * 0.85, -1.5), 0.09, 0.09, "#3a2e22")
    form.box(-0.95, -1.6, 0.95, 0.0, "#7a5a34")
    form.shine([(-0.3, -4.4), (0.3, -4.4), (0.1, -5.8), (-0.1, -5.8)], rgb("#ffb04a"))
    return form


def plane(rng: Rng, colour: Colour | None) -> Form:
    form, paint = Form(), _paint(rng, colour, "#e2e4e8")
    form.blob([(-15, -0.4), (-14, 0.6), (12, 0.9), (16, 0.1), (12.5, -1.5), (-12, -1.3)], paint)
    form.fill([(-14.5, -0.9), (-17.2, -6.2), (-14.6, -6.2), (-10.5, -1.1)], paint * np.float32(0.8))
    form.fill([(3.6, 0.2), (-6.2, 6.0), (-8.4, 6.0), (-2.6, 0.2)], paint * np.float32(0.65))
    form.fill([(3.0, -1.2), (-2.6, -4.6), (-4.4, -4.6), (-1.6, -1.2)], paint * np.float32(0.9))
    form.limb((-1.2, 2.2), (2.0, 2.2), 1.1, 1.3, paint * np.float32(0.55))
    for x in np.arange(-10.5, 11, 1.5):
        form.disc(x, -0.35, 0.24, "#2e3a48")
    return form


def rocket(rng: Rng, colour: Colour | None) -> Form:
    """A rocket upright on its fins, with the flame below it."""
    form, paint = Form(), _paint(rng, colour, "#e0dcd2")
    for way in (-1, 1):
        form.fill([(way * 1.6, -6.5), (way * 3.6, -1.2), (way * 3.4, 0.2), (way * 1.3, -2.0)], "#b0322a")
    form.blob([(-1.5, -1.2), (-2.2, -8), (-1.6, -14), (0, -19), (1.6, -14), (2.2, -8), (1.5, -1.2)], paint)
    form.blob([(-1.2, -15), (0, -19.4), (1.2, -15)], "#b0322a", 1)
    form.disc(0, -11.5, 0.95, "#2c5a7a")
    form.fill([(-0.3, -5.5), (0.3, -5.5), (0.35, 0.3), (-0.35, 0.3)], "#8a2a24")
    form.shine(curve([(-1.2, -1.2), (0, 7.5), (1.2, -1.2)], rounds=2), "#ff9a3c")
    form.shine(curve([(-0.6, -1.2), (0, 4.0), (0.6, -1.2)], rounds=2), "#ffe6a0")
    return form
