"""Plants grown by rules: conifers, branching trees, palms, bushes, grass, flowers, reeds, ferns, cacti."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene.canvas import Colour, Drawing, Real, mix, rgb
from studio.engine.render.scene.light import Light

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one plant under one light: in shade, middling, lit, and its wood."""

    dark: Colour
    body: Colour
    lit: Colour
    wood: Colour

    def veiled(self, haze: Colour, share: float) -> Tones:
        """The same plant farther off."""
        return Tones(*(mix(c, haze, share) for c in (self.dark, self.body, self.lit, self.wood)))


_FOLIAGE = {
    "spring": ("#4c7a30", "#7fae48"),
    "summer": ("#2f5d28", "#5f8f3a"),
    "autumn": ("#8a4a1e", "#d98a2c"),
    "winter": ("#4a4f4c", "#8b9394"),
}
AUTUMN = ("#b5451f", "#d97a26", "#e2a634", "#9c3420", "#c8902e")


def tones(light: Light, season: str, kind: str = "leaf", tint: str | None = None, snow: bool = False) -> Tones:
    """Colours for foliage of a season under a light; `kind` "needle" stays green, `tint` is an albedo to use instead."""
    base, bright = (rgb(c) for c in (("#1f3d2c", "#3c6244") if kind == "needle" else _FOLIAGE[season]))
    if tint:
        base, bright = rgb(tint) * np.float32(0.55), rgb(tint)
    if kind == "grass":
        base, bright = (
            rgb(c)
            for c in {
                "autumn": ("#6d5a26", "#b59a4a"),
                "winter": ("#6b6a55", "#a6a48c"),
                "spring": ("#3f7a2c", "#86b84e"),
                "summer": ("#48742c", "#8fae4e"),
            }[season]
        )
    if snow:
        bright = mix(bright, rgb("#eef3fa"), 0.75)
    return Tones(
        light.lit(base * np.float32(0.55), 0.04, 0.75),
        light.lit(base, 0.28, 0.95),
        light.lit(bright, 0.85),
        light.lit(rgb("#4a372a"), 0.25),
    )


def conifer(
    pen: Drawing, rng: Rng, x: float, foot: float, height: float, tone: Tones, side: float, *, snow: Colour | None = None
) -> None:
    """A fir: whorls of hanging branches, each drawn over the one below, brighter on the side of the light."""
    width = height * rng.uniform(0.17, 0.23)
    whorls = int(np.clip(height * 46, 6, 15))
    pen.limb((x, foot), (x, foot - height * 0.9), height * 0.034, height * 0.006, tone.wood)
    for level in range(whorls):
        t = level / whorls
        top = foot - height * (0.10 + 0.90 * (t + 1.25 / whorls))
        low = foot - height * (0.09 + 0.90 * t)
        half = width * (1 - t) ** 0.85 * rng.uniform(0.86, 1.1) + height * 0.012
        tips = np.linspace(-1, 1, 9)
        droop = np.abs(tips) ** 1.3 * height * 0.026
        jag = np.where(np.arange(9) % 2 == 0, 1.0, 0.45) * rng.uniform(0.8, 1.2, 9) * height * 0.036
        skirt = np.stack([x + tips * half, low + droop * 0.5 - (1 - np.abs(tips)) * height * 0.012 + jag * 0.55], -1)
        shape = np.concatenate([[(x, max(top, foot - height))], skirt[::-1]])
        pen.fill(shape, mix(tone.dark, tone.body, 0.25 + 0.6 * t))
        bright = np.clip(tips * side, 0, 1)
        lit = np.stack([x + side * half * (0.10 + 0.86 * bright), skirt[:, 1] - height * 0.012], -1)[bright > 0]
        if len(lit) > 2:
            pen.fill(
                np.concatenate([[(x + side * half * 0.12, top + (low - top) * 0.5)], lit]),
                mix(tone.body, tone.lit, 0.35 + 0.35 * t),
            )
        if snow is not None:
            cap = np.stack([x + tips * half * 0.86, skirt[:, 1] - jag * 0.4 - height * 0.014], -1)
            pen.fill(np.concatenate([[(x, top + (low - top) * 0.35)], cap[::-1]]), snow)


