"""Filters that painting and drawing are made of: Kuwahara, flow along contours, XDoG lines, halftone, paper.

Pictures are float32 sRGB values 0 to 1, (rows, columns, 3); maps (rows, columns).
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.scene.noise import sample

Map = NDArray[np.float32]
_SECTORS = 8


def blurred(values: Map, sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), max(sigma, 0.3)), np.float32)


def fitted(values: Map, like: Map) -> Map:
    """Values enlarged or reduced to the size of another map or picture."""
    size = like.shape[1], like.shape[0]
    if values.shape[:2] == like.shape[:2]:
        return values
    smaller = size[0] * size[1] < values.shape[0] * values.shape[1]
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.float32)


def grey(picture: Map) -> Map:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


@lru_cache(maxsize=8)
def _sector_kernels(radius: int) -> tuple[Map, ...]:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    fall = np.exp(-(x * x + y * y) / (2 * (radius * 0.5) ** 2)) * (np.hypot(x, y) <= radius + 0.5)
    turn = np.arctan2(y, x)
    kernels = []
    for at in range(_SECTORS):
        off = np.abs(np.angle(np.exp(1j * (turn - 2 * np.pi * at / _SECTORS))))
        kernel = fall * np.clip(1.3 - off / (np.pi / _SECTORS), 0, 1)
        kernel[radius, radius] = fall[radius, radius] / _SECTORS
        kernels.append((kernel / kernel.sum()).astype(np.float32))
    return tuple(kernels)


def kuwahara(picture: Map, radius: float) -> Map:
    """Flat patches with firm edges, as brushes leave them: of the means of eight sectors around a pixel the calmest count.

    After Papari et al. 2007 (generalized Kuwahara filter). `radius` in pixels.
    """
    reach = max(2, round(radius))
    level = grey(picture)
    stack = np.dstack([picture, level * level])
    total = np.zeros_like(picture)
    weights = np.zeros(picture.shape[:2], np.float32)
    for kernel in _sector_kernels(reach):
        mean = np.asarray(cv2.filter2D(stack, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT), np.float32)
        own = mean[..., :3]
        spread = np.maximum(mean[..., 3] - grey(np.ascontiguousarray(own)) ** 2, 0) * 65025
        weight = 1 / (1 + spread) ** 4
        total += own * weight[..., None]
        weights += weight
    return np.asarray(total / np.maximum(weights, 1e-20)[..., None], np.float32)


def contour_flow(level: Map, sigma: float, *, wander: Map | None = None) -> tuple[Map, Map]:
    """Unit vectors along the contours, from the smoothed structure tensor (Kang et al. 2007). `wander` (angles) leads where
    there is no contour."""
    gx, gy = cv2.Sobel(level, cv2.CV_32F, 1, 0), cv2.Sobel(level, cv2.CV_32F, 0, 1)
    across, both, down = (blurred(np.asarray(part, np.float32), sigma) for part in (gx * gx, gx * gy, gy * gy))
    if wander is not None:
        weak = np.float32(2e-4)
        across += weak * np.sin(wander) ** 2
        both -= weak * np.sin(wander) * np.cos(wander)
        down += weak * np.cos(wander) ** 2
    turn = 0.5 * np.arctan2(2 * both, across - down) + np.float32(np.pi / 2)
    return np.cos(turn).astype(np.float32), np.sin(turn).astype(np.float32)


def along(values: Map, flow: tuple[Map, Map], reach: float, steps: int = 9) -> Map:
    """Smeared along a flow by line integrals, `reach` pixels to both sides."""
    rows, columns = values.shape[:2]
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    total = values.copy()
    stride = np.float32(reach / max(steps // 2, 1))
    for way in (1.0, -1.0):
        px, py = x.copy(), y.copy()
        vx, vy = flow[0] * np.float32(way), flow[1] * np.float32(way)
        for _ in range(steps // 2):
            px, py = px + vx * stride, py + vy * stride
            nx, ny = (
                np.asarray(cv2.remap(one, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
                for one in flow
            )
            same = np.where(nx * vx + ny * vy < 0, np.float32(-1), np.float32(1))  # a contour has no direction
            vx, vy = np.asarray(nx * same, np.float32), np.asarray(ny * same, np.float32)
            total += cv2.remap(values, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(total / np.float32(2 * (steps // 2) + 1), np.float32)


def ink_lines(level: Map, sigma: float, *, sharp: float = 14.0, cut: float = 0.52, steep: float = 9.0) -> Map:
    """Black lines and blacks as of a brush pen, 0 ink to 1 paper: extended difference of Gaussians (Winnemöller 2012)."""
    narrow, wide = blurred(level, sigma), blurred(level, sigma * 1.6)
    edge = narrow + np.float32(sharp) * (narrow - wide)
    drawn = np.where(edge >= cut, 1.0, 1.0 + np.tanh(np.float32(steep) * (edge - cut)))
    return np.asarray(np.clip(drawn, 0, 1), np.float32)


def contour_lines(level: Map, sigma: float, strength: float = 1.0) -> Map:
    """Thin lines only, no blacks: 0 line to 1 paper."""
    narrow, wide = blurred(level, sigma), blurred(level, sigma * 1.6)
    dark = np.clip((wide - narrow) * np.float32(24 * strength) - np.float32(0.16), 0, 1)
    return np.asarray(1 - dark * dark * (3 - 2 * dark), np.float32)


def halftone(level: Map, pitch: float, angle: float, *, soft: float = 1.4) -> Map:
    """Printed dots, 0 ink to 1 paper: larger where it is darker. `pitch` in pixels, `angle` in radians."""
    rows, columns = level.shape
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    turn = np.float32(2 * np.pi / max(pitch, 3.0))
    u = (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))) * turn
    v = (y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))) * turn
    screen = (np.cos(u) + np.cos(v)) * np.float32(0.25) + np.float32(0.5)
    return np.asarray(np.clip((level - screen) * np.float32(max(pitch, 3.0) / soft) + 0.5, 0, 1), np.float32)


def noise_over(like: Map, seed: int, across: float, *, cells: int = 8, octaves: int = 5, gain: float = 0.55) -> Map:
    """Fractal noise, 0 to 1, with `across` periods over the short side: the same at every size."""
    rows, columns = like.shape[:2]
    unit = np.float32(across / min(rows, columns))
    v, u = np.meshgrid(np.arange(rows, dtype=np.float32) * unit, np.arange(columns, dtype=np.float32) * unit, indexing="ij")
    return sample(seed, u, v, cells=cells, octaves=octaves, gain=gain, footprint=float(unit))


def paper(like: Map, seed: int) -> Map:
    """The tooth of paper, 0 to 1 around 0.5."""
    return blurred(noise_over(like, seed + 11, 4.3, cells=32, octaves=4, gain=0.75), 0.6)


def moved(values: Map, dx: Map, dy: Map) -> Map:
    """Every place taken from a little beside it: (dx, dy) in pixels."""
    rows, columns = values.shape[:2]
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    return np.asarray(cv2.remap(values, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)


def saturated(picture: Map, factor: float) -> Map:
    level = grey(picture)[..., None]
    return np.asarray(np.clip(level + (picture - level) * np.float32(factor), 0, 1), np.float32)


def curved(picture: Map, power: float, pivot: float = 0.45) -> Map:
    """Contrast around a pivot; black and white stay."""
    x = np.clip(picture, 0, 1)
    low = pivot * (x / np.float32(pivot)) ** np.float32(power)
    high = 1 - (1 - pivot) * ((1 - x) / np.float32(1 - pivot)) ** np.float32(power)
    return np.asarray(np.where(x < pivot, low, high), np.float32)
