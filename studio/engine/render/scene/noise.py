"""Fractal noise: periodic tiles that any field can be sampled from, and lines for ridges and crests.

Value noise on random lattices, octave by octave (Perlin's fractal sum); a tile is made once a seed and sampled with
wrapping,
at a resolution that fits the pixel size, so that nothing aliases and nothing depends on the size of the picture.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Field, Real

TILE = 512


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers for one purpose of one scene: the same seed and name give the same numbers on every machine."""
    return np.random.default_rng([seed & 0xFFFFFFFFFFFFFFFF, *name.encode()])


_TILES = 4  # that many different tiles serve all seeds: a seed picks one and a place in it


@lru_cache(maxsize=96)
def tile(variant: int, cells: int, octaves: int, gain: float, size: int) -> Field:
    """A periodic fractal field (size, size) of about 0–1, mean 0.5, whose coarsest octave has `cells` cells (a power of
    two) a period.

    Octaves that a smaller size cannot hold are left out; the others are the same at every size.
    """
    rng = stream(variant, f"tile{cells}")
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = cells << octave
        lattice = rng.random((count, count), np.float32)
        if count * 2 > size:
            break
        pad, step = 4, size // count
        whole = cv2.resize(np.pad(lattice, pad, mode="wrap"), None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += np.float32(weight) * np.asarray(whole)[pad * step : pad * step + size, pad * step : pad * step + size]
        weight *= gain
    # The spread of all octaves, also of those left out, so that the contrast does not hang on the size.
    spread = 0.2887 * 0.72 * sum(gain ** (2 * octave) for octave in range(octaves)) ** 0.5
    field: Field = np.clip(0.5 + (total - total.mean()) * np.float32(0.17 / spread), 0, 1).astype(np.float32)
    field.setflags(write=False)
    return field


def sample(
    seed: int, u: Real, v: Real, *, cells: int = 4, octaves: int = 7, gain: float = 0.5, footprint: float = 0.0
) -> Field:
    """Fractal noise at (u, v), in periods, both (h, w). `footprint` is the size of a pixel in periods: what is finer is
    left out."""
    size = TILE
    while size > 16 and footprint * size > 1.4:
        size //= 2
    source = tile(seed % _TILES, cells, octaves, gain, size)
    shift_u, shift_v = (seed * 0.7548776662 + 0.1) % 1.0, (seed * 0.5698402909 + 0.3) % 1.0  # a low-discrepancy sequence
    x = np.mod(u + np.float32(shift_u), 1.0) * np.float32(size) - np.float32(0.5)
    y = np.mod(v + np.float32(shift_v), 1.0) * np.float32(size) - np.float32(0.5)
    filtering = cv2.INTER_LINEAR if size < 64 else cv2.INTER_CUBIC
    return np.asarray(
        cv2.remap(source, x.astype(np.float32), y.astype(np.float32), filtering, borderMode=cv2.BORDER_WRAP), np.float32
    )


def plane(
    canvas: Canvas,
    seed: int,
    *,
    across: float = 1.0,
    down: float = 1.0,
    octaves: int = 7,
    gain: float = 0.5,
    warp: float = 0.0,
) -> Field:
    """A field over the whole canvas, (rows, columns): `across` and `down` periods a unit, bent by `warp` periods of
    itself."""
    u, v = np.meshgrid(canvas.xs() * np.float32(across), canvas.ys() * np.float32(down))
    footprint = max(across, down) / canvas.scale
    if warp:
        bend_u = sample(seed + 1, u * 0.7, v * 0.7, octaves=4, footprint=footprint)
        bend_v = sample(seed + 2, u * 0.7, v * 0.7, octaves=4, footprint=footprint)
        u, v = u + (bend_u - 0.5) * np.float32(warp), v + (bend_v - 0.5) * np.float32(warp)
    return sample(seed, u, v, octaves=octaves, gain=gain, footprint=footprint)


def _lattice(cell: Field, rng_seed: int) -> Field:
    """A random value 0–1 for each whole number: an integer hash (Wang), so that it needs no bounds."""
    h = (cell.astype(np.int64) * 0x9E3779B1 + (rng_seed * 0x85EBCA77 & 0xFFFFFFFF)) & 0xFFFFFFFF
    h = ((h ^ 61) ^ (h >> 16)) * 9 & 0xFFFFFFFF
    h = (h ^ (h >> 4)) * 0x27D4EB2D & 0xFFFFFFFF
    h = h ^ (h >> 15)
    return (h & 0xFFFFFF).astype(np.float32) / np.float32(0xFFFFFF)


def smooth_line(x: Field, seed: int) -> Field:
    """One octave of smooth noise 0–1 along x, one cell a unit of x."""
    cell = np.floor(x)
    t = (x - cell).astype(np.float32)
    t = t * t * t * (t * (6 * t - 15) + 10)
    return (_lattice(cell, seed) * (1 - t) + _lattice(cell + 1, seed) * t).astype(np.float32)


def line(
    x: Field, seed: int, frequency: float, octaves: int, *, gain: float = 0.5, ridged: float = 0.0, pixel: float = 0.0
) -> Field:
    """A fractal profile 0–1 along x: `ridged` 0 gives rolling hills, 1 sharp crests. Octaves finer than two `pixel`s are
    left out."""
    total = np.zeros_like(x, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        rate = frequency * 2.03**octave
        norm += weight
        if pixel and rate * pixel > 0.5:
            total += np.float32(weight * 0.5)
        else:
            value = smooth_line(x * np.float32(rate) + np.float32(17.3 * octave), seed * 31 + octave)
            crest = 1 - np.abs(2 * value - 1)
            total += np.float32(weight) * (value * np.float32(1 - ridged) + crest * np.float32(ridged))
        weight *= gain
    return np.asarray(total / np.float32(norm), np.float32)