def spruce_row(
    pen: Drawing,
    rng: Rng,
    span: tuple[float, float],
    skyline: Real,
    xs: Real,
    size: float,
    tone: Tones,
    density: float = 1.0,
) -> None:
    """The saw-toothed edge of a far wood: small firs along a skyline."""
    number = int((span[1] - span[0]) / size * 3.1 * density)
    for place, grow in zip(np.sort(rng.uniform(*span, number)), rng.uniform(0.5, 1.15, number), strict=True):
        foot = float(np.interp(place, xs, skyline)) + size * 0.12
        height = size * grow
        half = height * 0.17
        steps = np.array([0.0, 0.16, 0.12, 0.36, 0.30, 0.62, 0.56, 1.0])
        out = np.array([0.0, 0.34, 0.20, 0.62, 0.42, 0.86, 0.60, 1.0]) * half
        ys = foot - height * (1 - steps)
        pen.fill(
            np.concatenate([np.stack([place + out, ys], -1), np.stack([place - out, ys], -1)[::-1]]),
            tone.body if grow > 0.8 else tone.dark,
        )


def _grow(
    rng: Rng,
    start: Real,
    angle: float,
    length: float,
    width: float,
    depth: int,
    limbs: list[tuple[Real, Real, float, float]],
    tips: list[Real],
    spread: float,
) -> None:
    """One branch and its children: each shorter and thinner (Leonardo's rule keeps the sum of the sections), turned away
    and up."""
    end = start + length * np.array([np.sin(angle), -np.cos(angle)])
    limbs.append((start, end, width, width * 0.72))
    if depth <= 2:
        tips.append(start + (end - start) * 0.6)
    if depth == 0:
        tips.append(end)
        return
    for child in range(2 if rng.random() < 0.6 else 3):
        turn = rng.uniform(0.25, 0.62) * spread * (-1 if child == 0 else 1 if child == 1 else rng.uniform(-0.4, 0.4))
        up = angle * (0.94 if depth > 1 else 1.0) + turn
        _grow(rng, end, up, length * rng.uniform(0.66, 0.84), width * 0.66, depth - 1, limbs, tips, spread)


def broadleaf(
    pen: Drawing,
    rng: Rng,
    x: float,
    foot: float,
    height: float,
    tone: Tones,
    side: float,
    *,
    leaves: float = 1.0,
    extra: tuple[Colour, ...] = (),
    spread: float = 1.0,
    lean: float = 0.0,
) -> None:
    """A tree with a crown: branches by rule, then leaf masses from the shaded back to the lit front. `leaves` 0 is bare."""
    limbs: list[tuple[Real, Real, float, float]] = []
    tips: list[Real] = []
    _grow(rng, np.array([x, foot]), lean, height * 0.27, height * 0.062, 5, limbs, tips, spread)
    crown = np.array(tips)
    top = crown[:, 1].min()
    stretch = (height * 0.93) / max(foot - top, 1e-6)
    fit = np.array([1.0, stretch])
    place = (crown - (x, foot)) * fit + (x, foot)
    dull = mix(tone.wood, tone.dark, 0.5)
    flare = np.array(
        [
            (x - height * 0.060, foot),
            (x - height * 0.030, foot - height * 0.05),
            (x + height * 0.030, foot - height * 0.05),
            (x + height * 0.060, foot),
        ]
    )
    blob = height * 0.052
    if leaves > 0:
        _leaf_mass(pen, rng, place, blob * 1.5, tone.dark, 5 * leaves, blob * 1.5)
    pen.fill(flare, tone.wood)
    for start, end, wide, thin in limbs:
        pen.limb(
            (start - (x, foot)) * fit + (x, foot),
            (end - (x, foot)) * fit + (x, foot),
            wide,
            thin,
            tone.wood if wide > height * 0.014 else dull,
        )
    if leaves <= 0:
        return
    _crown(pen, rng, place, blob, tone, side, leaves, extra)


def _crown(
    pen: Drawing, rng: Rng, place: Real, blob: float, tone: Tones, side: float, leaves: float, extra: tuple[Colour, ...]
) -> None:
    """Leaf masses before the branches: the more a place faces the light, the later and the brighter."""
    centre = place.mean(0)
    reach = np.maximum(np.abs(place - centre).max(0), 1e-6)
    facing = ((place - centre) / reach) @ np.array([side * 0.62, -0.78])
    toward = np.array([side, -1]) * blob
    bright = mix(tone.body, tone.lit, 0.6)
    _leaf_mass(pen, rng, place[facing > -0.75], blob, mix(tone.dark, tone.body, 0.6), 7 * leaves, blob * 1.4)
    _leaf_mass(pen, rng, place[facing > -0.25], blob * 0.75, tone.body, 8 * leaves, blob * 1.25)
    for colour in extra:
        _leaf_mass(pen, rng, place[rng.random(len(place)) < 0.5], blob * 0.6, colour, 5 * leaves, blob * 1.25)
    _leaf_mass(pen, rng, place[facing > 0.12] + toward * 0.4, blob * 0.55, bright, 8 * leaves, blob * 1.2)
    _leaf_mass(pen, rng, place[facing > 0.42] + toward * 0.55, blob * 0.40, tone.lit, 7 * leaves, blob * 1.1)


