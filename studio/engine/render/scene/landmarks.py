"""Things that stand: lighthouse, house, castle, church, windmill, bridge, tent, fire, bench, lamp; forms in metres."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.canvas import Colour, curve, rgb
from studio.engine.render.scene.forms import Form

Rng = np.random.Generator
_WARM = rgb("#ffc46b")


def lighthouse(rng: Rng, colour: Colour | None) -> Form:
    """A banded tower on its rock, gallery, lantern, keeper's house."""
    form = Form()
    form.blob([(-19, 3.5), (-15, -0.6), (-7, -2.6), (0, -1.6), (7, -3.0), (13, -0.8), (19, 3.5)], "#4a4642", 2)
    form.blob([(-12, 3.5), (-8, -0.2), (-2, -1.2), (3, 0.4), (6, 3.5)], "#5f5a54", 2)
    form.box(4.2, -6.4, 10.5, -1.8, "#e6e0d4")
    form.fill([(3.6, -6.2), (5.2, -8.6), (9.5, -8.6), (11.1, -6.2)], "#8a3a2c")
    for x in (5.4, 8.2):
        form.box(x, -5.2, x + 1.2, -3.6, "#3a4450")
        form.shine([(x, -5.2), (x + 1.2, -5.2), (x + 1.2, -3.6), (x, -3.6)], _WARM * np.float32(0.8))
    red = colour if colour is not None else rgb("#b8322a")
    low, high, foot, top = 2.7, 1.65, -1.6, -19.0
    for band in range(6):
        t0, t1 = band / 6, (band + 1) / 6
        w0, w1 = low + (high - low) * t0, low + (high - low) * t1
        y0, y1 = foot + (top - foot) * t0, foot + (top - foot) * t1
        tone = rgb("#efeae0") if band % 2 == 0 else red
        form.fill([(-w0, y0), (-w1, y1), (w1, y1), (w0, y0)], tone)
        form.fill([(-w0, y0), (-w1, y1), (-w1 * 0.35, y1), (-w0 * 0.35, y0)], tone * np.float32(0.72))
    for y in (-6.0, -11.5, -16.0):
        form.box(-0.35, y - 1.0, 0.35, y, "#2a2a30")
    form.box(-2.3, -19.5, 2.3, -19.0, "#2a2c30")
    for x in np.linspace(-2.2, 2.2, 7):
        form.limb((x, -20.4), (x, -19.4), 0.09, 0.09, "#2a2c30")
    form.limb((-2.25, -20.4), (2.25, -20.4), 0.10, 0.10, "#2a2c30")
    form.box(-1.25, -22.0, 1.25, -19.5, "#9aa8b0")
    form.shine([(-1.15, -21.9), (1.15, -21.9), (1.15, -19.7), (-1.15, -19.7)], rgb("#fff0c0"))
    form.fill([(-1.5, -22.0), (0, -24.0), (1.5, -22.0)], red * np.float32(0.8))
    form.disc(0, -24.1, 0.25, "#2a2c30")
    return form


def house(rng: Rng, colour: Colour | None, *, snow: bool, cabin: bool) -> Form:
    """A cottage or log cabin with a smoking chimney, in three-quarter view: gable and long side."""
    form = Form()
    wall = colour if colour is not None else rgb("#7a5436" if cabin else "#e2d8c4")
    roof = rgb("#e8eef6") if snow else rgb("#5a4038" if cabin else "#9a4a34")
    for puff in range(6):
        form.disc(
            2.7 + 0.55 * puff + rng.normal(0, 0.1),
            -6.7 - 0.34 * puff,
            0.32 + 0.13 * puff,
            rgb("#c8c6c4") * np.float32(0.9 - 0.04 * puff),
        )
    form.box(2.3, -6.6, 3.1, -4.2, "#6a5048")
    form.box(-0.6, -2.9, 5.6, 0.0, wall * np.float32(0.8))
    form.fill([(-3.9, 0.0), (-3.9, -2.9), (-2.25, -5.3), (-0.6, -2.9), (-0.6, 0.0)], wall)
    form.fill([(-0.25, -2.55), (-2.25, -5.55), (4.4, -5.55), (6.0, -2.55)], roof)
    form.fill(
        [(-4.3, -2.6), (-2.25, -5.65), (-0.2, -2.6), (-0.55, -2.5), (-2.25, -5.0), (-3.95, -2.5)], roof * np.float32(0.75)
    )
    if cabin:
        for y in np.arange(-2.7, -0.1, 0.42):
            form.limb((-3.9, y), (-0.6, y), 0.05, 0.05, wall * np.float32(0.5))
            form.limb((-0.6, y), (5.6, y), 0.05, 0.05, wall * np.float32(0.42))
    form.box(-2.75, -1.9, -1.75, 0.0, "#4a2e20")
    for x, y, w, h in ((0.4, -2.1, 1.1, 1.05), (2.2, -2.1, 1.1, 1.05), (4.0, -2.1, 1.1, 1.05), (-2.65, -3.7, 0.8, 0.8)):
        form.box(x - 0.12, y - 0.12, x + w + 0.12, y + h + 0.12, "#ece6da")
        form.box(x, y, x + w, y + h, "#3c4854")
        form.shine([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], _WARM * np.float32(0.95))
        form.limb((x + w / 2, y), (x + w / 2, y + h), 0.07, 0.07, "#ece6da")
    return form


