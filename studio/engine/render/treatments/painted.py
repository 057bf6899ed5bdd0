"""Watercolour, oil painting, and mosaic: what is laid down in colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.scene.noise import stream
from studio.engine.render.treatments.filters import (
    Map,
    along,
    blurred,
    contour_flow,
    contour_lines,
    curved,
    fitted,
    grey,
    kuwahara,
    moved,
    noise_over,
    paper,
    saturated,
)
from studio.engine.render.treatments.sheet import Sheet


def watercolour(sheet: Sheet) -> Map:
    """Washes with pigment at their rims, granulation in the paper's tooth, a loose pencil line, unpainted paper around."""
    unit = sheet.small_unit
    flat = sheet.finer_at_faces(kuwahara(sheet.small, max(3.0, 9 * unit)), kuwahara(sheet.small, max(2.0, 3.5 * unit)))
    sheet.step(0.35)
    reach = np.float32(16 * unit) * (1 - 0.85 * sheet.near_faces)
    dx, dy = (noise_over(flat, sheet.seed + at, 3.0, cells=4) - np.float32(0.5) for at in (1, 2))
    flat = moved(flat, dx * reach, dy * reach)
    level = grey(flat)
    rim = np.clip(np.abs(level - blurred(level, 5 * unit)) * np.float32(2.6), 0, 0.30)
    washes, rims = fitted(flat, sheet.full), fitted(np.asarray(rim, np.float32), sheet.full)
    sheet.step(0.55)
    tooth, pool = paper(sheet.full, sheet.seed), noise_over(sheet.full, sheet.seed + 5, 0.9, cells=4, octaves=6)
    sheet.step(0.7)
    colour = saturated(washes, 1.32)
    calm = 1 - 0.55 * sheet.full_near_faces()
    pigment = (1 - colour) * (0.80 + (0.34 * (pool - 0.45) + 0.26 * (tooth - 0.5)) * calm)[..., None]
    pigment = pigment * np.float32(0.92) + rims[..., None] * (0.30 + pigment) * np.float32(0.85)
    pencil = contour_lines(grey(sheet.full), max(0.7, 1.5 * sheet.unit), 0.8)
    white = np.array([0.985, 0.972, 0.940], np.float32) * (1 - 0.05 * (0.5 - tooth))[..., None]
    painted = white * (1 - np.clip(pigment, 0, 1)) * (0.62 + 0.38 * pencil)[..., None]
    return _unpainted_rim(np.asarray(painted, np.float32), white, sheet)


def _unpainted_rim(painted: Map, white: Map, sheet: Sheet) -> Map:
    """The brush does not go to the sheet's edge."""
    rows, columns = painted.shape[:2]
    short = np.float32(min(rows, columns))
    x = np.minimum(np.arange(columns), np.arange(columns)[::-1]).astype(np.float32) / short
    y = np.minimum(np.arange(rows), np.arange(rows)[::-1]).astype(np.float32) / short
    ragged = noise_over(painted, sheet.seed + 8, 1.6, cells=4, octaves=6) - np.float32(0.5)
    inside = np.minimum(x[None, :], y[:, None]) - np.float32(0.022) - np.float32(0.035) * ragged
    share = np.clip(inside / np.float32(0.005), 0, 1)[..., None]
    dried = np.exp(-(((inside - np.float32(0.007)) / np.float32(0.006)) ** 2))[..., None] * np.float32(0.18)
    return np.asarray(painted * (1 - dried) * share + white * (1 - share), np.float32)


def oil_painting(sheet: Sheet) -> Map:
    """Strokes along the forms, each with bristle marks that catch the light; colours rich, darks warm."""
    unit = sheet.small_unit
    base = sheet.finer_at_faces(kuwahara(sheet.small, max(3.0, 8.5 * unit)), kuwahara(sheet.small, max(2.0, 3.0 * unit)))
    sheet.step(0.35)
    wander = noise_over(base, sheet.seed + 3, 0.8, cells=4, octaves=3) * np.float32(4 * np.pi)
    flow = contour_flow(grey(base), max(2.0, 5 * unit), wander=wander)
    patches = noise_over(base, sheet.seed + 4, 4.0, cells=16, octaves=3) - np.float32(0.5)
    bristle = noise_over(base, sheet.seed + 6, 9.0, cells=32, octaves=3) - np.float32(0.5)
    calm = 1 - 0.75 * sheet.near_faces
    varied = base * (1 + (patches * calm * np.float32(0.34))[..., None])
    strokes = along(np.dstack([varied, bristle]), flow, max(4.0, 13 * unit), 15)
    sheet.step(0.7)
    paint, ridges = strokes[..., :3], strokes[..., 3] / max(float(strokes[..., 3].std()), 1e-4)
    crisp = paint + (base - blurred(base, 3 * unit)) * np.float32(0.55)
    relief = ridges - np.roll(np.roll(ridges, max(1, round(unit)), 0), max(1, round(unit)), 1)
    lit = crisp * (1 + np.clip(relief * np.float32(0.10) + ridges * np.float32(0.028), -0.2, 0.26) * calm)[..., None]
    rich = curved(saturated(fitted(np.asarray(lit, np.float32), sheet.full), 1.38), 1.22)
    rich = rich * np.array([1.035, 1.0, 0.93], np.float32) + np.array([0.012, 0.004, 0.0], np.float32)
    weave = paper(sheet.full, sheet.seed + 2) - np.float32(0.5)
    return np.asarray(rich * (1 + 0.12 * weave)[..., None], np.float32)