def _leaf_mass(pen: Drawing, rng: Rng, places: Real, size: float, colour: Colour, each: float, scatter: float) -> None:
    """Small ragged blobs around given places."""
    for px, py in places:
        for _ in range(max(1, int(each * 0.42 + rng.random()))):
            cluster(
                pen,
                rng,
                px + rng.normal(0, scatter * 0.55),
                py + rng.normal(0, scatter * 0.45),
                size * rng.uniform(0.5, 1.0),
                colour,
            )


def cluster(pen: Drawing, rng: Rng, x: float, y: float, size: float, colour: Colour, number: int = 16) -> None:
    """A spray of small pointed leaves around a place, denser in the middle."""
    turn, reach = rng.uniform(0, 2 * np.pi, number), size * np.sqrt(rng.uniform(0.0, 1.0, number))
    at = np.stack([x + reach * np.cos(turn), y + reach * 0.78 * np.sin(turn)], -1)
    tilt, leaf = rng.uniform(0, np.pi, number), size * rng.uniform(0.30, 0.52, number)
    along = np.stack([np.cos(tilt), np.sin(tilt)], -1) * leaf[:, None]
    across = np.stack([-np.sin(tilt), np.cos(tilt)], -1) * (leaf * 0.46)[:, None]
    pen.fill_apart(np.stack([at + along, at + across, at - along, at - across], 1).astype(np.float32), colour)


def palm(pen: Drawing, rng: Rng, x: float, foot: float, height: float, tone: Tones, side: float) -> None:
    """A palm: a leaning ringed trunk and fronds that arch over, each with its leaflets."""
    lean = rng.uniform(0.10, 0.30) * (1 if rng.random() < 0.5 else -1)
    t = np.linspace(0, 1, 14)
    trunk = np.stack([x + lean * height * t**1.8, foot - height * 0.86 * t], -1)
    for a, b, s in zip(trunk[:-1], trunk[1:], t[:-1], strict=True):
        pen.limb(a, b, height * (0.052 - 0.024 * s), height * (0.048 - 0.024 * s), tone.wood)
    top = trunk[-1]
    for turn in np.concatenate([np.linspace(-2.6, 2.6, 11) + rng.normal(0, 0.12, 11), rng.uniform(-1.2, 1.2, 3)]):
        length = height * rng.uniform(0.34, 0.46)
        s = np.linspace(0, 1, 12)
        spine = top + np.stack([np.sin(turn) * length * s, -np.cos(turn) * length * s * 0.72 + length * 0.62 * s**2.1], -1)
        colour = mix(tone.body, tone.lit, 0.55) if np.sin(turn) * side > 0.1 else mix(tone.dark, tone.body, 0.6)
        along = np.gradient(spine, axis=0)
        normal = np.stack([-along[:, 1], along[:, 0]], -1) / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
        leaf = length * 0.19 * np.sin(np.pi * np.clip(s * 0.9 + 0.1, 0, 1))[:, None]
        for way in (-1, 1):
            ends = spine + normal * way * leaf + along * 1.1 + np.array([0, 1]) * leaf * 0.55
            for i in range(1, 11):
                pen.fill([spine[i], spine[i + 1], ends[i]], colour)
        pen.line(spine, height * 0.006, tone.dark)


def bush(pen: Drawing, rng: Rng, x: float, foot: float, size: float, tone: Tones, side: float) -> None:
    """A round shrub of leaf masses."""
    places = np.stack([x + rng.normal(0, size * 0.45, 16), foot - np.abs(rng.normal(0, size * 0.38, 16))], -1)
    _leaf_mass(pen, rng, places, size * 0.32, tone.dark, 5, size * 0.16)
    _leaf_mass(pen, rng, places[places[:, 1] < foot - size * 0.16], size * 0.24, tone.body, 5, size * 0.16)
    _leaf_mass(
        pen,
        rng,
        places[(places[:, 1] < foot - size * 0.3)] + (side * size * 0.1, -size * 0.05),
        size * 0.14,
        tone.lit,
        5,
        size * 0.15,
    )
