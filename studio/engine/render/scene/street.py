"""A street or square in one-point perspective: facades to both sides, shops and signs, lamps, rails, wet paving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene.buildings import NEON, WARM, Block, box, house
from studio.engine.render.scene.canvas import Colour, Drawing, mix, rgb
from studio.engine.render.scene.land import SNOW
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, paint_ground
from studio.engine.render.scene.town import HOUSES, ROOFS, lamp_share, lamp_strength
from studio.engine.render.scene.water import wet_sheen

_EYE = 1.7  # metres
_FOCAL = 1.0  # units: what is 1 m tall at 1 m away is 1 unit tall


@dataclass(frozen=True, slots=True)
class View:
    """The eye: the vanishing point in units. World coordinates are metres: x right, y up from the ground, z away."""

    vx: float
    vy: float

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        return self.vx + x / z * _FOCAL, self.vy - (y - _EYE) / z * _FOCAL

    def wall(self, x: float, y0: float, y1: float, z0: float, z1: float) -> list[tuple[float, float]]:
        """A rectangle in a wall along the street."""
        return [self.at(x, y0, z0), self.at(x, y1, z0), self.at(x, y1, z1), self.at(x, y0, z1)]


@dataclass(frozen=True, slots=True)
class _House:
    z0: float
    z1: float
    tall: float
    wall: Colour
    shop: bool


def street(stage: Stage) -> Iterator[Layer]:
    """Back to front: sky, the end of the street, paving, far and near facades with their lights, wet sheen, wires and
    lamps."""
    high, wide, light = stage.high, stage.wide, stage.light
    view = View(wide * (0.56 if light.side < 0 else 0.44), 0.60 * high)
    half = _half_width(stage)
    yield from stage.sky(view.vy)
    yield from _far_end(stage, view)
    stone = SNOW if stage.snow else rgb("#77706a") * np.float32(0.62 if light.wet else 1.0)
    paving = paint_ground(
        stage.canvas,
        Ground(stone * np.float32(0.8), stone, texture=0.34, scale=0.9, stretch=0.5),
        light,
        stage.number("paving"),
        view.vy + 0.012,
        haze=0.5,
    )
    yield stage.layer("paving", paving, 0.35)
    yield from _rails(stage, view)
    for name, span, air, depth in (("far facades", (17.0, 60.0), 0.30, 0.3), ("near facades", (2.2, 17.0), 0.08, 0.5)):
        block = Block.on(stage.canvas, stage.rng(name), light, min(air * (0.5 + 1.4 * light.haze_density), 0.8))
        for side in (-1, 1):
            _facades(block, stage, view, side, half, span)
        yield stage.layer(name, block.solid.premultiplied(), depth)
        yield stage.layer(
            f"{name} windows", block.lamps(lamp_strength(stage) * 1.15, 0.035), depth, Motion.FLICKER, emissive=True
        )
    lamps = _lamps(stage, view, half)
    if light.wet or stage.words.has("reflection"):
        yield _wet(stage, view, half)
    yield stage.layer("lamp posts", lamps.solid.premultiplied(), 0.6)
    yield stage.layer("lamp light", lamps.lamps(1.6, 0.06), 0.6, Motion.FLICKER, emissive=True)
    stage.land = Spot(view.at(0, 0, 4.2)[1], 1.72 / 4.2)
    stage.far_land = Spot(view.at(0, 0, 8.0)[1], 1.72 / 8.0)


def _half_width(stage: Stage) -> float:
    """Metres from the middle of the street to its walls: an alley is narrow."""
    if stage.words.has("alley"):
        return 3.4
    return 6.5 if stage.wide > 1.2 else 5.0


def _far_end(stage: Stage, view: View) -> Iterator[Layer]:
    """What closes the view: gabled houses and a church tower in the haze."""
    light = stage.light
    block = Block.on(stage.canvas, stage.rng("end"), light, min(0.5 * (0.6 + light.haze_density), 0.85))
    rng, x = block.rng, view.vx - 0.30
    foot = view.vy + 0.03
    stone = rgb("#8a8078")
    tower = view.vx + 0.03
    block.solid.fill(box(tower - 0.024, foot - 0.24, tower + 0.024, foot), block.tone(stone, 0.4))
    block.solid.fill(
        [(tower - 0.028, foot - 0.24), (tower, foot - 0.36), (tower + 0.028, foot - 0.24)], block.tone(rgb("#4a5a58"), 0.4)
    )
    if light.lamps > 0.3:
        block.shine.disc(tower, foot - 0.205, 0.008, rgb("#ffe2a0"))
    while x < view.vx + 0.30:
        width = rng.uniform(0.05, 0.08)
        house(
            block,
            x,
            foot,
            width,
            rng.uniform(0.08, 0.13),
            rgb(HOUSES[int(rng.integers(len(HOUSES)))]),
            rgb(ROOFS[int(rng.integers(len(ROOFS)))]),
            lamp_share(stage),
            gable=rng.random() < 0.5,
        )
        x += width
    yield stage.layer("far end", block.solid.premultiplied(), 0.15)
    yield stage.layer("far end windows", block.lamps(lamp_strength(stage)), 0.15, Motion.FLICKER, emissive=True)


def _facades(block: Block, stage: Stage, view: View, side: int, half: float, span: tuple[float, float]) -> None:
    """One side's houses from far to near."""
    rng, z = block.rng, span[0]
    row: list[_House] = []
    while z < span[1]:
        deep = rng.uniform(3.6, 6.5) if stage.wide > 1.2 else rng.uniform(3.0, 5.0)
        code = (
            ("#4a4458", "#3a3f52", "#584a50", "#3d4a56")[int(rng.integers(4))]
            if stage.words.has("neon")
            else HOUSES[int(rng.integers(len(HOUSES)))]
        )
        row.append(_House(z, min(z + deep, span[1]), rng.uniform(9.0, 15.5), rgb(code), rng.random() < 0.75))
        z += deep
    for item in reversed(row):
        _facade(block, stage, view, side, half, item)


