"""Buildings by rules: towers of a skyline, rows of gabled houses, street lamps; lit windows go to a drawing of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Drawing, mix, rgb
from studio.engine.render.scene.haze import bloom
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.light import Light

Rng = np.random.Generator
WARM = ("#ffc46b", "#ffd994", "#ffb04a", "#ffe6b8")
COOL = ("#bfe0ff", "#e8f2ff", "#ffd994", "#ffc46b")
_DARK = np.zeros(3, np.float32)
NEON = ("#ff3fae", "#29e6ff", "#8a5bff", "#ffd23f", "#3dffa0", "#ff5a4a")


@dataclass(slots=True)
class Block:
    """What buildings are drawn with: solid shapes, and shapes that shine."""

    solid: Drawing
    shine: Drawing
    rng: Rng
    light: Light
    air: float = 0.0

    @classmethod
    def on(cls, canvas: Canvas, rng: Rng, light: Light, air: float = 0.0) -> Block:
        return cls(Drawing(canvas), Drawing(canvas), rng, light, air)

    def wall(self, points: Sequence[Sequence[float]], colour: Colour) -> None:
        """A solid that also hides what shines behind it."""
        self.solid.fill(points, colour)
        self.shine.fill(points, _DARK)

    def tone(self, albedo: Colour, key: float, ambient: float = 1.0) -> Colour:
        """A wall's colour under the light, through the air before it."""
        return mix(self.light.lit(albedo, key, ambient), self.light.haze, self.air)

    def lamps(self, strength: float, radius: float = 0.02) -> Pixels:
        """The shining shapes as light to be added, with their glow."""
        pixels = self.shine.premultiplied()
        pixels[..., :3] *= np.float32(strength * (1 - self.air * 0.8))
        pixels[..., 3] = 0
        return bloom(pixels, self.shine.canvas, radius=radius, strength=0.5)