def church(rng: Rng, colour: Colour | None) -> Form:
    form, wall = Form(), rgb("#e0d8c8")
    form.box(-2.0, -5.0, 8.0, 0.0, wall * np.float32(0.85))
    form.fill([(-2.4, -4.8), (-1.0, -8.0), (7.4, -8.0), (8.6, -4.8)], "#6a4038")
    for x in (0.2, 2.6, 5.0):
        pane = curve([(x, -1.2), (x, -3.6), (x + 0.55, -4.3), (x + 1.1, -3.6), (x + 1.1, -1.2)], rounds=1)
        form.fill(pane, "#3a4452")
        form.shine(pane, _WARM * np.float32(0.7))
    form.box(-5.2, -10.5, -1.4, 0.0, wall)
    form.fill([(-5.5, -10.4), (-3.3, -18.5), (-1.1, -10.4)], "#4a5a58")
    form.limb((-3.3, -18.3), (-3.3, -20.2), 0.14, 0.14, "#2a2c30")
    form.limb((-3.9, -19.5), (-2.7, -19.5), 0.14, 0.14, "#2a2c30")
    form.disc(-3.3, -8.6, 0.75, "#f0e8d8")
    form.box(-3.9, -2.6, -2.7, 0.0, "#4a3020")
    return form


def castle(rng: Rng, colour: Colour | None) -> Form:
    """A keep with round towers, battlements and pointed roofs, on a rock."""
    form = Form()
    stone = rgb("#8a8078")
    form.blob([(-34, 16), (-26, 5), (-16, -1.5), (-4, 1.0), (8, -1.5), (20, 3), (33, 16)], "#5a5650", 2)
    form.blob([(-20, 16), (-14, 4), (-4, 1.0), (2, 6), (5, 16)], "#6d6860", 2)

    def tower(x: float, wide: float, tall: float, roof: bool, shade: float) -> None:
        tone = stone * np.float32(shade)
        form.box(x - wide, -tall, x + wide, 2.0, tone)
        form.box(x - wide, -tall, x - wide * 0.4, 2.0, tone * np.float32(0.72))
        form.box(x - wide * 1.15, -tall - 1.0, x + wide * 1.15, -tall + 0.4, tone * np.float32(1.1))
        for at in np.linspace(-wide, wide, 4):
            form.box(x + at - wide * 0.16, -tall - 1.9, x + at + wide * 0.16, -tall - 0.9, tone * np.float32(1.1))
        if roof:
            form.fill([(x - wide * 1.3, -tall - 0.8), (x, -tall - wide * 3.8), (x + wide * 1.3, -tall - 0.8)], "#4a5266")
            form.limb((x, -tall - wide * 3.6), (x, -tall - wide * 3.8 - 2.6), 0.16, 0.16, "#2a2a2e")
            form.fill(
                [(x, -tall - wide * 3.8 - 2.6), (x + 2.6, -tall - wide * 3.8 - 1.9), (x, -tall - wide * 3.8 - 1.2)],
                "#b0322a",
            )
        for y in np.arange(-tall + 2.2, -2, 4.2):
            pane = [(x - 0.4, y), (x + 0.4, y), (x + 0.4, y + 1.5), (x - 0.4, y + 1.5)]
            form.fill(pane, "#24262c")
            form.shine(pane, _WARM * np.float32(0.8))

    tower(-6, 3.6, 21, True, 0.92)
    form.box(-15, -8.5, 16, 2.0, stone * np.float32(0.85))
    for x in np.arange(-15, 16, 2.0):
        form.box(x, -9.6, x + 1.1, -8.4, stone * np.float32(0.9))
    tower(5, 2.4, 16, True, 1.0)
    tower(-15, 2.7, 12.5, True, 1.02)
    tower(16, 2.9, 14, False, 0.96)
    form.fill(curve([(-2.2, 2.0), (-2.2, -3.2), (0, -5.0), (2.2, -3.2), (2.2, 2.0)], rounds=1), "#241c16")
    return form


