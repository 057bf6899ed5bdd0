"""Built places: the city's skyline across the water, and the harbour with its houses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.buildings import COOL, NEON, WARM, Block, box, house, lamp_post, skyline
from studio.engine.render.scene.canvas import Drawing, mix, rgb
from studio.engine.render.scene.land import SNOW
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.shores import harbour_water
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_ground, paint_ridge
from studio.engine.render.scene.water import Water, paint_water, wet_sheen

GLASS = ("#8a97a8", "#76859a", "#a3a9ae", "#5f6d80", "#b0a698", "#8f8378")
HOUSES = ("#c9705a", "#d9a65f", "#e0c79a", "#8fa8a0", "#b98a7a", "#c9b7a4", "#7f93a8", "#d18f6f")
ROOFS = ("#7a3f30", "#5a4a48", "#8a4a38", "#4d5058")


def lamp_share(stage: Stage) -> float:
    """What part of the windows shines."""
    return 0.06 + 0.44 * stage.light.lamps


def lamp_strength(stage: Stage) -> float:
    """How bright a window is against its surroundings: lamps win only when the day goes."""
    return {"night": 1.1, "blue": 1.1, "dusk": 0.95, "dawn": 0.55, "golden": 0.5}.get(stage.light.time, 0.35) * (
        1.15 if stage.words.style == "neon" else 1
    )


def city(stage: Stage) -> Iterator[Layer]:
    """Three depths of towers across a river, and the promenade one stands on."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    shore = 0.735 * high
    yield from stage.sky(shore)
    palette = NEON + WARM[:2] if words.has("neon") else COOL
    share, strength, haze = lamp_share(stage), lamp_strength(stage), light.haze_density
    centre = wide * (0.40 if light.side > 0 else 0.60)
    tall = 0.70 + 0.30 * high
    for name, low, top, width, air, cell, depth in (
        ("far towers", 0.10, 0.40, 0.055, 0.66, 0.0085, 0.10),
        ("towers", 0.09, 0.52, 0.075, 0.36, 0.0095, 0.18),
        ("near towers", 0.06, 0.27, 0.095, 0.13, 0.0115, 0.28),
    ):
        block = Block.on(stage.canvas, stage.rng(name), light, min(air * (0.55 + 1.3 * haze), 0.92))
        skyline(
            block,
            stage.span,
            shore,
            low * tall,
            top * tall,
            width,
            walls=GLASS,
            cell=cell,
            share=share,
            palette=palette,
            centre=centre,
            detail=depth > 0.1,
        )
        yield stage.layer(name, block.solid.premultiplied(), depth)
        yield stage.layer(f"{name} windows", block.lamps(strength), depth, Motion.FLICKER, emissive=True)
    embankment = Drawing(stage.canvas)
    embankment.fill(box(-0.4, shore - 0.012, wide + 0.4, shore + 0.5), light.lit(rgb("#5a5650"), 0.3))
    yield stage.layer("embankment", embankment.premultiplied(), 0.3)
    water = Water(shore + 0.010, rgb("#22465a"), rough=0.30 + 0.2 * light.wet, mirror=0.9, glitter=0.6)
    yield stage.layer(
        "water", paint_water(stage.canvas, water, light, stage.backdrop, stage.number("water")), 0.4, Motion.WATER
    )
    stage.water, stage.land = Spot(0.80 * high, 0.07), Spot(0.975 * high, 0.20)
    yield from stage.perform("sky", "water")
    yield from _promenade(stage)


def _promenade(stage: Stage) -> Iterator[Layer]:
    """Paving with a railing and lamps along the water."""
    high, wide, light = stage.high, stage.wide, stage.light
    edge = np.full(stage.canvas.columns, 0.905 * high, np.float32)
    stone = SNOW if stage.snow else rgb("#6d6862") * np.float32(0.7 if light.wet else 1.0)
    ground = Ground(stone * np.float32(0.75), stone, texture=0.3, scale=0.9, stretch=0.4)
    yield stage.layer(
        "promenade", paint_ground(stage.canvas, ground, light, stage.number("paving"), 0.84 * high, edge=edge, haze=0.0), 0.7
    )
    if light.wet:
        yield stage.layer(
            "wet",
            wet_sheen(stage.backdrop, stage.canvas, 0.905 * high, stage.number("wet"), amount=0.8 * light.wet),
            0.7,
            Motion.WATER,
        )
    block = Block.on(stage.canvas, stage.rng("lamps"), light)
    iron = light.lit(rgb("#25282e"), 0.2)
    rail = 0.918 * high
    for x in np.arange(stage.span[0], stage.span[1], 0.030):
        block.solid.line([(x, rail), (x, rail - 0.055)], 0.0030, iron)
    for lift in (0.056, 0.034):
        block.solid.line(
            [(stage.span[0], rail - lift), (stage.span[1], rail - lift)], 0.0055 if lift > 0.05 else 0.003, iron
        )
    for share in (-0.12, 0.13, 0.87, 1.12):
        lamp_post(block, share * wide, 0.925 * high, 0.30, light.lamps > 0.25)
    yield stage.layer("railing", block.solid.premultiplied(), 0.78)
    yield stage.layer("lamps", block.lamps(1.5, 0.05), 0.78, Motion.FLICKER, emissive=True)


