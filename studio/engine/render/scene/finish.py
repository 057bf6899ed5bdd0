"""From linear light to the screen: exposure, colour, a filmic tone curve, grain, vignette, and the drawing style."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.scene.canvas import Canvas, Field, Real, to_srgb
from studio.engine.render.scene.layers import Finish, Layer, Pixels, Scene
from studio.engine.render.scene.particles import draw_particles
from studio.engine.render.scene.styles import LOOKS, POINTWISE, Look, apply_style

Bytes = NDArray[np.uint8]
_STEPS = 4096
_WHITE = 6.0  # linear light that reaches full white
_GRAIN_TILE = 512


def finish_is_pointwise(finish: Finish) -> bool:
    """Whether each pixel is finished by itself (fast, and steady from frame to frame), or a style works over
    neighbourhoods."""
    return finish.style in POINTWISE


def tone(linear: Real) -> Field:
    """A filmic curve, linear light to linear 0–1: straight through the middle, a soft toe, a long shoulder to white at 6."""
    knee = 0.34
    span = 1 - knee
    over = np.maximum(linear - knee, 0) / span
    top = (_WHITE - knee) / span
    shoulder = knee + span * over * (1 + over / (top * top)) / (1 + over)
    body = np.where(linear < knee, linear, shoulder)
    return np.asarray(body * (body + 0.004) / (body + 0.009), np.float32)


@lru_cache(maxsize=32)
def _curve(contrast: float, look: Look) -> Field:
    """The table of the whole curve for each channel, (3 × steps,): index is the square root of linear light. Values
    0–255."""
    linear = (np.arange(_STEPS, dtype=np.float32) / (_STEPS - 1)) ** 2 * np.float32(_WHITE)
    screen = to_srgb(tone(linear))
    power = contrast * look.contrast
    pivot = np.float32(0.46)
    bent = np.where(
        screen < pivot, pivot * (screen / pivot) ** power, 1 - (1 - pivot) * ((1 - screen) / (1 - pivot)) ** power
    )
    tables = []
    for channel in range(3):
        low, high = look.shadows[channel], look.lights[channel]
        tables.append(np.clip(low + bent * (high - low), 0, 1) * 255)
    return np.concatenate(tables).astype(np.float32)


@lru_cache(maxsize=8)
def _grain(seed: int, amount: float) -> Field:
    """A periodic tile of fine grain with a little size to it, in screen values 0–255."""
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 4711])
    raw = rng.standard_normal((_GRAIN_TILE, _GRAIN_TILE)).astype(np.float32)
    soft = cv2.GaussianBlur(raw, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT)
    mixed = raw * 0.9 + soft * 0.5
    return np.asarray(mixed / mixed.std() * np.float32(amount * 255), np.float32)


@lru_cache(maxsize=4)
def _vignette(height: int, width: int, amount: float) -> Field:
    x = np.linspace(-1, 1, width, dtype=np.float32) ** 2
    y = np.linspace(-1, 1, height, dtype=np.float32) ** 2
    return np.asarray(1 - np.float32(amount) * np.clip((x[None, :] + y[:, None]) / 2, 0, 1) ** 1.4, np.float32)


def _matrix(finish: Finish, look: Look) -> Field:
    """Exposure, tint and saturation in one 3×3 matrix."""
    saturation = finish.saturation * look.saturation
    luma = np.array(look.luma, np.float32)
    mixed = np.eye(3, dtype=np.float32) * np.float32(saturation) + np.outer(np.ones(3), luma).astype(
        np.float32
    ) * np.float32(1 - saturation)
    tint = np.array(finish.tint, np.float32) * np.array(look.tint, np.float32)
    return np.asarray(tint[:, None] * mixed * np.float32(finish.exposure * look.exposure), np.float32)


def grade(linear: Field, finish: Finish) -> Field:
    """Linear light to screen values 0–255 (float32) by matrix, vignette and tone curve: the part that is the same for
    each pixel."""
    look = LOOKS.get(finish.style, LOOKS["natural"])
    colour: Field = np.asarray(cv2.transform(np.ascontiguousarray(linear, np.float32), _matrix(finish, look)), np.float32)
    height, width = colour.shape[:2]
    vignette = finish.vignette * look.vignette
    if vignette > 0:
        colour *= _vignette(height, width, round(vignette, 4))[..., None]
    np.clip(colour, 0, _WHITE, out=colour)
    np.sqrt(colour, out=colour)
    colour *= np.float32((_STEPS - 1) / np.sqrt(_WHITE))
    index = colour.astype(np.uint16)
    index += np.array([0, _STEPS, 2 * _STEPS], np.uint16)
    return np.asarray(np.take(_curve(finish.contrast, look), index, mode="clip"), np.float32)


def _with_grain(screen: Field, amount: float, seed: int, frame: int) -> Bytes:
    height, width = screen.shape[:2]
    if amount > 0:
        tile = _grain(seed, round(amount, 5))
        rng = np.random.default_rng([seed & 0xFFFFFFFF, frame])
        oy, ox = (int(v) for v in rng.integers(0, _GRAIN_TILE, 2))
        rolled = np.roll(tile, (oy, ox), (0, 1))
        for y in range(0, height, _GRAIN_TILE):
            for x in range(0, width, _GRAIN_TILE):
                part = screen[y : y + _GRAIN_TILE, x : x + _GRAIN_TILE]
                part += rolled[: part.shape[0], : part.shape[1], None]
    np.clip(screen, 0, 255, out=screen)
    screen += 0.5
    return screen.astype(np.uint8)


def finish_frame(linear: Field, finish: Finish, *, seed: int, frame: int = 0) -> Bytes:
    """One frame, (h, w, 3) linear light, to sRGB bytes. The same input, seed and frame give the same bytes."""
    look = LOOKS.get(finish.style, LOOKS["natural"])
    if look.bloom > 0:
        linear = _halation(linear, look.bloom)
    screen = grade(linear, finish)
    if not finish_is_pointwise(finish):
        screen = apply_style(finish.style, screen, seed)
    return _with_grain(screen, finish.grain * look.grain, seed, frame)


def _halation(linear: Field, amount: float) -> Field:
    """Bright light that bleeds into its surroundings, as in film and in wet air."""
    height, width = linear.shape[:2]
    factor = min(1.0, 480 / max(height, width))
    small = cv2.resize(linear, (max(1, round(width * factor)), max(1, round(height * factor))), interpolation=cv2.INTER_AREA)
    bright = np.clip(small - 0.55, 0, 4)
    spill = cv2.GaussianBlur(bright, (0, 0), max(small.shape[0] * 0.03, 0.8))
    return np.asarray(
        linear + cv2.resize(spill, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(amount), np.float32
    )


def over(below: Field, layer: Layer, margin: int) -> None:
    """One layer put over linear light (h, w, 3), in place; the layer's margin is cropped."""
    height, width = below.shape[:2]
    top: Pixels = layer.pixels[margin : margin + height, margin : margin + width]
    if layer.emissive:
        below += top[..., :3]
        return
    alpha = top[..., 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    if not rows.size:
        below += top[..., :3]
        return
    part = slice(int(rows[0]), int(rows[-1]) + 1)
    below[part] *= 1 - alpha[part, :, None]
    below[part] += top[part, :, :3]


def flatten(scene: Scene) -> Bytes:
    """The scene as one picture: layers composited in linear light, particles as they hang in the air at one moment,
    finished."""
    linear = np.zeros((scene.height, scene.width, 3), np.float32)
    for layer in scene.layers:
        over(linear, layer, scene.margin)
    return develop(linear, scene)


def develop(linear: Field, scene: Scene) -> Bytes:
    """Particles and the last step for linear light that has been composited already; `scene` may have no layers."""
    if scene.particles:
        canvas = Canvas.of_frame(scene.width, scene.height, 0)
        brightness = float(np.percentile(linear[::8, ::8], 70))
        over(linear, Layer("particles", draw_particles(scene.particles, canvas, scene.seed, 0.0, brightness), 0.95), 0)
    return finish_frame(linear, scene.finish, seed=scene.seed)