def _facade(block: Block, stage: Stage, view: View, side: int, half: float, item: _House) -> None:
    """One front in perspective: wall, cornices, windows by floor and bay, a shop below with an awning or a sign."""
    rng, pen, light = block.rng, block.solid, stage.light
    x = side * half
    facing = 0.75 if side * light.side < 0 else 0.12
    near = 1 - (item.z0 - 2.2) / 58
    wall = mix(block.tone(item.wall, facing, 0.95), light.haze, 0.35 * (1 - near) * light.haze_density * 2)
    wall = wall + item.wall * stage.lamp_fill * np.float32(0.5)
    roof = (
        SNOW * (light.ambient + light.key * np.float32(0.5))
        if stage.snow
        else block.tone(rgb(ROOFS[int(rng.integers(len(ROOFS)))]), facing)
    )
    block.wall(view.wall(x, 0, item.tall, item.z0, item.z1), wall)
    ridge = [
        view.at(x, item.tall, item.z0),
        view.at(x, item.tall, item.z1),
        view.at(x + side * 2.5, item.tall + 2.2, item.z1),
        view.at(x + side * 2.5, item.tall + 2.2, item.z0),
    ]
    pen.fill(ridge, roof)
    end = [
        view.at(x, 0, item.z0),
        view.at(x, item.tall, item.z0),
        view.at(x + side * 9, item.tall, item.z0),
        view.at(x + side * 9, 0, item.z0),
    ]
    block.wall(end, wall * np.float32(0.55))
    for level in (item.tall - 0.25, 3.6):
        pen.fill(view.wall(x, level, level + 0.28, item.z0, item.z1), wall * np.float32(1.25))
    bays = max(2, int((item.z1 - item.z0) / 1.45))
    floors = int((item.tall - 4.4) / 2.9)
    share = lamp_share(stage)
    glass = mix(light.middle * np.float32(0.35), wall, 0.4)
    frame = mix(wall, block.tone(rgb("#efe8da"), facing), 0.6)
    for floor in range(floors):
        y0 = 4.5 + floor * 2.9
        for bay in range(bays):
            a = item.z0 + (item.z1 - item.z0) * (bay + 0.24) / bays
            b = item.z0 + (item.z1 - item.z0) * (bay + 0.76) / bays
            pen.fill(view.wall(x, y0 - 0.16, y0 + 1.86, a - 0.10, b + 0.10), frame)
            pen.fill(view.wall(x, y0, y0 + 1.7, a, b), glass)
            if rng.random() < share:
                block.shine.fill(
                    view.wall(x, y0, y0 + 1.7, a, b), rgb(WARM[int(rng.integers(4))]) * np.float32(rng.uniform(0.4, 1.0))
                )
            block.wall(view.wall(x, y0, y0 + 1.7, (a + b) / 2 - 0.04, (a + b) / 2 + 0.04), frame)
            block.wall(view.wall(x, y0 + 1.05, y0 + 1.12, a, b), frame)
    if item.shop:
        _shop(block, stage, view, x, side, item, wall)
    if stage.words.has("neon") or (stage.words.style == "neon"):
        _signs(block, view, x, side, item, rng)