def box(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def windows(
    block: Block,
    x0: float,
    top: float,
    x1: float,
    foot: float,
    cell: float,
    share: float,
    glass: Colour,
    palette: tuple[str, ...],
    *,
    slim: float = 0.55,
) -> None:
    """A grid of windows on a flat wall; some shine. Floors tend to be lit together."""
    rng = block.rng
    columns, rows = max(1, int((x1 - x0) / cell)), max(1, int((foot - top) / (cell * 1.35)))
    dx, dy = (x1 - x0) / columns, (foot - top) / rows
    x, y = np.meshgrid(x0 + dx * (np.arange(columns) + 0.5), top + dy * (np.arange(rows) + 0.5))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (dx * slim / 2, dy * 0.30)
    panes = (np.stack([x, y], -1)[..., None, :] + corners).reshape(-1, 4, 2).astype(np.float32)
    busy = np.repeat(share * (0.35 + 1.3 * rng.random(rows)), columns)
    lit = rng.random(len(panes)) < busy
    kind = rng.integers(len(palette) * 3, size=len(panes))
    block.solid.fill_apart(panes[~lit], glass)
    for which in np.unique(kind[lit]):
        gain = (0.22, 0.5, 0.95)[int(which) % 3]
        block.shine.fill_apart(panes[lit & (kind == which)], rgb(palette[int(which) // 3]) * np.float32(gain))


def tower(
    block: Block,
    x: float,
    foot: float,
    width: float,
    height: float,
    wall: Colour,
    *,
    cell: float,
    share: float,
    palette: tuple[str, ...],
    detail: bool = True,
) -> None:
    """One tower: a lit and a shaded face, windows in floors, and a top by chance (steps, spire, tank, slanted roof)."""
    rng, side = block.rng, block.light.side
    top = foot - height
    split = x + width * (0.5 - 0.32 * side) if detail else x + width * (0 if side > 0 else 1)
    bright, dark = block.tone(wall, 0.55), block.tone(wall * np.float32(0.72), 0.06)
    near_left, near_right = (dark, bright) if side > 0 else (bright, dark)
    kind = rng.random()
    if kind < 0.22:
        block.solid.fill(
            box(x + width * 0.2, top - height * 0.07, x + width * 0.8, top + 0.01), near_right if side > 0 else near_left
        )
        block.solid.fill(box(x + width * 0.36, top - height * 0.12, x + width * 0.64, top), dark)
    elif kind < 0.36:
        block.solid.fill([(x + width * 0.47, top), (x + width * 0.5, top - height * 0.22), (x + width * 0.53, top)], dark)
        block.solid.fill(
            [(x + width * 0.1, top), (x + width * 0.5, top - height * 0.10), (x + width * 0.9, top)], near_right
        )
    elif kind < 0.5:
        block.solid.fill([(x, top + 0.002), (x, top - height * 0.08), (x + width, top + 0.002)], near_left)
    elif kind < 0.62:
        block.solid.line([(x + width * 0.7, top), (x + width * 0.7, top - height * 0.14)], 0.0022, dark)
    block.wall(box(x, top, split, foot), near_left)
    block.wall(box(split, top, x + width, foot), near_right)
    glass = mix(block.tone(wall * np.float32(0.5), 0.1), block.light.middle * np.float32(0.7), 0.35)
    inset = width * 0.07
    if split - x > width * 0.15:
        windows(
            block, x + inset, top + cell * 0.6, split - inset * 0.5, foot, cell, share, mix(glass, near_left, 0.35), palette
        )
    if x + width - split > width * 0.15:
        windows(
            block,
            split + inset * 0.5,
            top + cell * 0.6,
            x + width - inset,
            foot,
            cell,
            share,
            mix(glass, near_right, 0.2),
            palette,
        )


def skyline(
    block: Block,
    span: tuple[float, float],
    foot: float,
    low: float,
    high: float,
    width: float,
    *,
    walls: tuple[str, ...],
    cell: float,
    share: float,
    palette: tuple[str, ...],
    centre: float,
    detail: bool = True,
) -> None:
    """A row of towers from edge to edge, rising toward `centre`; later ones stand before earlier ones."""
    rng = block.rng
    x, towers = span[0], []
    while x < span[1]:
        wide = width * rng.uniform(0.6, 1.5)
        rise = float(np.exp(-(((x + wide / 2 - centre) / 0.5) ** 2)))
        tall = low + (high - low) * (0.22 * rng.random() + 0.78 * rise * rng.uniform(0.45, 1.0))
        towers.append((x, wide, tall))
        x += wide * rng.uniform(0.72, 1.12)
    for at in rng.permutation(len(towers)):
        x, wide, tall = towers[int(at)]
        wall = rgb(walls[int(rng.integers(len(walls)))])
        tower(
            block, x, foot, wide, tall, wall, cell=cell * rng.uniform(0.85, 1.2), share=share, palette=palette, detail=detail
        )


def house(
    block: Block,
    x: float,
    foot: float,
    width: float,
    height: float,
    wall: Colour,
    roof: Colour,
    share: float,
    *,
    gable: bool = False,
    snow: Colour | None = None,
) -> None:
    """A house of a few floors with a roof, framed windows, a door and a chimney."""
    rng, light, pen = block.rng, block.light, block.solid
    top = foot - height
    rise = width * (0.62 if gable else 0.34)
    roof_tone = snow if snow is not None else block.tone(roof, 0.45)
    chimney = x + width * rng.uniform(0.2, 0.7)
    pen.fill(box(chimney, top - rise * 0.95, chimney + width * 0.09, top), block.tone(rgb("#6a4a40"), 0.2))
    wall_tone = block.tone(wall, 0.5)
    if gable:
        block.wall([(x, top), (x + width / 2, top - rise), (x + width, top), (x + width, foot), (x, foot)], wall_tone)
        for way in (0, 1):
            edge = x + way * width
            pen.fill(
                [
                    (edge + (way * 2 - 1) * width * 0.06, top + width * 0.04),
                    (x + width / 2, top - rise - width * 0.06),
                    (x + width / 2, top - rise + width * 0.05),
                    (edge, top + width * 0.10),
                ],
                roof_tone if (way == 1) == (light.side > 0) else roof_tone * np.float32(0.6),
            )
    else:
        block.wall(
            [
                (x - width * 0.05, top),
                (x + width * 0.07, top - rise),
                (x + width * 0.93, top - rise),
                (x + width * 1.05, top),
            ],
            roof_tone,
        )
        block.wall(box(x, top, x + width, foot), wall_tone)
        pen.fill(box(x - width * 0.05, top, x + width * 1.05, top + height * 0.025), roof_tone * np.float32(0.55))
    shaded = x if light.side > 0 else x + width * 0.86
    pen.fill(box(shaded, top + height * 0.025, shaded + width * 0.14, foot), wall_tone * np.float32(0.72))
    _house_windows(block, x, top, width, foot, wall_tone, share)


def _house_windows(block: Block, x: float, top: float, width: float, foot: float, wall_tone: Colour, share: float) -> None:
    rng, pen = block.rng, block.solid
    height = foot - top
    floors = max(1, round(height / (width * 0.42)))
    columns = 3 if width < 0.16 or rng.random() < 0.5 else 4
    glass = mix(block.light.middle, wall_tone, 0.4) * np.float32(0.45)
    frame = mix(wall_tone, block.tone(rgb("#f2ede2"), 0.5), 0.7)
    dy, dx = height / floors, width / columns
    door = int(rng.integers(columns))
    for floor in range(floors):
        for column in range(columns):
            cx, cy = x + dx * (column + 0.5), top + dy * (floor + 0.52)
            half, tall = dx * 0.24, dy * 0.30
            if floor == floors - 1 and column == door:
                pen.fill(box(cx - half, foot - dy * 0.72, cx + half, foot), block.tone(rgb("#5a3424"), 0.3))
                continue
            pen.fill(box(cx - half * 1.3, cy - tall * 1.18, cx + half * 1.3, cy + tall * 1.22), frame)
            pane = box(cx - half, cy - tall, cx + half, cy + tall)
            pen.fill(pane, glass)
            if rng.random() < share:
                block.shine.fill(pane, rgb(WARM[int(rng.integers(4))]) * np.float32(rng.uniform(0.5, 1.0)))
            for bar in ([(cx, cy - tall), (cx, cy + tall)], [(cx - half, cy - tall * 0.2), (cx + half, cy - tall * 0.2)]):
                pen.line(bar, half * 0.16, frame)
                block.shine.line(bar, half * 0.16, _DARK)


def lamp_post(block: Block, x: float, foot: float, height: float, on: bool) -> None:
    """A street lamp with an arm on both sides."""
    iron = block.tone(rgb("#24262c"), 0.25)
    pen = block.solid
    pen.limb((x, foot), (x, foot - height), height * 0.030, height * 0.018, iron)
    pen.limb((x, foot), (x, foot - height * 0.10), height * 0.055, height * 0.040, iron)
    for way in (-1, 1):
        arm = [
            (x, foot - height * 0.97),
            (x + way * height * 0.07, foot - height * 1.02),
            (x + way * height * 0.12, foot - height * 0.99),
        ]
        pen.line(arm, height * 0.012, iron)
        cx, cy = x + way * height * 0.12, foot - height * 0.945
        pen.fill(
            [
                (cx - height * 0.030, cy - height * 0.02),
                (cx + height * 0.030, cy - height * 0.02),
                (cx + height * 0.018, cy + height * 0.035),
                (cx - height * 0.018, cy + height * 0.035),
            ],
            iron * np.float32(1.4),
        )
        if on:
            block.shine.disc(cx, cy + height * 0.008, height * 0.024, block.light.lamp)