def harbour(stage: Stage) -> Iterator[Layer]:
    """A row of gabled houses on a quay, hills behind, masts, calm water, a wooden pier."""
    high, wide, light = stage.high, stage.wide, stage.light
    shore = 0.60 * high
    yield from stage.sky(shore)
    haze = light.haze_density
    hill = Ridge(
        shore, 0.17, 0.8, 0.2, SNOW if stage.snow else rgb("#54684a"), min(0.5 * (0.6 + 1.1 * haze), 0.9), mist=0.35
    )
    pixels, _ = paint_ridge(stage.canvas, hill, light, stage.number("hill"))
    yield stage.layer("hill", pixels, 0.08)
    for name, scale, air, depth in (("back row", 0.85, 0.34, 0.16), ("quay houses", 1.0, 0.10, 0.24)):
        block = Block.on(stage.canvas, stage.rng(name), light, min(air * (0.6 + 1.2 * haze), 0.85))
        rng, x = block.rng, stage.span[0]
        lift = 0.055 if depth < 0.2 else 0.0
        while x < stage.span[1]:
            width = rng.uniform(0.075, 0.135) * scale
            colour, roof = rgb(HOUSES[int(rng.integers(len(HOUSES)))]), rgb(ROOFS[int(rng.integers(len(ROOFS)))])
            snow = block.tone(SNOW, 0.5) if stage.snow else None
            house(
                block,
                x,
                shore - lift + 0.01,
                width,
                rng.uniform(0.10, 0.19) * scale,
                colour,
                roof,
                lamp_share(stage),
                gable=rng.random() < 0.6,
                snow=snow,
            )
            x += width * (1.0 if depth > 0.2 else 1.05)
        yield stage.layer(name, block.solid.premultiplied(), depth)
        yield stage.layer(f"{name} windows", block.lamps(lamp_strength(stage)), depth, Motion.FLICKER, emissive=True)
    block = Block.on(stage.canvas, stage.rng("quay"), light)
    block.solid.fill(box(-0.4, shore, wide + 0.4, shore + 0.5), light.lit(rgb("#6b625a"), 0.35))
    block.solid.fill(box(-0.4, shore, wide + 0.4, shore + 0.006), light.lit(SNOW if stage.snow else rgb("#9a9084"), 0.6))
    _moored(block, stage, shore)
    yield stage.layer("quay", block.solid.premultiplied(), 0.3)
    yield harbour_water(stage, shore + 0.028)
    stage.water, stage.land = Spot(0.76 * high, 0.12), Spot(0.935 * high, 0.20)
    yield from stage.perform("sky", "water", "far")
    yield from _pier(stage)


def _moored(block: Block, stage: Stage, shore: float) -> None:
    """Fishing boats along the quay, with bare masts."""
    rng, pen, light = block.rng, block.solid, stage.light
    for x in np.sort(rng.uniform(*stage.span, 11)):
        long, foot = rng.uniform(0.06, 0.12), shore + 0.034
        hull = light.lit(rgb(("#2f5d8a", "#a83a30", "#e8e2d4", "#2d6b58", "#d9a03a")[int(rng.integers(5))]), 0.45)
        mast = light.lit(rgb("#4a3a2c"), 0.3)
        tall = long * rng.uniform(1.3, 2.1)
        pen.limb((x + long * 0.1, foot - 0.02), (x + long * 0.1, foot - tall), long * 0.035, long * 0.018, mast)
        pen.line(
            [(x - long * 0.46, foot - long * 0.24), (x + long * 0.1, foot - tall), (x + long * 0.46, foot - long * 0.22)],
            0.0012,
            mast,
        )
        pen.fill(
            [
                (x - long * 0.5, foot - long * 0.26),
                (x + long * 0.5, foot - long * 0.24),
                (x + long * 0.36, foot),
                (x - long * 0.34, foot),
            ],
            hull,
        )
        pen.fill(
            box(x - long * 0.25, foot - long * 0.46, x + long * 0.02, foot - long * 0.24), light.lit(rgb("#efe8da"), 0.5)
        )
        pen.line(
            [(x - long * 0.49, foot - long * 0.22), (x + long * 0.48, foot - long * 0.20)],
            long * 0.035,
            mix(hull, light.lit(SNOW, 0.5), 0.6),
        )


def _pier(stage: Stage) -> Iterator[Layer]:
    """A wooden pier that runs from the foot of the picture into the basin."""
    high, wide, light = stage.high, stage.wide, stage.light
    pen, rng = Drawing(stage.canvas), stage.rng("pier")
    wood = SNOW * np.float32(0.9) if stage.snow else rgb("#8a6f54")
    side = 1 if light.side > 0 else -1
    middle = wide * (0.5 - 0.20 * side)
    far, near = 0.76 * high, high + 0.32
    rows = np.linspace(0, 1, 30) ** 1.9
    for t0, t1 in itertools.pairwise(rows):
        y0, y1 = far + (near - far) * t0, far + (near - far) * t1
        half0, half1 = 0.035 + 0.42 * t0, 0.035 + 0.42 * t1
        gap = (y1 - y0) * 0.10
        lean0, lean1 = -side * 0.25 * t0, -side * 0.25 * t1
        tone = light.lit(wood * np.float32(rng.uniform(0.72, 1.0)), 0.55)
        pen.fill(
            [
                (middle + lean0 - half0, y0),
                (middle + lean0 + half0, y0),
                (middle + lean1 + half1, y1 - gap),
                (middle + lean1 - half1, y1 - gap),
            ],
            tone,
        )
    dark = light.lit(rgb("#3d3028"), 0.15)
    for t in (0.0, 0.05, 0.16, 0.36, 0.7):
        y, half, lean = far + (near - far) * t, 0.035 + 0.42 * t, -side * 0.25 * t
        size = 0.010 + 0.06 * t
        for way in (-1, 1):
            pen.limb(
                (middle + lean + way * half, y + size * 2.6), (middle + lean + way * half, y - size * 3.2), size, size, dark
            )
    yield stage.layer("pier", pen.premultiplied(), 0.7)