def mosaic(sheet: Sheet) -> Map:
    """Tesserae of one colour each in dark grout, smaller over faces and where there is detail; every tile catches the
    light."""
    rows, columns = sheet.full.shape[:2]
    labels, count = _tiles(sheet, rows, columns)
    sheet.step(0.5)
    weight = np.maximum(np.bincount(labels.ravel(), minlength=count), 1).astype(np.float32)
    mean = np.stack([np.bincount(labels.ravel(), sheet.full[..., channel].ravel(), count) for channel in range(3)], 1)
    tiles: Map = np.asarray(mean / weight[:, None], np.float32)
    rng = stream(sheet.seed, "tesserae")
    shade = 1 + rng.normal(0, 0.055, count).astype(np.float32)
    tone = saturated(np.asarray(tiles[None], np.float32), 1.45)[0] * shade[:, None]
    picture = tone[labels]
    sheet.step(0.7)
    seam = np.zeros((rows, columns), np.float32)
    seam[:, 1:][labels[:, 1:] != labels[:, :-1]] = 1
    seam[1:][labels[1:] != labels[:-1]] = 1
    width = max(0.6, 0.8 * sheet.unit)
    grout = np.clip(blurred(seam, width) * np.float32(width * 1.9), 0, 1)
    bevel = blurred(seam, width * 2.2)
    light = bevel - np.roll(np.roll(bevel, max(1, round(width * 1.6)), 0), max(1, round(width * 1.6)), 1)
    picture = picture * (1 + np.clip(light * np.float32(width * 3.0), -0.25, 0.4))[..., None]
    stone = np.array([0.40, 0.375, 0.345], np.float32) * (0.8 + 0.4 * paper(sheet.full, sheet.seed))[..., None]
    thin = 1 - 0.55 * sheet.full_near_faces()
    share = (grout * thin)[..., None]
    return np.asarray(picture * (1 - share) + stone * share, np.float32)


def _tiles(sheet: Sheet, rows: int, columns: int) -> tuple[NDArray[np.int32], int]:
    """(the number of its tile at each pixel, how many): nearest points of a jittered grid, denser where it matters."""
    rng = stream(sheet.seed, "tiles")
    points = np.ones((rows, columns), np.uint8)
    detail = blurred(np.abs(grey(sheet.small) - blurred(grey(sheet.small), 3 * sheet.small_unit)), 9 * sheet.small_unit)
    busy = np.clip(detail / 0.03, 0, 1)
    faces = sheet.near_faces
    for pitch, wanted in (
        (24.0, (faces < 0.35) & (busy < 0.5)),
        (15.0, (faces < 0.35) & (busy >= 0.5)),
        (7.0, faces >= 0.35),
    ):
        step = max(3.0, pitch * sheet.unit)
        y, x = np.meshgrid(np.arange(step / 2, rows, step), np.arange(step / 2, columns, step), indexing="ij")
        x = x + (np.arange(x.shape[0]) % 2)[:, None] * step / 2
        y = (y + rng.normal(0, 0.15 * step, y.shape)).clip(0, rows - 1).astype(np.int64)
        x = (x + rng.normal(0, 0.15 * step, x.shape)).clip(0, columns - 1).astype(np.int64)
        sy, sx = y * wanted.shape[0] // rows, x * wanted.shape[1] // columns
        keep = wanted[sy, sx]
        points[y[keep], x[keep]] = 0
    if points.all():
        points[rows // 2, columns // 2] = 0
    _, nearest = cv2.distanceTransformWithLabels(points, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(nearest, np.int32)
    return labels, int(labels.max()) + 1
