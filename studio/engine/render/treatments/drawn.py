"""Pencil sketch, ink, comic and pop art: what is drawn and printed."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.treatments.filters import (
    Map,
    blurred,
    contour_lines,
    curved,
    fitted,
    grey,
    halftone,
    ink_lines,
    kuwahara,
    noise_over,
    paper,
    saturated,
)
from studio.engine.render.treatments.sheet import Sheet


def _local_tone(sheet: Sheet) -> Map:
    """Brightness with the darks opened and local contrast raised, as a draughtsman sees it; full size."""
    level = grey(sheet.full)
    small = fitted(level, grey(sheet.small))
    wide = fitted(blurred(small, 70 * sheet.small_unit), level)
    return np.asarray(np.clip(0.54 + (level - wide) * 0.95 + (wide - 0.45) * 0.75, 0, 1), np.float32)


def pencil_sketch(sheet: Sheet) -> Map:
    """Contours by a colour dodge, tones in crossing layers of hatching, graphite in the tooth of warm paper."""
    unit = sheet.unit
    tone = _local_tone(sheet)
    sheet.step(0.2)
    soft = blurred(tone, max(1.0, 6 * unit))
    contour = np.clip(tone / np.maximum(soft, 0.04), 0, 1) ** np.float32(3.6)
    contour *= contour_lines(grey(sheet.full), max(0.7, 1.3 * unit), 0.9) * np.float32(0.45) + np.float32(0.55)
    sheet.step(0.4)
    tooth = paper(sheet.full, sheet.seed)
    bend = noise_over(sheet.full, sheet.seed + 2, 0.7, cells=4, octaves=3) * np.float32(26)
    rows, columns = tone.shape
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    shade = np.zeros_like(tone)
    calm = 1 - 0.6 * sheet.full_near_faces()
    for layer, (level, angle, pitch) in enumerate(
        ((0.70, 0.72, 6.4), (0.50, 0.95, 5.6), (0.33, -0.55, 6.0), (0.18, 0.12, 5.0))
    ):
        turn = np.float32(2 * np.pi / max(pitch * unit, 3.6))
        stroke = (
            np.sin((x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) + bend * np.float32(unit)) * turn) * 0.5
            + 0.5
        )
        marks = 0.42 + (stroke - 0.42) * calm
        shade += np.clip((np.float32(level) - tone) * np.float32(2.5), 0, 1) * (0.10 + 0.34 * marks)
        sheet.step(0.45 + 0.1 * layer)
    graphite = np.clip((shade + (1 - contour) * np.float32(0.82)) * (0.58 + 0.84 * tooth), 0, 0.93)
    white = np.array([0.978, 0.966, 0.938], np.float32) * (0.97 + 0.06 * tooth)[..., None]
    lead = np.array([0.16, 0.165, 0.185], np.float32)
    return np.asarray(white + (lead - white) * graphite[..., None], np.float32)


def ink(sheet: Sheet) -> Map:
    """Brush lines and blacks, pen hatching for the half tones, a thin grey wash, cream paper."""
    unit = sheet.unit
    tone = _local_tone(sheet)
    bold = ink_lines(tone, max(0.8, 1.7 * unit), sharp=13, cut=0.44, steep=12)
    fine = ink_lines(tone, max(0.7, 0.9 * unit), sharp=11, cut=0.36, steep=10)
    near = sheet.full_near_faces()
    lines = bold * (1 - near) + fine * near
    sheet.step(0.4)
    bend = noise_over(sheet.full, sheet.seed + 2, 0.8, cells=4, octaves=3) * np.float32(30 * unit)
    rows, columns = tone.shape
    y, x = np.meshgrid(np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32), indexing="ij")
    hatch = np.ones_like(tone)
    for cut, angle, pitch in ((0.58, 0.80, 8.4), (0.42, 2.35, 7.6)):
        turn = np.float32(2 * np.pi / max(pitch * unit, 4.2))
        wave = np.sin((x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) + bend) * turn)
        width = np.clip((np.float32(cut) - tone) * np.float32(3.2), 0, 0.92)
        hatch *= 1 - np.clip((wave - 1 + 2 * width) * np.float32(max(pitch * unit, 4.2) / 2.4), 0, 1) * (0.95 - 0.75 * near)
        sheet.step(0.7)
    wash = blurred(tone, max(1.0, 5 * unit)) * (1 - near) + blurred(tone, max(0.6, 1.2 * unit)) * near
    wash = np.clip(0.80 + 0.42 * (wash - 0.5) - 0.16 * near, 0.3, 1)
    drawn = np.minimum(lines, 0.02 + 0.98 * hatch) * wash
    tooth = paper(sheet.full, sheet.seed)
    white = np.array([0.972, 0.950, 0.898], np.float32) * (0.965 + 0.07 * tooth)[..., None]
    black = np.array([0.065, 0.065, 0.085], np.float32)
    return np.asarray(black + (white - black) * np.clip(drawn, 0, 1)[..., None], np.float32)


def _steps(level: Map, count: float, firm: float) -> Map:
    """Brightness in few tones with firm steps."""
    scaled = level * np.float32(count)
    base = np.floor(scaled)
    return np.asarray((base + np.clip((scaled - base - 0.5) * np.float32(firm) + 0.5, 0, 1)) / np.float32(count), np.float32)


def comic(sheet: Sheet) -> Map:
    """Flat strong colours in few tones, dots in the shadows, bold black contours."""
    unit = sheet.small_unit
    base = sheet.finer_at_faces(kuwahara(sheet.small, max(3.0, 6.5 * unit)), kuwahara(sheet.small, max(2.0, 2.5 * unit)))
    sheet.step(0.35)
    flat = fitted(np.asarray(cv2.bilateralFilter(base, 7, 0.12, 5), np.float32), sheet.full)
    near = sheet.full_near_faces()
    level = np.maximum(grey(flat), 0.01)
    bright = curved(np.clip(level * np.float32(1.10), 0, 1), 1.15)
    toned = _steps(bright, 5.0, 6.0) * (1 - near) + _steps(bright, 8.0, 2.5) * near
    colour = saturated(np.asarray(flat * np.clip(toned / level, 0.4, 2.2)[..., None], np.float32), 1.75)
    sheet.step(0.6)
    dots = halftone(np.clip(level * np.float32(1.5) + 0.12, 0, 1), max(4.0, 8.5 * sheet.unit), 0.6)
    colour = colour * (1 - (0.24 * (1 - dots) * (1 - 0.8 * near)))[..., None]
    tone = _local_tone(sheet)
    bold = ink_lines(tone, max(0.9, 1.8 * sheet.unit), sharp=14, cut=0.27, steep=14)
    fine = ink_lines(tone, max(0.7, 1.0 * sheet.unit), sharp=10, cut=0.22, steep=10)
    lines = np.minimum(bold, contour_lines(level, max(0.9, 2.0 * sheet.unit), 1.2)) * (1 - near) + fine * near
    black = np.array([0.05, 0.04, 0.07], np.float32)
    return np.asarray(black + (np.clip(colour, 0, 1) - black) * lines[..., None], np.float32)


_POP = ("#2b1a6b", "#e6246f", "#ff8a1f", "#ffd93b", "#fff6dc")


def pop_art(sheet: Sheet) -> Map:
    """Screen print: brightness through five loud inks, each tone in dots of the next, thick black drawing."""
    unit = sheet.small_unit
    base = sheet.finer_at_faces(kuwahara(sheet.small, max(3.0, 7 * unit)), kuwahara(sheet.small, max(2.0, 2.5 * unit)))
    sheet.step(0.35)
    flat = fitted(base, sheet.full)
    near = sheet.full_near_faces()
    level = np.clip(curved(grey(flat), 1.2, 0.48), 0, 0.999)
    inks = np.array([[int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)] for code in _POP], np.float32)
    place = level * np.float32(len(_POP) - 1)
    low = np.floor(place).astype(np.int32)
    rest = place - low
    dots = halftone(rest, max(5.0, 13 * sheet.unit), 0.42)
    even = np.clip((rest - 0.5) * 3 + 0.5, 0, 1)
    share = (dots * (1 - near) + even * near)[..., None]
    printed = inks[low] * (1 - share) + inks[np.minimum(low + 1, len(_POP) - 1)] * share
    sheet.step(0.65)
    # Strong colours of the photo keep their hue: what was blue becomes turquoise ink, what was green lime.
    hue = saturated(flat, 2.4)
    chroma = np.clip((flat.max(axis=2) - flat.min(axis=2) - 0.18) / 0.25, 0, 1)
    cool = np.clip((flat[..., 2] - flat[..., 0]) * 5, 0, 1) * chroma
    printed = printed * (1 - cool[..., None]) + np.clip(hue * np.array([0.5, 1.15, 1.2], np.float32), 0, 1) * cool[..., None]
    tone = _local_tone(sheet)
    bold = ink_lines(tone, max(1.0, 2.4 * sheet.unit), sharp=14, cut=0.26, steep=14)
    fine = ink_lines(tone, max(0.7, 1.1 * sheet.unit), sharp=10, cut=0.22, steep=10)
    lines = (bold * (1 - near) + fine * near)[..., None]
    black = np.array([0.07, 0.03, 0.10], np.float32)
    return np.asarray(black + (printed - black) * lines, np.float32)
