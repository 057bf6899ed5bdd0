"""Air: distance that pales, mist in valleys, glow around lights, shafts of light."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Field, cover, smooth
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.noise import plane


def veil(pixels: Pixels, colour: Colour, amount: Field | float) -> Pixels:
    """Premultiplied pixels seen through air of that colour; `amount` 0–1, one number or anything that spreads over (h,
    w). In place."""
    share = np.asarray(amount, np.float32)
    share = share[..., None] if share.ndim == 2 else share
    alpha = pixels[..., 3:4]
    pixels[..., :3] += (colour * alpha - pixels[..., :3]) * share
    return pixels


def shade(pixels: Pixels, factor: Field) -> Pixels:
    """Premultiplied pixels brightened or darkened by a factor that spreads over (h, w). In place."""
    pixels[..., :3] *= factor[..., None]
    return pixels


def bloom(pixels: Pixels, canvas: Canvas, *, radius: float = 0.03, strength: float = 0.6) -> Pixels:
    """Light that spills around bright spots: two wide blurs added. For emissive layers. `radius` in units."""
    small = canvas.coarse(640)
    source = cv2.resize(pixels[..., :3], (small.columns, small.rows), interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(source, (0, 0), max(radius * small.scale * 0.35, 0.6))
    far = cv2.GaussianBlur(source, (0, 0), max(radius * small.scale * 1.6, 1.2))
    spill = cv2.resize(
        near * np.float32(strength) + far * np.float32(strength * 0.8),
        (canvas.columns, canvas.rows),
        interpolation=cv2.INTER_LINEAR,
    )
    pixels[..., :3] += spill
    return pixels


def mist(canvas: Canvas, colour: Colour, seed: int, *, level: float, thickness: float, amount: float) -> Pixels:
    """A bank of mist around the height `level` (units), torn by noise."""
    small = canvas.coarse(700)
    y = small.ys()[:, None]
    band = np.exp(-(((y - level) / thickness) ** 2)).astype(np.float32)
    torn = plane(small, seed, across=0.55, down=1.7, octaves=5, warp=0.25)
    alpha = np.clip(band * smooth(0.22, 0.75, torn) * np.float32(amount), 0, 1)
    return cover(colour, np.clip(canvas.enlarge(alpha.astype(np.float32)), 0, 1))


def shafts(
    canvas: Canvas, colour: Colour, seed: int, *, source: tuple[float, float], strength: float, floor: float
) -> Pixels:
    """Beams that fan out from a source above, as through a canopy: light to be added (alpha stays 0)."""
    small = canvas.coarse(720)
    x, y = np.meshgrid(small.xs(), small.ys())
    dx, dy = x - np.float32(source[0]), np.maximum(y - np.float32(source[1]), 0.02)
    angle = np.arctan2(dx, dy)
    beams = np.zeros_like(angle)
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 77])
    for _ in range(13):
        middle, width, power = rng.uniform(-0.95, 0.95), rng.uniform(0.012, 0.055), rng.uniform(0.25, 1.0)
        beams += np.exp(-(((angle - middle) / width) ** 2)) * np.float32(power)
    reach = np.hypot(dx, dy)
    fade = smooth(floor, floor * 0.45, y) * np.exp(-reach * 0.7)
    dust = 0.7 + 0.6 * (plane(small, seed + 5, across=0.8, down=0.8, octaves=4) - 0.5)
    light = canvas.enlarge((beams * fade * dust * np.float32(strength)).astype(np.float32))
    out = canvas.blank()
    np.multiply(np.maximum(light, 0)[..., None], colour, out=out[..., :3])
    return out
