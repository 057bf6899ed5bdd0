"""Land: ridgelines in aerial perspective, mountains with relief and snow, dunes, and the plane of the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Field, cover, smooth
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.light import Light
from studio.engine.render.scene.noise import line, sample

_PERIOD = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class Ridge:
    """One line of hills: its foot and height in units, how often it rises a unit, how sharp it is, and what covers it."""

    foot: float
    height: float
    frequency: float
    sharp: float
    albedo: Colour
    haze: float  # share of haze in front of it
    snow: float = 0.0  # 0 none, 1 white
    mist: float = 0.25  # more haze toward its foot
    octaves: int = 8
    relief: float = 1.0
    summit: tuple[float, float, float] | None = None  # a main peak: its x, how much higher, and its half width, in units


def ridge_line(canvas: Canvas, ridge: Ridge, seed: int) -> Field:
    """The skyline's height y at each column, in units."""
    x = canvas.xs() + np.float32(11.7)
    shape = line(x, seed, ridge.frequency, ridge.octaves, gain=0.47, ridged=ridge.sharp, pixel=1 / canvas.scale)
    broad = line(x, seed + 7, ridge.frequency * 0.37, 2)
    rise = ridge.height * (0.22 + 0.95 * (shape - 0.3) + 0.55 * (broad - 0.4))
    if ridge.summit is not None:
        middle, extra, half = ridge.summit
        cone = np.clip(1 - np.abs(canvas.xs() - np.float32(middle)) / np.float32(half), 0, 1)
        rise = rise + extra * cone**1.25 * (0.55 + 0.75 * shape)
    return np.asarray(ridge.foot - rise, np.float32)


def coverage(canvas: Canvas, skyline: Field, top: int) -> Field:
    """Soft-edged coverage of everything below a skyline, for the rows from `top` on."""
    depth = canvas.ys()[top:, None] - skyline[None, :]
    return np.asarray(np.clip(depth * np.float32(canvas.scale) + 0.5, 0, 1), np.float32)


def paint_ridge(canvas: Canvas, ridge: Ridge, light: Light, seed: int, rise: Field | None = None) -> tuple[Pixels, Field]:
    """A ridge that fills everything below its skyline, and that skyline. `rise` (columns,) 0–1 lets it sink to its foot
    and below."""
    skyline = ridge_line(canvas, ridge, seed)
    if rise is not None:
        skyline = (ridge.foot + 0.02 - (ridge.foot + 0.02 - skyline) * rise).astype(np.float32)
    out = canvas.blank()
    top = canvas.row_of(float(skyline.min()) - 2 / canvas.scale)
    if top >= canvas.rows:
        return out, skyline
    x, y = np.meshgrid(canvas.xs(), canvas.ys()[top:])
    depth = np.maximum(y - skyline[None, :], 0)
    colour = _relief(ridge, light, seed, x, depth, 1 / canvas.scale)
    air = np.clip(ridge.haze + (1 - ridge.haze) * ridge.mist * (depth / max(ridge.height, 0.02)) ** 1.2, 0, 0.97)[..., None]
    colour += (light.haze - colour) * air.astype(np.float32)
    out[top:] = cover(colour, coverage(canvas, skyline, top))
    return out, skyline


def _relief(ridge: Ridge, light: Light, seed: int, x: Field, depth: Field, pixel: float) -> Field:
    """Lit and shaded flanks: spurs run downhill, so the noise is stretched along the slope and bent by itself."""
    rate = np.float32(min(ridge.frequency * 0.34, 1.6))
    lean = sample(seed + 3, x * rate * 0.6, depth * rate * 0.6, octaves=4, footprint=pixel * float(rate)) - 0.5
    u, v = x * rate + lean * 0.20, depth * rate * 0.80 + lean * 0.24
    reach = np.float32(0.010)
    spur = sample(seed + 4, u, v, octaves=7, gain=0.56, footprint=pixel * float(rate))
    beside = sample(
        seed + 4,
        u + reach * np.float32(light.side),
        v - reach * np.float32(0.5),
        octaves=7,
        gain=0.56,
        footprint=pixel * float(rate),
    )
    face = np.clip(0.42 + (spur - beside) * np.float32(5.0 * ridge.relief), 0, 1)
    ground = ridge.albedo * (0.82 + 0.36 * spur)[..., None]
    if ridge.snow > 0:
        edge = np.float32(ridge.height * (0.15 + 0.75 * ridge.snow)) * (0.35 + 1.3 * (spur * 0.6 + lean + 0.2))
        white = smooth(1.0, 0.72, depth / np.maximum(edge, 1e-3)) * smooth(0.05, 0.30, face + ridge.snow * 0.35)
        white = np.clip(white * min(1.0, ridge.snow * 2.2), 0, 1)[..., None]
        ground = ground + (np.array([0.86, 0.90, 0.96], np.float32) - ground) * white
    return np.asarray(
        ground * (light.ambient * (0.55 + 0.45 * face)[..., None] + light.key * (face**1.5)[..., None]), np.float32
    )


