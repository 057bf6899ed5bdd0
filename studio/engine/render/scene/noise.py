"""Fractal noise: periodic tiles that any field can be sampled from, and lines for ridges and crests.

Value noise on random lattices, octave by octave (Perlin's fractal sum); a tile is made once a seed and sampled with wrapping,
at a resolution that fits the pixel size, so that nothing aliases and nothing depends on the size of the picture.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Field

TILE = 512


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers for one purpose of one scene: the same seed and name give the same numbers on every machine."""
    return np.random.default_rng([seed & 0xFFFFFFFFFFFFFFFF, *name.encode()])


@lru_cache(maxsize=24)
def tile(seed: int, cells: int = 4, octaves: int = 7, gain: float = 0.5) -> Field:
    """A periodic fractal field (512, 512) of about 0–1, mean 0.5, whose coarsest octave has `cells` cells a period."""
    rng = stream(seed, f"tile{cells}")
    total = np.zeros((TILE, TILE), np.float32)
    weight = norm = 1.0
    norm = 0.0
    for octave in range(octaves):
        count = cells << octave
        if count > TILE // 2:
            break
        lattice = rng.random((count, count), np.float32)
        pad = 4
        step = TILE // count
        wrapped = np.pad(lattice, pad, mode="wrap")
        size = (count + 2 * pad) * step
        whole = cv2.resize(wrapped, (size, size), interpolation=cv2.INTER_CUBIC)
        total += weight * whole[pad * step:pad * step + TILE, pad * step:pad * step + TILE]
        norm += weight * weight
        weight *= gain
    total -= total.mean()
    field = np.clip(0.5 + total * (0.17 / max(float(total.std()), 1e-6)), 0, 1).astype(np.float32)
    field.setflags(write=False)
    return field


@lru_cache(maxsize=48)
def _level(seed: int, cells: int, octaves: int, gain: float, size: int) -> Field:
    return np.asarray(cv2.resize(tile(seed, cells, octaves, gain), (size, size), interpolation=cv2.INTER_AREA), np.float32)


def sample(seed: int, u: Field, v: Field, *, cells: int = 4, octaves: int = 7, gain: float = 0.5, footprint: float = 0.0) -> Field:
    """The tile's field at (u, v), in periods, both (h, w). `footprint` is the size of a pixel in periods: it blurs what is finer."""
    size = TILE
    while size > 16 and footprint * size > 1.4:
        size //= 2
    source = tile(seed, cells, octaves, gain) if size == TILE else _level(seed, cells, octaves, gain, size)
    x = np.mod(u, 1.0) * size - 0.5
    y = np.mod(v, 1.0) * size - 0.5
    return np.asarray(cv2.remap(source, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR if size < 64 else cv2.INTER_CUBIC,
                                borderMode=cv2.BORDER_WRAP), np.float32)


def plane(canvas: Canvas, seed: int, *, across: float = 1.0, down: float = 1.0, octaves: int = 7, gain: float = 0.5,
          warp: float = 0.0) -> Field:
    """A field over the whole canvas, (rows, columns): `across` and `down` periods a unit, bent by `warp` periods of itself."""
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


def line(x: Field, seed: int, frequency: float, octaves: int, *, gain: float = 0.5, ridged: float = 0.0, pixel: float = 0.0) -> Field:
    """A fractal profile 0–1 along x: `ridged` 0 gives rolling hills, 1 sharp crests. Octaves finer than two `pixel`s are left out."""
    total = np.zeros_like(x, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        rate = frequency * 2.03 ** octave
        norm += weight
        if pixel and rate * pixel > 0.5:
            total += np.float32(weight * 0.5)
        else:
            value = smooth_line(x * np.float32(rate) + np.float32(17.3 * octave), seed * 31 + octave)
            crest = 1 - np.abs(2 * value - 1)
            total += np.float32(weight) * (value * np.float32(1 - ridged) + crest * np.float32(ridged))
        weight *= gain
    return np.asarray(total / np.float32(norm), np.float32)