def windmill(rng: Rng, colour: Colour | None, modern: bool = False) -> Form:
    form = Form()
    hub = (0.3, -62.0) if modern else (0.4, -11.2)
    if modern:
        form.limb((0, 0), (0, -62), 2.4, 1.4, "#e4e6e8")
        reach, wide, number = 34.0, 1.5, 3
    else:
        form.fill([(-3.0, 0), (-1.9, -10.2), (1.9, -10.2), (3.0, 0)], "#d8ccb8")
        form.fill([(-3.0, 0), (-1.9, -10.2), (-0.8, -10.2), (-1.2, 0)], "#a89c8a")
        form.blob([(-2.2, -10.0), (-2.0, -12.2), (0.2, -13.4), (2.2, -12.2), (2.3, -10.0)], "#5a4438", 2)
        form.box(-0.7, -2.3, 0.7, 0, "#4a3020")
        reach, wide, number = 9.0, 0.18, 4
        for y in (-4.6, -7.6):
            form.box(-0.4, y - 1.1, 0.4, y, "#38424e")
            form.shine([(-0.4, y - 1.1), (0.4, y - 1.1), (0.4, y), (-0.4, y)], _WARM * np.float32(0.8))
    start = rng.uniform(0.2, 1.2)
    for blade in range(number):
        angle = start + blade * 2 * np.pi / number
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]])
        end = np.array(hub) + along * reach
        if modern:
            form.fill(
                [
                    np.array(hub) + across * 0.5,
                    np.array(hub) + along * reach * 0.25 + across * wide,
                    end,
                    np.array(hub) - across * 0.5,
                ],
                "#eceef0",
            )
            continue
        form.limb(hub, end, 0.22, 0.14, "#4a3a2c")
        form.fill(
            [
                np.array(hub) + along * 1.3 + across * 0.1,
                end + across * 0.1,
                end + across * 1.5,
                np.array(hub) + along * 1.3 + across * 1.3,
            ],
            "#d8cfbc",
        )
        for step in np.linspace(1.3, reach, 8):
            form.limb(np.array(hub) + along * step, np.array(hub) + along * step + across * 1.45, 0.08, 0.08, "#6a563e")
    form.disc(hub[0], hub[1], 1.3 if modern else 0.45, "#4a3a2c" if not modern else "#e4e6e8")
    return form


def bridge(rng: Rng, colour: Colour | None) -> Form:
    """A stone bridge of three arches."""
    form, stone = Form(), rgb("#8a8074")
    x = np.linspace(-22, 22, 45)
    deck = -5.2 - 1.8 * np.cos(x / 22 * np.pi / 2)
    under: list[tuple[float, float]] = []
    for left, right, rise in ((22, 9.5, 3.4), (7.5, -7.5, 5.2), (-9.5, -22, 3.4)):
        turn = np.linspace(0, np.pi, 14)
        middle, half = (left + right) / 2, abs(left - right) / 2
        under += [(left, 0.6), *((middle + half * np.cos(t), -rise * np.sin(t) + 0.2) for t in turn), (right, 0.6)]
    form.fill(np.concatenate([np.stack([x, deck], -1), np.array(under)]), stone)
    form.fill(np.concatenate([np.stack([x, deck - 0.8], -1), np.stack([x, deck], -1)[::-1]]), stone * np.float32(1.25))
    form.fill(np.concatenate([np.stack([x, deck + 0.0], -1), np.stack([x, deck + 0.25], -1)[::-1]]), stone * np.float32(0.6))
    return form


