"""Drawing styles: the look of each (colour, contrast, tint) and those that work over neighbourhoods (paint, paper,
pencil)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.noise import sample

Triple = tuple[float, float, float]
_LUMA: Triple = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, slots=True)
class Look:
    """The colour side of a style; factors join those of the Finish. `shadows` and `lights` are screen values for black
    and white."""

    saturation: float = 1.0
    contrast: float = 1.0
    exposure: float = 1.0
    tint: Triple = (1.0, 1.0, 1.0)
    shadows: Triple = (0.0, 0.0, 0.0)
    lights: Triple = (1.0, 1.0, 1.0)
    luma: Triple = _LUMA
    grain: float = 1.0
    vignette: float = 1.0
    bloom: float = 0.0


LOOKS: dict[str, Look] = {
    "natural": Look(contrast=1.08, saturation=1.08, bloom=0.06, grain=0.26),
    "film": Look(
        saturation=0.86,
        contrast=1.14,
        tint=(1.05, 1.0, 0.93),
        shadows=(0.030, 0.052, 0.070),
        lights=(1.0, 0.972, 0.90),
        grain=0.5,
        vignette=1.9,
        bloom=0.22,
    ),
    "noir": Look(
        saturation=0.0,
        contrast=1.62,
        exposure=0.86,
        luma=(0.36, 0.54, 0.10),
        lights=(0.98, 0.975, 0.96),
        grain=0.55,
        vignette=3.0,
        bloom=0.12,
    ),
    "sepia": Look(
        saturation=0.0,
        contrast=1.22,
        exposure=1.08,
        shadows=(0.11, 0.062, 0.03),
        lights=(0.98, 0.90, 0.74),
        grain=0.8,
        vignette=2.4,
    ),
    "neon": Look(
        saturation=1.38,
        contrast=1.20,
        exposure=0.98,
        tint=(1.04, 0.90, 1.16),
        shadows=(0.030, 0.004, 0.075),
        lights=(1.0, 0.97, 1.0),
        grain=0.4,
        bloom=0.26,
    ),
    "watercolour": Look(saturation=1.34, contrast=0.96, exposure=1.18, grain=0.25, vignette=0.0),
    "pencil": Look(saturation=0.0, exposure=1.08, grain=0.35, vignette=0.0),
    "oil": Look(saturation=1.30, contrast=1.10, exposure=1.06, grain=0.2, vignette=0.7),
    "pastel": Look(
        saturation=0.92,
        contrast=0.80,
        exposure=1.25,
        shadows=(0.20, 0.17, 0.23),
        lights=(1.0, 0.985, 0.965),
        grain=0.4,
        vignette=0.0,
    ),
    "flat": Look(saturation=1.34, contrast=1.08, exposure=1.05, grain=0.0, vignette=0.0),
}
POINTWISE = frozenset({"natural", "film", "noir", "sepia", "neon"})


def apply_style(style: str, screen: Field, seed: int) -> Field:
    """A style over neighbourhoods: screen values 0–255, (h, w, 3) float32, to the same. Does not depend on the frame's
    number."""
    if style == "watercolour":
        return _watercolour(screen, seed)
    if style == "pencil":
        return _pencil(screen, seed)
    if style == "oil":
        return _oil(screen, seed)
    if style == "pastel":
        return _pastel(screen, seed)
    if style == "flat":
        return _flat(screen)
    return screen


@lru_cache(maxsize=6)
def _paper(height: int, width: int, seed: int) -> Field:
    """The tooth of paper, 0–1 around 0.5: coarse fibre and fine grain, the same size relative to the picture."""
    unit = min(height, width)
    y, x = np.meshgrid(np.arange(height, dtype=np.float32) / unit, np.arange(width, dtype=np.float32) / unit, indexing="ij")
    coarse = sample(seed + 11, x * 5.1, y * 5.1, cells=32, octaves=4, gain=0.7, footprint=5.1 / unit)
    return np.asarray(cv2.GaussianBlur(coarse, (0, 0), 0.6), np.float32)


@lru_cache(maxsize=6)
def _blotch(height: int, width: int, seed: int) -> Field:
    unit = min(height, width)
    y, x = np.meshgrid(np.arange(height, dtype=np.float32) / unit, np.arange(width, dtype=np.float32) / unit, indexing="ij")
    return sample(seed + 12, x * 0.5, y * 0.5, cells=4, octaves=6, gain=0.6, footprint=0.5 / unit)


def _unit(screen: Field) -> float:
    height, width = screen.shape[:2]
    return float(min(height, width)) / 1000


def _wobble(screen: Field, seed: int, amount: float) -> Field:
    """Edges that a hand drew: every place moved a little by noise. `amount` in thousandths of the short side."""
    height, width = screen.shape[:2]
    dx, dy = _blotch(height, width, seed + 3) - 0.5, _blotch(height, width, seed + 4) - 0.5
    fine = _paper(height, width, seed) - 0.5
    y, x = np.meshgrid(np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32), indexing="ij")
    reach = np.float32(amount * _unit(screen))
    return np.asarray(
        cv2.remap(
            screen, x + (dx * 2 + fine) * reach, y + (dy * 2 + fine) * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        ),
        np.float32,
    )


def _smooth_regions(screen: Field, radius: float, rounds: int = 2) -> Field:
    """Washes: flat regions with firm edges, by repeated medians on a smaller picture."""
    height, width = screen.shape[:2]
    factor = min(1.0, 760 / max(height, width))
    small = cv2.resize(screen, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_AREA)
    size = max(3, int(radius * min(small.shape[:2]) / 1000) | 1)
    work = np.clip(small, 0, 255).astype(np.uint8)
    for _ in range(rounds):
        work = np.asarray(cv2.medianBlur(work, size), np.uint8)
    return np.asarray(cv2.resize(work.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _watercolour(screen: Field, seed: int) -> Field:
    height, width = screen.shape[:2]
    wash = _wobble(_smooth_regions(screen, 13) * 0.72 + screen * 0.28, seed, 9)
    unit = _unit(screen)
    luma = cv2.cvtColor(wash / 255, cv2.COLOR_RGB2GRAY)
    wide = cv2.GaussianBlur(luma, (0, 0), max(5 * unit, 0.6))
    edge = np.clip(np.abs(luma - wide) * 2.2, 0, 0.28)  # pigment gathers where a wash dries
    paper, blotch = _paper(height, width, seed), _blotch(height, width, seed)
    pigment = (1 - wash / 255) * (0.80 + 0.42 * blotch + 0.30 * (paper - 0.5))[..., None]
    pigment = pigment * 0.88 + edge[..., None] * 0.8 * (0.35 + pigment)
    sheet = np.array([250, 247, 238], np.float32) * (1 - 0.055 * (0.5 - paper))[..., None]
    return np.asarray(_torn_border(sheet * (1 - np.clip(pigment, 0, 1)), sheet, seed), np.float32)


def _torn_border(picture: Field, sheet: Field, seed: int) -> Field:
    """The unpainted edge of the sheet around a picture."""
    height, width = picture.shape[:2]
    unit = min(height, width)
    x = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32) / unit
    y = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32) / unit
    inside = (
        np.minimum(x[None, :], y[:, None])
        - 0.022
        - 0.030 * (_blotch(height, width, seed + 8) - 0.5)
        - 0.010 * (_paper(height, width, seed) - 0.5)
    )
    share = np.clip(inside / 0.006, 0, 1)[..., None]
    return np.asarray(picture * share + sheet * (1 - share), np.float32)


def _pencil(screen: Field, seed: int) -> Field:
    """Contours by a colour dodge of the blurred negative, tones by layered hatching in three directions."""
    height, width = screen.shape[:2]
    unit = _unit(screen)
    grey = cv2.cvtColor(_wobble(screen, seed, 4) / 255, cv2.COLOR_RGB2GRAY)
    local = cv2.GaussianBlur(grey, (0, 0), max(60 * unit, 1))
    tone = np.clip(0.5 + (grey - local) * 0.9 + (grey - 0.42) * 0.85, 0, 1)
    blurred = cv2.GaussianBlur(grey, (0, 0), max(4.5 * unit, 0.7))
    contour = np.clip(grey / np.maximum(blurred, 0.02), 0, 1) ** 3.2
    y, x = np.meshgrid(np.arange(height, dtype=np.float32) / unit, np.arange(width, dtype=np.float32) / unit, indexing="ij")
    paper, bend = _paper(height, width, seed), _blotch(height, width, seed) * 24
    ink = np.zeros_like(grey)
    for level, (angle, pitch) in zip(
        (0.74, 0.52, 0.33, 0.17), ((0.75, 7.0), (0.95, 6.2), (-0.6, 6.6), (0.1, 5.6)), strict=True
    ):
        pitch = max(pitch, 3.8 / unit)
        stroke = np.sin((x * np.cos(angle) + y * np.sin(angle) + bend) * (2 * np.pi / pitch)) * 0.5 + 0.5
        ink += np.clip((level - tone) * 3.4, 0, 1) * (0.16 + 0.34 * stroke) * (0.62 + 0.76 * paper)
    drawn = np.clip(1 - ink * 0.86, 0.08, 1) * (0.22 + 0.78 * contour)
    sheet = np.array([249, 247, 241], np.float32) * (0.97 + 0.06 * paper)[..., None]
    graphite = np.array([44, 45, 52], np.float32)
    return np.asarray(_torn_border(graphite + (sheet - graphite) * drawn[..., None], sheet, seed), np.float32)


def _oil(screen: Field, seed: int) -> Field:
    """Strokes: colour smeared along the contours of the picture, with ridges of paint that catch the light."""
    height, width = screen.shape[:2]
    factor = min(1.0, 1100 / max(height, width))
    small_size = (round(width * factor), round(height * factor))
    small: Field = np.asarray(cv2.resize(screen, small_size, interpolation=cv2.INTER_AREA), np.float32)
    unit = _unit(small)
    base = _smooth_regions(small, 9, 1)
    grey = cv2.GaussianBlur(cv2.cvtColor(base / 255, cv2.COLOR_RGB2GRAY), (0, 0), max(5 * unit, 1))
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    turn = (_blotch(*small.shape[:2], seed) - 0.5) * 7
    weak = 0.012
    tx, ty = -gy + weak * np.cos(turn), gx + weak * np.sin(turn)
    tx, ty = cv2.GaussianBlur(tx, (0, 0), max(4 * unit, 1)), cv2.GaussianBlur(ty, (0, 0), max(4 * unit, 1))
    size = np.maximum(np.hypot(tx, ty), 1e-6)
    tx, ty = tx / size, ty / size
    bristle = np.repeat((_paper(*small.shape[:2], seed + 1) - 0.5)[..., None], 1, 2)
    stack = np.concatenate([base + (small - base) * 0.35, bristle * 255], axis=2)
    y, x = np.meshgrid(
        np.arange(small.shape[0], dtype=np.float32), np.arange(small.shape[1], dtype=np.float32), indexing="ij"
    )
    total = np.zeros_like(stack)
    for step in range(-4, 5):
        reach = np.float32(step * 2.4 * max(unit, 0.4))
        total += cv2.remap(stack, x + tx * reach, y + ty * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    total /= 9
    paint, ridges = total[..., :3], total[..., 3] / 255
    relief = (ridges - np.roll(np.roll(ridges, 1, 0), 1, 1)) * 0.75 + ridges * 0.16
    lit = paint * (1 + np.clip(relief, -0.22, 0.3))[..., None]
    return np.asarray(cv2.resize(lit.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _pastel(screen: Field, seed: int) -> Field:
    height, width = screen.shape[:2]
    soft = _smooth_regions(screen, 9, 1) * 0.7 + screen * 0.3
    paper = _paper(height, width, seed)
    tooth = np.clip((paper - 0.36) * 4.0, 0, 1)[..., None]
    chalk = soft + (np.array([246, 238, 228], np.float32) - soft) * (1 - tooth) * 0.18
    return np.asarray(_torn_border(chalk, np.full_like(chalk, 1) * np.array([246, 240, 232], np.float32), seed), np.float32)


def _flat(screen: Field) -> Field:
    """Few flat tones with firm edges, as cut from paper: brightness in steps, colours kept, a thin dark contour."""
    base = _smooth_regions(screen, 7, 2)
    base = base * 0.75 + screen * 0.25
    grey = np.maximum(cv2.cvtColor(base / 255, cv2.COLOR_RGB2GRAY), 1e-3)
    levels = 9.0
    scaled = np.sqrt(grey) * levels
    step = np.floor(scaled) + np.clip((scaled - np.floor(scaled) - 0.42) * 7, 0, 1)
    target = (step / levels) ** 2
    toned = base * np.clip(target / grey, 0.4, 1.8)[..., None]
    unit = _unit(screen)
    edge = np.clip(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), max(2.2 * unit, 0.7))) * 5 - 0.12, 0, 0.6)
    return np.asarray(toned * (1 - edge[..., None] * 0.7), np.float32)
