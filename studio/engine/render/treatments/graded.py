"""Noir, neon and vintage film: what light, lens and emulsion do."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.scene.noise import stream
from studio.engine.render.treatments.filters import Map, blurred, curved, fitted, grey, noise_over, saturated
from studio.engine.render.treatments.sheet import Sheet


def _falloff(like: Map, amount: float, power: float = 1.3) -> Map:
    x = np.linspace(-1, 1, like.shape[1], dtype=np.float32)[None, :] ** 2
    y = np.linspace(-1, 1, like.shape[0], dtype=np.float32)[:, None] ** 2
    return np.asarray(1 - np.float32(amount) * np.clip((x + y) / 2, 0, 1) ** np.float32(power), np.float32)


def _grain(sheet: Sheet, amount: float) -> Map:
    """Film grain with a little size to it, weaker over faces."""
    rows, columns = sheet.full.shape[:2]
    rng = stream(sheet.seed, "film grain")
    tile = rng.standard_normal((min(rows, 1024), min(columns, 1024))).astype(np.float32)
    soft = blurred(tile, max(0.6, 0.8 * sheet.unit))
    soft *= np.float32(amount) / max(float(soft.std()), 1e-6)
    tiled = np.tile(soft, (-(-rows // soft.shape[0]), -(-columns // soft.shape[1])))[:rows, :columns]
    return np.asarray(tiled * (1 - 0.5 * sheet.full_near_faces()), np.float32)


def noir(sheet: Sheet) -> Map:
    """Hard black and white with a slanting light through blinds on what lies behind, halation and grain."""
    mixer = np.array([0.42, 0.46, 0.12], np.float32)
    level = np.asarray(sheet.full @ mixer, np.float32)
    small = fitted(level, grey(sheet.small))
    wide = fitted(blurred(small, 90 * sheet.small_unit), level)
    deep = curved(np.clip(level + (level - wide) * np.float32(0.30), 0, 1), 1.75, 0.44) * np.float32(0.93)
    sheet.step(0.4)
    rows, columns = level.shape
    y, x = np.meshgrid(
        np.linspace(0, 1, rows, dtype=np.float32), np.linspace(0, columns / rows, columns, dtype=np.float32), indexing="ij"
    )
    bars = np.clip(np.sin((y + 0.22 * x) * np.float32(2 * np.pi * 8.5)) * np.float32(2.2) + 0.6, 0, 1)
    pool = np.exp(-(((x - 0.5 * columns / rows) / 0.75) ** 2) - ((y - 0.42) / 0.55) ** 2)
    near = blurred(sheet.near_faces, 22 * sheet.small_unit)
    blinds = 1 - (1 - bars) * np.float32(0.26) * (1 - np.clip(fitted(near, level) * 1.5, 0, 1))
    deep = deep * blinds * (0.60 + 0.48 * pool) * _falloff(sheet.full, 0.55)
    sheet.step(0.6)
    bright = fitted(blurred(np.clip(fitted(deep, small) - 0.6, 0, 1), 14 * sheet.small_unit), level)
    deep = 1 - (1 - deep) * (1 - bright * np.float32(0.5)) + _grain(sheet, 0.035) * (0.4 + deep)
    return np.asarray(np.clip(deep, 0, 1)[..., None] * np.array([0.985, 0.98, 0.965], np.float32), np.float32)


def neon(sheet: Sheet) -> Map:
    """Night in magenta and cyan: the picture darkened into two lights, contours that glow, a wet bloom."""
    small = sheet.small
    unit = sheet.small_unit
    level = grey(small)
    narrow, wide = blurred(level, max(0.8, 1.6 * unit)), blurred(level, max(1.4, 3.4 * unit))
    line = np.clip(np.abs(narrow - wide) * 11 - 0.22, 0, 1)
    line = line * (1 - 0.75 * sheet.near_faces)
    sheet.step(0.3)
    rows, columns = level.shape
    across = np.linspace(0, 1, columns, dtype=np.float32)[None, :] + 0.25 * (
        np.linspace(0, 1, rows, dtype=np.float32)[:, None] - 0.5
    )
    side = np.clip(
        across + (noise_over(level, sheet.seed, 0.6, cells=4, octaves=3) - np.float32(0.5)) * np.float32(0.5), 0, 1
    )[..., None]
    pink, cyan = np.array([1.0, 0.13, 0.62], np.float32), np.array([0.10, 0.85, 1.0], np.float32)
    lamp = pink * (1 - side) + cyan * side
    glow = line[..., None] * lamp
    halo = blurred(glow, 6 * unit) * np.float32(1.6) + blurred(glow, 24 * unit) * np.float32(1.5)
    sheet.step(0.55)
    full_level = grey(sheet.full)
    dark = np.array([0.030, 0.016, 0.075], np.float32)
    tone = curved(np.clip(full_level, 0, 1), 1.25, 0.5)[..., None]
    body = dark + tone * (0.52 * fitted(lamp, sheet.full) + 0.16) * np.float32(0.86)
    body = body + (sheet.full - full_level[..., None]) * np.float32(0.30) * tone
    lights = fitted(glow * np.float32(0.9) + halo, sheet.full)
    joined = 1 - (1 - np.clip(body, 0, 1)) * (1 - np.clip(lights, 0, 1) * np.float32(0.85))
    sheet.step(0.8)
    pitch = max(2.0, 3.2 * sheet.unit)
    scan = 1 - 0.05 * (np.sin(np.arange(joined.shape[0], dtype=np.float32) * np.float32(2 * np.pi / pitch)) > 0)
    return np.asarray(np.clip(joined * scan[:, None, None] * _falloff(sheet.full, 0.35)[..., None], 0, 1), np.float32)


def vintage_film(sheet: Sheet) -> Map:
    """A print from the seventies: faded blacks, amber lights, teal shadows, halation, a light leak, dust and scratches."""
    level = grey(sheet.full)[..., None]
    soft = blurred(sheet.full, max(0.5, 0.9 * sheet.unit))
    bright = np.clip(grey(sheet.small) - 0.62, 0, 1)
    halo = fitted(blurred(bright, 16 * sheet.small_unit), sheet.full)[..., None] * np.array([0.55, 0.22, 0.08], np.float32)
    sheet.step(0.4)
    toned = saturated(soft, 0.80)
    toned = toned * np.array([1.06, 0.985, 0.80], np.float32) + (1 - level) ** 2 * np.array(
        [-0.012, 0.030, 0.052], np.float32
    )
    faded = np.array([0.085, 0.075, 0.072], np.float32) + toned * np.array([0.90, 0.875, 0.80], np.float32)
    picture = faded + halo
    picture = picture * _falloff(sheet.full, 0.42)[..., None]
    sheet.step(0.6)
    rng = stream(sheet.seed, "leak")
    rows, columns = sheet.full.shape[:2]
    x = np.linspace(0, 1, columns, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    edge = 1.0 if rng.random() < 0.5 else 0.0
    leak = np.exp(-(((x - edge) / 0.16) ** 2) - ((y - float(rng.uniform(0.1, 0.5))) / 0.6) ** 2) * np.float32(0.42)
    away = 1 - 0.8 * sheet.full_near_faces()
    picture = 1 - (1 - np.clip(picture, 0, 1)) * (1 - (leak * away)[..., None] * np.array([1.0, 0.42, 0.12], np.float32))
    picture = picture + _grain(sheet, 0.032)[..., None]
    return np.asarray(np.clip(picture + _dust(sheet)[..., None], 0, 1), np.float32)


def _dust(sheet: Sheet) -> Map:
    """Specks, hairs and long scratches on the print, light ones; not over faces."""
    rows, columns = sheet.full.shape[:2]
    rng = stream(sheet.seed, "dust")
    marks = np.zeros((rows, columns), np.uint8)
    for _ in range(26):
        spot = int(rng.integers(columns)), int(rng.integers(rows))
        cv2.circle(
            marks,
            spot,
            max(1, round(float(rng.uniform(0.5, 1.6)) * sheet.unit)),
            int(rng.integers(60, 170)),
            -1,
            cv2.LINE_AA,
        )
    for _ in range(4):
        x, lean = float(rng.uniform(0, columns)), float(rng.normal(0, columns * 0.01))
        top, foot = sorted(rng.uniform(0, rows, 2))
        cv2.line(
            marks, (round(x), round(top)), (round(x + lean), round(foot)), 46, max(1, round(0.8 * sheet.unit)), cv2.LINE_AA
        )
    return np.asarray(marks.astype(np.float32) / 255 * np.float32(0.55) * (1 - sheet.full_near_faces()), np.float32)