def tent(rng: Rng, colour: Colour | None) -> Form:
    """A ridge tent that glows from inside when it is dark."""
    form, cloth = Form(), colour if colour is not None else rgb("#d98a2c")
    form.fill([(-0.7, -1.55), (1.5, -1.45), (2.3, 0.0), (0.5, 0.05)], cloth * np.float32(0.72))
    form.fill([(-2.1, 0.0), (-0.7, -1.6), (0.6, 0.05)], cloth)
    form.fill([(-1.0, 0.03), (-0.7, -1.35), (-0.2, 0.04)], "#3a2416")
    form.shine([(-1.9, -0.05), (-0.7, -1.5), (0.5, 0.0)], cloth * np.float32(0.55))
    form.shine([(-0.95, 0.0), (-0.7, -1.3), (-0.25, 0.0)], rgb("#ffcf87") * np.float32(0.6))
    form.limb((-0.7, -1.6), (-3.0, 0.1), 0.03, 0.03, "#c8c0b0")
    form.limb((1.5, -1.45), (3.3, 0.1), 0.03, 0.03, "#c8c0b0")
    return form


def campfire(rng: Rng, colour: Colour | None) -> Form:
    """Logs and flames."""
    form = Form()
    for a, b in (((-0.55, -0.02), (0.45, -0.20)), ((0.55, -0.02), (-0.45, -0.20)), ((-0.2, 0.02), (0.3, -0.12))):
        form.limb(a, b, 0.15, 0.11, "#2e1f16")
    for size, code in ((1.0, "#ff5a1e"), (0.72, "#ff9a2c"), (0.42, "#ffe08a")):
        for dx in (-0.22, 0.02, 0.22):
            tall = size * rng.uniform(0.75, 1.25) * (1.0 if dx else 1.25)
            form.shine(
                curve(
                    [
                        (dx * size - 0.16 * size, -0.10),
                        (dx - 0.13 * size, -0.45 * tall),
                        (dx + rng.normal(0, 0.06), -1.05 * tall),
                        (dx + 0.15 * size, -0.42 * tall),
                        (dx * size + 0.16 * size, -0.10),
                    ],
                    rounds=2,
                ),
                code,
            )
    return form


def bench(rng: Rng, colour: Colour | None) -> Form:
    form = Form()
    for y in (-0.46, -0.66, -0.84):
        form.limb((-0.9, y), (0.9, y), 0.10, 0.10, "#7a5434")
    for x in (-0.75, 0.75):
        form.chain([(x, 0.0), (x, -0.45), (x, -0.90)], [0.07, 0.06, 0.05], "#24262a")
        form.limb((x, -0.42), (x + 0.10, 0.0), 0.06, 0.06, "#24262a")
    return form


def lamp(rng: Rng, colour: Colour | None) -> Form:
    form, iron = Form(), "#22242a"
    form.chain([(0, 0), (0, -0.5), (0, -3.1)], [0.22, 0.12, 0.08], iron)
    form.fill([(-0.24, -3.75), (0.24, -3.75), (0.15, -3.15), (-0.15, -3.15)], "#c8b888")
    form.shine([(-0.20, -3.70), (0.20, -3.70), (0.13, -3.20), (-0.13, -3.20)], rgb("#ffd287") * np.float32(1.2))
    form.fill([(-0.32, -3.74), (0, -4.1), (0.32, -3.74)], iron)
    return form


def vase(rng: Rng, colour: Colour | None) -> Form:
    """Flowers in a vase, for rooms; half a metre tall."""
    form = Form()
    for _ in range(9):
        x, y = rng.normal(0, 0.12), -0.40 - abs(rng.normal(0, 0.10))
        form.limb((0, -0.2), (x, y), 0.012, 0.010, "#3f6a34")
        tone = colour if colour is not None else rgb(("#d8433a", "#f0b83c", "#e88ab0", "#f2eee4")[int(rng.integers(4))])
        for petal in np.linspace(0, 2 * np.pi, 6, endpoint=False):
            form.disc(x + 0.035 * np.cos(petal), y + 0.03 * np.sin(petal), 0.028, tone)
        form.disc(x, y, 0.018, "#6a4a18")
    form.blob([(-0.07, -0.26), (-0.11, -0.10), (-0.06, 0.0), (0.06, 0.0), (0.11, -0.10), (0.07, -0.26)], "#4f7a94", 2)
    return form