def _shop(block: Block, stage: Stage, view: View, x: float, side: int, item: _House, wall: Colour) -> None:
    """A shop window with an awning; lit when the day goes."""
    rng, light = block.rng, stage.light
    a, b = item.z0 + 0.5, item.z1 - 0.5
    block.solid.fill(view.wall(x, 0.5, 2.8, a, b), mix(light.middle * np.float32(0.3), wall, 0.3))
    if light.lamps > 0.25 and rng.random() < 0.85:
        block.shine.fill(view.wall(x, 0.6, 2.7, a, b), rgb(WARM[int(rng.integers(4))]) * np.float32(0.75))
    dark = wall * np.float32(0.4)
    at = a + 0.15
    while at < b - 0.3:  # goods on show: bottles, boxes, a figure or two against the light
        wide, tall = rng.uniform(0.10, 0.34), rng.uniform(0.15, 0.75) if rng.random() < 0.8 else rng.uniform(0.9, 1.5)
        block.wall(view.wall(x, 0.5, 0.62 + tall, at, at + wide), dark)
        at += wide + rng.uniform(0.05, 0.35)
    for at in np.arange(a, b, 1.1):
        block.wall(view.wall(x, 0.5, 2.8, at, at + 0.10), wall * np.float32(0.5))
    block.wall(view.wall(x, 2.15, 2.22, a, b), wall * np.float32(0.5))
    cloth = rgb(("#a8322c", "#2f6b50", "#2f4f8a", "#c98a2c")[int(rng.integers(4))])
    tone = block.tone(cloth, 0.5)
    reach = x - side * 1.1
    block.wall([view.at(x, 3.4, a), view.at(x, 3.4, b), view.at(reach, 2.75, b), view.at(reach, 2.75, a)], tone)
    block.solid.fill(
        [view.at(reach, 2.75, a), view.at(reach, 2.75, b), view.at(reach, 2.45, b), view.at(reach, 2.45, a)],
        tone * np.float32(0.7),
    )


def _signs(block: Block, view: View, x: float, side: int, item: _House, rng: np.random.Generator) -> None:
    """Upright neon signs that stand out from the wall, and bands of light along the cornice."""
    first, last = item.z0 + 0.3, item.z1 - 0.2
    if last <= first:
        return  # a house at the street's end, cut too narrow for a sign
    for _ in range(2):
        z = rng.uniform(first, last)
        y = rng.uniform(3.8, 6.2)
        tall, reach = rng.uniform(1.8, 4.2), rng.uniform(0.6, 1.1)
        code = rgb(NEON[int(rng.integers(len(NEON)))])
        frame = [
            view.at(x - side * 0.15, y, z),
            view.at(x - side * (0.15 + reach), y, z),
            view.at(x - side * (0.15 + reach), y + tall, z),
            view.at(x - side * 0.15, y + tall, z),
        ]
        block.wall(frame, rgb("#14121c"))
        steps = int(tall / 0.55)
        for at in range(steps):
            y0 = y + 0.12 + at * (tall - 0.1) / steps
            glyph = [
                view.at(x - side * (0.15 + reach * 0.18), y0, z),
                view.at(x - side * (0.15 + reach * 0.82), y0, z),
                view.at(x - side * (0.15 + reach * rng.uniform(0.5, 0.85)), y0 + 0.34, z),
                view.at(x - side * (0.15 + reach * rng.uniform(0.15, 0.4)), y0 + 0.34, z),
            ]
            block.shine.fill(glyph, code)
        block.shine.line([*frame, frame[0]], 0.05 / z, code)
    block.shine.fill(view.wall(x, 3.62, 3.74, item.z0 + 0.2, item.z1 - 0.2), rgb(NEON[int(rng.integers(len(NEON)))]))