def perspective(canvas: Canvas, horizon: float, top: int) -> tuple[Field, Field, Field]:
    """Ground coordinates (sideways, away) of the rows from `top` on for an eye above a plane, and the pixel's size there."""
    x, y = np.meshgrid(canvas.xs() - np.float32(canvas.frame_w * 0.5), canvas.ys()[top:])
    below = np.maximum(y - np.float32(horizon), 0.004)
    return x / below, 1 / below, (1 / below) ** 2 / np.float32(canvas.scale)


@dataclass(frozen=True, slots=True)
class Ground:
    """The plane one stands on: colours near and far, the grain of its texture, and how strongly it shows."""

    near: Colour
    far: Colour
    texture: float = 0.35
    scale: float = 0.11
    stretch: float = 0.5


def paint_ground(
    canvas: Canvas, ground: Ground, light: Light, seed: int, horizon: float, *, edge: Field | None = None, haze: float = 0.6
) -> Pixels:
    """The plane below a horizon (or below `edge`, a skyline in units), textured in perspective."""
    skyline = np.full(canvas.columns, horizon, np.float32) if edge is None else edge
    out = canvas.blank()
    top = canvas.row_of(float(skyline.min()) - 2 / canvas.scale)
    if top >= canvas.rows:
        return out
    side, away, step = perspective(canvas, min(horizon, float(skyline.min())) - 0.015, top)
    footprint = float(np.median(step)) * ground.scale * 0.5
    grain = sample(seed, side * ground.scale, away * ground.scale * ground.stretch, octaves=7, gain=0.6, footprint=footprint)
    broad = sample(seed + 1, side * ground.scale * 0.22, away * ground.scale * 0.16, octaves=4)
    y = canvas.ys()[top:, None]
    bottom = max(canvas.frame_h, horizon + 0.1)
    near = np.clip((y - horizon) / (bottom - horizon), 0, 1) ** 0.8
    fine = smooth(0.0, 0.18, near)
    albedo = ground.far + (ground.near - ground.far) * near[..., None]
    tone = 1 + ground.texture * ((grain - 0.5) * 2.2 * fine + (broad - 0.5) * 1.6)
    colour = albedo * np.clip(tone, 0.1, 2)[..., None] * (light.ambient + light.key * np.float32(0.62))
    air = np.clip(haze * (1 - near) ** 2.6 + light.haze_density * 0.22 * (1 - near), 0, 0.95)[..., None]
    colour += (light.haze - colour) * air
    out[top:] = cover(colour.astype(np.float32), coverage(canvas, skyline, top))
    return out


def paint_dune(
    canvas: Canvas, light: Light, seed: int, *, foot: float, height: float, frequency: float, albedo: Colour, haze: float
) -> tuple[Pixels, Field]:
    """A dune with a windward face in the light and a slip face in the shade, parted by a crest that winds down from each
    top."""
    x = canvas.xs() + np.float32(5.3)
    wave = line(x, seed, frequency, 2, gain=0.35, ridged=0.6)
    ripple = line(x, seed + 5, frequency * 3.1, 2, gain=0.5)
    skyline = (foot - height * (0.15 + 0.95 * wave + 0.07 * ripple)).astype(np.float32)
    out = canvas.blank()
    top = canvas.row_of(float(skyline.min()) - 2 / canvas.scale)
    if top >= canvas.rows:
        return out, skyline
    gx, y = np.meshgrid(x, canvas.ys()[top:])
    depth = np.maximum(y - skyline[None, :], 0)
    wind = sample(seed + 8, gx * 0.35, depth * 0.9, octaves=3) - 0.5
    crest = gx - np.float32(light.side) * depth * (0.9 + 1.3 * wind) / np.float32(max(frequency, 0.3) ** 0.5)
    slope = line(crest + 0.012, seed, frequency, 2, gain=0.35, ridged=0.6)
    slope -= line(crest - 0.012, seed, frequency, 2, gain=0.35, ridged=0.6)
    face = smooth(-0.006, 0.008, slope * np.float32(light.side / frequency))
    fade = np.exp(-depth / np.float32(height * 1.1))
    face = face * fade + 0.52 * (1 - fade)
    grain = sample(
        seed + 9,
        gx * 0.5 + wind * 0.1,
        depth * 6.0 + gx * 1.2 + wind * 1.2,
        octaves=4,
        gain=0.5,
        footprint=6.0 / canvas.scale,
    )
    lines = 1 + 0.16 * (grain - 0.5) * 2 * (1 - haze)
    colour = (albedo * lines[..., None]) * (
        light.ambient * (0.62 + 0.38 * face)[..., None] + light.key * (0.06 + 1.02 * face)[..., None]
    )
    air = np.clip(haze + 0.22 * light.haze_density * depth / height, 0, 0.96)[..., None].astype(np.float32)
    colour = colour + (light.haze - colour) * air
    out[top:] = cover(colour.astype(np.float32), coverage(canvas, skyline, top))
    return out, skyline
