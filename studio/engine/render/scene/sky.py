"""The sky: a gradient by time of day, light scattered around the sun or moon, stars, aurora, and clouds."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Drawing, Field, Real, cover, mix, rgb, smooth
from studio.engine.render.scene.haze import bloom
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.light import Light
from studio.engine.render.scene.noise import plane, sample, stream


def source_place(canvas: Canvas, light: Light, horizon: float) -> tuple[float, float]:
    """Where the sun or moon stands, in units, for a horizon at that height."""
    return light.source_x * canvas.frame_w, horizon - light.source_y * horizon * 0.92


def gradient(light: Light, climb: Field) -> Field:
    """Sky colour by `climb` (0 at the horizon, 1 at the top of the frame), (…, 3)."""
    t = np.clip(climb, 0, 1)[..., None]
    low = smooth(0.0, 0.42, t)
    high = smooth(0.25, 1.0, t)
    return np.asarray((light.horizon * (1 - low) + light.middle * low) * (1 - high) + light.zenith * high, np.float32)


def _scatter(canvas: Canvas, light: Light, horizon: float) -> Field:
    """Glow of the air around the source: a tight and a wide lobe (after Henyey and Greenstein's forward peak), and a band
    on the horizon."""
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    sx, sy = source_place(canvas, light, horizon)
    distance = np.hypot(x - np.float32(sx), (y - np.float32(sy)) * 1.15)
    tight = 0.45 * np.exp(-distance / 0.045)
    wide = 0.30 * np.exp(-distance / 0.30)
    low = np.exp(-np.abs(y - np.float32(horizon)) / 0.10) * np.exp(-(((x - np.float32(sx)) / 0.75) ** 2))
    band = 0.22 * low * (1.0 if light.source_y < 0.4 else 0.15)
    return np.asarray((tight + wide + band) * light.glow, np.float32)


def paint_sky(canvas: Canvas, light: Light, seed: int, horizon: float, *, moon_phase: float = 0.35) -> Pixels:
    """The clear sky behind everything, opaque. `horizon` is the height of the skyline in units."""
    small = canvas.coarse(900)
    climb = (np.float32(horizon) - small.ys()) / np.float32(max(horizon, 0.1))
    colour = np.broadcast_to(gradient(light, climb)[:, None, :], (small.rows, small.columns, 3))
    colour = colour + _scatter(small, light, horizon)[..., None] * light.source
    uneven = plane(small, seed + 40, across=0.35, down=0.9, octaves=4)
    colour = colour * (0.95 + 0.10 * uneven[..., None])
    full = cv2.resize(colour.astype(np.float32), (canvas.columns, canvas.rows), interpolation=cv2.INTER_LINEAR)
    pixels = np.empty((canvas.rows, canvas.columns, 4), np.float32)
    pixels[..., :3] = full
    pixels[..., 3] = 1.0
    if light.stars > 0.02:
        _stars(pixels, canvas, light, seed, horizon)
    if light.disc > 0.02:
        _disc(pixels, canvas, light, horizon, moon_phase)
    return pixels


def _stars(pixels: Pixels, canvas: Canvas, light: Light, seed: int, horizon: float) -> None:
    """Points of light with the many-faint-few-bright spread of real skies, and the band of the Milky Way."""
    rng = stream(seed, "stars")
    count = int(1500 * light.stars)
    spots = rng.random((count, 5))
    px = spots[:, 0] * (canvas.frame_w + 0.6) - 0.3
    py = spots[:, 1] * (horizon + 0.3) - 0.3
    power = 0.035 / (spots[:, 2] ** 0.75 + 0.035) * light.stars
    radius = max(0.0011, 0.62 / canvas.scale)
    spread = (0.0011 / radius) ** 2
    for x, y, p, warm in zip(px, py, power, spots[:, 3], strict=True):
        fade = float(np.clip((horizon - y) / 0.35, 0.1, 1))
        _spot(
            pixels,
            canvas,
            float(x),
            float(y),
            radius * (1 + 0.9 * min(p, 1)),
            np.array([0.85 + 0.3 * warm, 0.95, 1.2 - 0.35 * warm], np.float32)
            * np.float32(p * fade * 1.15 * max(spread, 0.22)),
        )
    small = canvas.coarse(700)
    x, y = np.meshgrid(small.xs(), small.ys())
    tilt = 0.55 + 0.3 * rng.random()
    across = (x - canvas.frame_w * 0.36) * np.float32(np.sin(tilt + 0.5)) + (y - horizon * 0.42) * np.float32(
        np.cos(tilt + 0.5)
    )
    cloud = plane(small, seed + 61, across=1.3, down=1.3, octaves=6, warp=0.35)
    band = np.exp(-((across / 0.17) ** 2)) * smooth(0.30, 0.85, cloud) * smooth(horizon, horizon * 0.5, y)
    glow = np.maximum(canvas.enlarge(band.astype(np.float32)), 0)[..., None]
    pixels[..., :3] += glow * np.array([0.030, 0.034, 0.060], np.float32) * np.float32(light.stars)


def _spot(pixels: Pixels, canvas: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    """One soft point of light, added."""
    cx, cy, r = (x - canvas.left) * canvas.scale - 0.5, (y - canvas.top) * canvas.scale - 0.5, radius * canvas.scale
    reach = int(np.ceil(r * 2.2)) + 1
    x0, y0 = max(int(cx) - reach, 0), max(int(cy) - reach, 0)
    x1, y1 = min(int(cx) + reach + 1, canvas.columns), min(int(cy) + reach + 1, canvas.rows)
    if x1 <= x0 or y1 <= y0:
        return
    dx = (np.arange(x0, x1, dtype=np.float32) - cx) ** 2
    dy = (np.arange(y0, y1, dtype=np.float32) - cy) ** 2
    pixels[y0:y1, x0:x1, :3] += np.exp(-(dx[None, :] + dy[:, None]) / (r * r))[..., None].astype(np.float32) * colour


def _disc(pixels: Pixels, canvas: Canvas, light: Light, horizon: float, phase: float) -> None:
    """The sun (a hot disc) or the moon (with its seas and its shadow side)."""
    sx, sy = source_place(canvas, light, horizon)
    radius = 0.040 if light.moon else 0.036
    reach = radius * 1.6
    x0, x1 = (int(np.clip((sx + s * reach - canvas.left) * canvas.scale, 0, canvas.columns)) for s in (-1, 1))
    y0, y1 = (int(np.clip((sy + s * reach - canvas.top) * canvas.scale, 0, canvas.rows)) for s in (-1, 1))
    if x1 <= x0 or y1 <= y0:
        return
    x, y = np.meshgrid(canvas.xs()[x0:x1], canvas.ys()[y0:y1])
    dx, dy = (x - sx) / radius, (y - sy) / radius
    edge = 1.5 / (radius * canvas.scale)
    round_ = smooth(1 + edge, 1 - edge, np.hypot(dx, dy))
    if light.moon:
        shadow = smooth(1.02 + edge, 0.94 - edge, np.hypot(dx - (0.55 + phase), dy + 0.12))
        seas = 0.80 + 0.4 * (sample(5, dx * 0.09 + 0.3, dy * 0.09 + 0.4, octaves=5, footprint=edge * 0.1) - 0.35)
        body = light.source * (round_ * (1 - 0.97 * shadow) * seas)[..., None]
        pixels[y0:y1, x0:x1, :3] += body * np.float32(light.disc)
    else:
        share = (round_ * np.float32(light.disc))[..., None]
        part = pixels[y0:y1, x0:x1, :3]
        part += (light.source * 1.3 - part) * share


def aurora(canvas: Canvas, seed: int, horizon: float) -> Pixels:
    """Curtains of northern light, to be added."""
    small = canvas.coarse(800)
    x, y = np.meshgrid(small.xs(), small.ys())
    out = np.zeros((small.rows, small.columns, 3), np.float32)
    for band in range(3):
        foot = (
            horizon * (0.62 - 0.15 * band)
            + 0.16 * (sample(seed + band, x * 0.35, np.full_like(x, 0.3 + 0.2 * band), octaves=3) - 0.5) * 2
        )
        rise = np.maximum(foot - y, 0)
        rays = 0.35 + 0.9 * sample(seed + 9 + band, x * 3.1, y * 0.06, octaves=4)
        curtain = np.exp(-rise / 0.16) * smooth(-0.012, 0.02, foot - y) * rays
        tone = rgb("#3dffa0") * np.exp(-rise / 0.12)[..., None] + rgb("#8f4dff") * (1 - np.exp(-rise / 0.12))[..., None]
        out += tone * (curtain * np.float32(0.42 - 0.1 * band))[..., None]
    pixels = canvas.blank()
    pixels[..., :3] = np.maximum(cv2.resize(out, (canvas.columns, canvas.rows), interpolation=cv2.INTER_CUBIC), 0)
    return pixels


def lightning(canvas: Canvas, seed: int, horizon: float) -> Pixels:
    """A branching stroke from the clouds to the skyline by midpoint displacement, with its flash in the air; to be added."""
    rng = stream(seed, "bolt")
    x = canvas.frame_w * (0.24 if rng.random() < 0.5 else 0.72)
    pen = Drawing(canvas)
    main = _stroke(rng, (x, horizon * 0.10), (x + rng.uniform(-0.12, 0.12), horizon * 1.0))
    pen.line(main, 0.0050, np.ones(3, np.float32))
    for at in rng.integers(12, 44, 5):
        start = main[int(at)]
        end = start + np.array([rng.uniform(0.08, 0.22) * (-1 if rng.random() < 0.5 else 1), rng.uniform(0.08, 0.24)])
        pen.line(_stroke(rng, start, end), 0.0020, np.full(3, 0.6, np.float32))
    pixels = pen.premultiplied()
    pixels[..., 3] = 0
    pixels[..., :3] *= np.array([2.2, 2.3, 3.0], np.float32)
    glow = canvas.coarse(400)
    gx, gy = np.meshgrid(glow.xs(), glow.ys())
    flash = np.exp(-np.hypot((gx - x) * 1.1, gy - horizon * 0.25) / 0.26) * smooth(horizon * 1.25, horizon * 0.7, gy)
    flash = flash * (0.55 + 0.9 * (plane(glow, seed + 3, across=0.7, down=1.1, octaves=5) - 0.2))
    pixels[..., :3] += np.maximum(canvas.enlarge(flash.astype(np.float32)), 0)[..., None] * np.array(
        [0.30, 0.32, 0.46], np.float32
    )
    return bloom(pixels, canvas, radius=0.02, strength=0.35)


def _stroke(rng: np.random.Generator, start: Sequence[float] | Real, end: Sequence[float] | Real) -> Real:
    """A jagged line of 65 points."""
    path = np.array([start, end], np.float64)
    reach = float(np.hypot(*(path[1] - path[0]))) * 0.13
    for _ in range(6):
        middle = (path[:-1] + path[1:]) / 2 + np.stack(
            [rng.normal(0, reach, len(path) - 1), rng.normal(0, reach * 0.3, len(path) - 1)], -1
        )
        woven = np.empty((len(path) * 2 - 1, 2))
        woven[0::2], woven[1::2] = path, middle
        path, reach = woven, reach * 0.55
    return path


def _cloud_density(canvas: Canvas, seed: int, horizon: float, cover_share: float) -> tuple[Field, Field, Field]:
    """How thick the clouds are, how thick a step nearer to the light, and how near the horizon; the bank flattens with
    distance."""
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    height = np.clip((horizon - y) / max(horizon, 0.1), 0, 1.4)
    near = 1.0 / (height * 1.15 + 0.20)
    u = (x - canvas.frame_w * 0.5) * near * 0.20 + 0.5
    v = near * 0.46
    bend_u = sample(seed + 1, u * 1.3, v * 1.3, octaves=4)
    bend_v = sample(seed + 2, u * 1.3 + 0.4, v * 1.3, octaves=4)
    u, v = u + (bend_u - 0.5) * 0.13, v + (bend_v - 0.5) * 0.09
    footprint = 0.4 / canvas.scale
    threshold = 0.80 - 0.62 * cover_share
    thick = sample(seed, u, v, octaves=6, gain=0.54, footprint=footprint)
    return thick - np.float32(threshold), u, v


def clouds(canvas: Canvas, light: Light, seed: int, horizon: float) -> Pixels:
    """Domain-warped clouds, lit from the source's side, with bright rims near it and flat bases far away."""
    small = canvas.coarse(1000)
    thick, u, v = _cloud_density(small, seed, horizon, light.cloud_cover)
    x, y = np.meshgrid(small.xs(), small.ys())
    sx, sy = source_place(small, light, horizon)
    reach = np.hypot(x - sx, y - sy) + 0.15
    step = 0.035
    toward = sample(
        seed,
        u + ((sx - x) / reach).astype(np.float32) * step,
        v - ((sy - y) / reach).astype(np.float32) * step,
        octaves=5,
        gain=0.54,
        footprint=0.4 / small.scale,
    )
    threshold = 0.80 - 0.62 * light.cloud_cover
    height = np.clip((horizon - y) / max(horizon, 0.1), 0, 1.4)
    soft = 0.20 + 0.12 * light.cloud_cover
    alpha = smooth(0.0, soft, thick) * smooth(-0.01, 0.16, height)
    lit = np.clip(0.52 + (thick - (toward - threshold)) * 3.4 - thick * 0.9, 0, 1)
    rim = np.exp(-(reach - 0.15) / 0.24) * (1 - smooth(0.05, 0.3, thick)) * light.glow
    tone = lit[..., None] * light.cloud_lit + (1 - lit[..., None]) * light.cloud_shade
    far = smooth(0.42, 0.0, height)[..., None] * 0.6
    tone = tone * (1 - far) + mix(light.horizon, light.haze, 0.4) * far + (rim * 0.55)[..., None] * light.source
    pixels = cover(tone.astype(np.float32), (alpha * 0.96).astype(np.float32))
    if small.columns != canvas.columns:
        pixels = np.asarray(cv2.resize(pixels, (canvas.columns, canvas.rows), interpolation=cv2.INTER_LINEAR), np.float32)
    return pixels