def _rails(stage: Stage, view: View) -> Iterator[Layer]:
    """Kerbs, and tram rails where a tram is named."""
    pen = Drawing(stage.canvas)
    light = stage.light
    kerb = light.lit(rgb("#9a948c"), 0.4)
    half = _half_width(stage) - 1.7
    for x in (-half, half):
        pen.fill([view.at(x, 0, 1.2), view.at(x + 0.22, 0, 1.2), view.at(x + 0.22, 0, 60), view.at(x, 0, 60)], kerb)
    if any(subject.kind in {"tram", "train"} for subject in stage.words.subjects) or not stage.words.has("alley"):
        steel = mix(light.lit(rgb("#b8bcc4"), 0.6), light.horizon, 0.35)
        for x in (-1.9, -0.6):
            pen.fill([view.at(x, 0, 1.2), view.at(x + 0.09, 0, 1.2), view.at(x + 0.09, 0, 60), view.at(x, 0, 60)], steel)
            pen.fill(
                [view.at(x + 0.09, 0, 1.2), view.at(x + 0.15, 0, 1.2), view.at(x + 0.15, 0, 60), view.at(x + 0.09, 0, 60)],
                steel * np.float32(0.25),
            )
    yield stage.layer("rails", pen.premultiplied(), 0.36)


def _lamps(stage: Stage, view: View, half: float) -> Block:
    """Lamps along both kerbs, and the wires above the rails."""
    light = stage.light
    block = Block.on(stage.canvas, stage.rng("street lamps"), light)
    iron = light.lit(rgb("#22242a"), 0.2)
    for z in () if stage.words.has("alley") else (34.0, 24.0, 17.0, 12.0, 8.0):
        for side in (-1, 1):
            x = side * (half - 1.5)
            block.solid.limb(view.at(x, 0, z), view.at(x, 5.2, z), 0.16 / z, 0.10 / z, iron)
            block.solid.limb(view.at(x, 5.2, z), view.at(x - side * 0.9, 5.35, z), 0.10 / z, 0.08 / z, iron)
            block.solid.fill(
                [
                    view.at(x - side * 0.65, 5.3, z),
                    view.at(x - side * 1.15, 5.3, z),
                    view.at(x - side * 1.05, 5.0, z),
                    view.at(x - side * 0.75, 5.0, z),
                ],
                iron,
            )
            if light.lamps > 0.25:
                block.shine.disc(*view.at(x - side * 0.9, 4.98, z), 0.19 / z, light.lamp)
    for x in (-1.25,):
        block.solid.line([view.at(x, 6.0, 1.6), view.at(x, 6.0, 40)], 0.0018, iron)
    for z in (7.0, 14.0, 26.0):
        block.solid.line([view.at(-half, 6.6, z), view.at(-1.25, 6.05, z), view.at(half, 6.6, z)], 0.0013, iron)
    return block


def _wet(stage: Stage, view: View, half: float) -> Layer:
    """Wet paving mirrors what stands on it: each column around the foot of what is behind it."""
    canvas = stage.canvas
    offset = np.abs(canvas.xs() - np.float32(view.vx))
    axis = view.vy + np.maximum(offset * np.float32(_EYE / half), 0.028)
    sheen = wet_sheen(
        stage.backdrop,
        canvas,
        float(axis.min()),
        stage.number("wet"),
        amount=max(stage.light.wet, 0.7),
        axis=axis.astype(np.float32),
    )
    return stage.layer("wet", sheen, 0.4, Motion.WATER)
