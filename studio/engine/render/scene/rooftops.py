"""Over the roofs of an old city: zinc and tile, dormers, chimney pots, domes and spires in the haze."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.buildings import WARM, Block, box
from studio.engine.render.scene.canvas import Colour, rgb
from studio.engine.render.scene.land import SNOW
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ridge, paint_ridge
from studio.engine.render.scene.town import lamp_share, lamp_strength

_WALLS = ("#e6d9c2", "#dccdb2", "#efe6d6", "#d2c2a8", "#cdb9a2")
_ROWS = ((0.56, 0.052, 0.62, 0.10), (0.625, 0.085, 0.42, 0.17), (0.72, 0.140, 0.22, 0.28), (0.87, 0.235, 0.06, 0.46))


def rooftops(stage: Stage) -> Iterator[Layer]:
    """Row behind row of roofs down to the horizon, a landmark between them, a ledge in front."""
    high, wide, light = stage.high, stage.wide, stage.light
    horizon = 0.52 * high
    yield from stage.sky(horizon)
    haze = light.haze_density
    far = Ridge(0.53 * high, 0.05, 0.7, 0.1, rgb("#6b7080"), min(0.6 + 0.4 * haze, 0.92), mist=0.2, octaves=4)
    yield stage.layer("far hills", paint_ridge(stage.canvas, far, light, stage.number("far hills"))[0], 0.05)
    for at, (foot, size, air, depth) in enumerate(_ROWS):
        block = Block.on(stage.canvas, stage.rng(f"roofs {at}"), light, min(air * (0.6 + 1.0 * haze), 0.9))
        if at == 1:
            _landmark(block, stage, wide * (0.5 - 0.20 * light.side), 0.60 * high)
        _row(block, stage, foot * high, size * (0.85 + 0.15 * high))
        yield stage.layer(f"roofs {at}", block.solid.premultiplied(), depth)
        yield stage.layer(
            f"roofs {at} windows", block.lamps(lamp_strength(stage) * 1.1), depth, Motion.FLICKER, emissive=True
        )
        if at == 2:
            yield stage.mist("city haze", 0.70 * high, 0.05, 0.22 + 0.4 * haze, 0.3)
    stage.land, stage.far_land, stage.water = Spot(0.955 * high, 0.24), Spot(0.86 * high, 0.16), None
    yield from stage.perform("sky")
    block = Block.on(stage.canvas, stage.rng("ledge"), light)
    zinc = SNOW if stage.snow else rgb("#6f7680") * np.float32(0.7 if light.wet else 1.0)
    block.solid.fill(box(-0.5, 0.93 * high, wide + 0.5, high + 0.5), block.tone(zinc, 0.5))
    for x in np.arange(stage.span[0], stage.span[1], 0.11):
        block.solid.line([(x, 0.93 * high), (wide / 2 + (x - wide / 2) * 1.5, high + 0.4)], 0.004, block.tone(zinc, 0.15))
    block.solid.fill(box(-0.5, 0.922 * high, wide + 0.5, 0.936 * high), block.tone(zinc * np.float32(1.15), 0.7))
    yield stage.layer("ledge", block.solid.premultiplied(), 0.75)
    block = Block.on(stage.canvas, stage.rng("near chimney"), light)  # upright: it must not lie in the ledge's plane
    _chimney(block, wide * (0.5 + 0.40 * light.side), 0.965 * high, 0.20, 5)
    yield stage.layer("near chimney", block.solid.premultiplied(), 0.76)


def _roof(stage: Stage, block: Block, lit: float) -> Colour:
    if stage.snow:
        return block.tone(SNOW, lit)
    code = ("#6f7c8c", "#7b8794", "#5f6b7c", "#8a5a48", "#79818c")[int(block.rng.integers(5))]
    return block.tone(rgb(code), lit)


def _row(block: Block, stage: Stage, foot: float, size: float) -> None:
    """One row of houses seen from above their eaves: wall, mansard roof with dormers, chimney stacks."""
    rng, x = block.rng, stage.span[0] - 0.1
    share = min(lamp_share(stage) * 1.3, 0.8)
    while x < stage.span[1]:
        width, lift = size * rng.uniform(0.9, 1.9), size * rng.uniform(-0.22, 0.26)
        eaves, ridge = foot - lift, foot - lift - size * rng.uniform(0.42, 0.62)
        wall = block.tone(rgb(_WALLS[int(rng.integers(len(_WALLS)))]), 0.45)
        block.wall(box(x, eaves, x + width, foot + size * 3.0), wall)
        columns = max(2, int(width / (size * 0.34)))
        for floor in range(3):
            for at in range(columns):
                cx, cy = x + width * (at + 0.5) / columns, eaves + size * (0.34 + 0.52 * floor)
                _window(block, cx, cy, size * 0.085, size * 0.17, wall, share)
        roof, inset = _roof(stage, block, 0.55), size * 0.16
        block.wall(
            [(x - size * 0.03, eaves), (x + inset, ridge), (x + width - inset, ridge), (x + width + size * 0.03, eaves)],
            roof,
        )
        dark = x + width - inset if block.light.side < 0 else x + inset
        edge = x + width + size * 0.03 if block.light.side < 0 else x - size * 0.03
        block.wall([(edge, eaves), (dark, ridge), (dark + (edge - dark) * -0.5, eaves)], roof * np.float32(0.72))
        block.solid.line([(x - size * 0.03, eaves), (x + width + size * 0.03, eaves)], size * 0.04, wall * np.float32(0.6))
        for at in range(max(1, columns // 2)):
            cx = x + width * (at + 0.5) / max(1, columns // 2)
            middle = eaves - (eaves - ridge) * 0.45
            block.wall(
                [
                    (cx - size * 0.11, middle + size * 0.14),
                    (cx - size * 0.11, middle - size * 0.10),
                    (cx, middle - size * 0.19),
                    (cx + size * 0.11, middle - size * 0.10),
                    (cx + size * 0.11, middle + size * 0.14),
                ],
                wall * np.float32(1.05),
            )
            _window(block, cx, middle + size * 0.02, size * 0.06, size * 0.10, wall, share)
        _chimney(
            block,
            x + width * rng.uniform(0.1, 0.9),
            ridge + size * 0.12,
            size * rng.uniform(0.34, 0.5),
            int(rng.integers(2, 5)),
        )
        x += width * rng.uniform(0.82, 1.0)


def _window(block: Block, x: float, y: float, half: float, tall: float, wall: Colour, share: float) -> None:
    pane = box(x - half, y - tall, x + half, y + tall)
    block.solid.fill(box(x - half * 1.35, y - tall * 1.12, x + half * 1.35, y + tall * 1.12), wall * np.float32(1.2))
    block.solid.fill(pane, block.tone(rgb("#39434f"), 0.25))
    if block.rng.random() < share:
        block.shine.fill(pane, rgb(WARM[int(block.rng.integers(4))]) * np.float32(block.rng.uniform(0.5, 1.0)))
    block.solid.line([(x, y - tall), (x, y + tall)], half * 0.16, wall)


def _chimney(block: Block, x: float, foot: float, tall: float, pots: int) -> None:
    """A stack of brick with a row of clay pots."""
    wide = tall * (0.22 + 0.15 * pots)
    brick, clay = block.tone(rgb("#b98a70"), 0.45), block.tone(rgb("#c0623c"), 0.6)
    block.wall(box(x - wide / 2, foot - tall, x + wide / 2, foot), brick)
    shaded = x + wide * (0.5 if block.light.side < 0 else -0.5)
    block.solid.fill(
        box(
            min(shaded, shaded + block.light.side * wide * 0.28),
            foot - tall,
            max(shaded, shaded + block.light.side * wide * 0.28),
            foot,
        ),
        brick * np.float32(0.68),
    )
    block.solid.fill(box(x - wide * 0.56, foot - tall, x + wide * 0.56, foot - tall * 0.93), brick * np.float32(1.15))
    for at in range(pots):
        px = x + wide * ((at + 0.5) / pots - 0.5)
        block.wall(
            [
                (px - tall * 0.05, foot - tall),
                (px - tall * 0.038, foot - tall * 1.22),
                (px + tall * 0.038, foot - tall * 1.22),
                (px + tall * 0.05, foot - tall),
            ],
            clay,
        )


def _landmark(block: Block, stage: Stage, x: float, foot: float) -> None:
    """What tells one city from another: the iron tower of Paris, else a great dome with its lantern."""
    if "paris" in stage.words.prompt.lower():
        _iron_tower(block, x, foot, 0.40)
        return
    tall, stone = 0.30, block.tone(rgb("#cfc3ae"), 0.5)
    block.wall(box(x - 0.085, foot - tall * 0.42, x + 0.085, foot), stone)
    turn = np.linspace(np.pi, 2 * np.pi, 25)
    dome = np.stack([x + 0.075 * np.cos(turn), foot - tall * 0.50 + tall * 0.34 * np.sin(turn)], -1)
    block.wall([tuple(p) for p in dome.tolist()], block.tone(rgb("#7f97a0"), 0.6))
    block.wall(box(x - 0.075, foot - tall * 0.52, x + 0.075, foot - tall * 0.40), stone * np.float32(0.85))
    block.wall(box(x - 0.014, foot - tall * 0.94, x + 0.014, foot - tall * 0.82), stone)
    block.wall(
        [(x - 0.012, foot - tall * 0.94), (x, foot - tall * 1.12), (x + 0.012, foot - tall * 0.94)], stone * np.float32(0.7)
    )


def _iron_tower(block: Block, x: float, foot: float, tall: float) -> None:
    """A lattice tower on four splayed legs: its outline, three platforms, the arch, crossed struts."""
    iron, pen = block.tone(rgb("#5a4a3e"), 0.35), block.solid
    t = np.linspace(0, 1, 22)
    half = tall * (0.012 + 0.155 * np.exp(-t * 4.2) - 0.002 * t)
    rows = foot - tall * t
    for at in range(21):
        thick = 0.34 if t[at] < 0.34 else 1.0
        for way in (-1, 1):
            a, b = x + way * half[at], x + way * half[at + 1]
            inner_a, inner_b = x + way * half[at] * (1 - thick), x + way * half[at + 1] * (1 - thick)
            pen.fill([(a, rows[at]), (b, rows[at + 1]), (inner_b, rows[at + 1]), (inner_a, rows[at])], iron)
    for level, grow in ((0.20, 1.12), (0.38, 1.2), (0.88, 2.2)):
        wide = float(np.interp(level, t, half)) * grow
        pen.fill(
            box(x - wide, foot - tall * (level + 0.012), x + wide, foot - tall * (level - 0.012)), iron * np.float32(1.2)
        )
    pen.line([(x, foot - tall), (x, foot - tall * 1.06)], 0.002, iron)
    if block.light.lamps > 0.3:
        for level in np.linspace(0.05, 0.98, 26):
            block.shine.disc(
                x + float(np.interp(level, t, half)) * (0.7 if int(level * 100) % 2 else -0.7),
                foot - tall * float(level),
                0.0022,
                rgb("#ffd28a"),
            )
