"""The preview of a character: its cut-out on paper, its face in a round window, a row of its poses."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.characters.poses import Poses
from studio.engine.render.drawn_scene import backdrop
from studio.engine.render.harmony import over
from studio.engine.render.matting import Bytes, Map

SIDE = 1024
_PAPER = (222.0, 218.0, 211.0)
_ROW = 0.19       # how tall the row of poses is
_MARGIN = 0.05
_SHOWN = 5


def face_of(poses: Poses) -> Bytes | None:
    """The head alone, RGBA, square, its lower edge soft; None where there is no face."""
    if poses.face is None:
        return None
    base = poses.rgba[len(poses.rgba) // 2]
    left, top, width, height = poses.face
    side = max(8, round(max(width, height) * 1.7))
    x, y = round(left + width / 2 - side / 2), round(top + height / 2 - side * 0.55)
    padded = cv2.copyMakeBorder(base, side, side, side, side, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    head = np.ascontiguousarray(padded[max(0, y + side) : y + 2 * side, max(0, x + side) : x + 2 * side])
    rows, columns = head.shape[:2]
    if min(rows, columns) < 8:
        return None
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    fade = np.clip((0.98 - down) / 0.16, 0, 1)
    head[..., 3] = (head[..., 3] * fade).astype(np.uint8)
    return np.asarray(head, np.uint8)


def preview(poses: Poses) -> Bytes:
    """A square picture, sRGB bytes."""
    whole = SIDE
    paper = backdrop(whole, whole, _PAPER, floor=0.70)
    margin, row = round(whole * _MARGIN), round(whole * _ROW)
    base = poses.rgba[len(poses.rgba) // 2]
    shown = [poses.rgba[round(step)] for step in np.linspace(0, len(poses.rgba) - 1, min(_SHOWN, len(poses.rgba)))]
    several = len(poses.rgba) > 1
    foot = whole - (row + 2 * margin if several else margin)
    # A bust is cut off below: it is shown down to the edge of its own field, not floating above it.
    hero = _sized(base, whole - 2 * margin, foot - margin)
    at = (whole - hero.shape[1]) // 2, foot - hero.shape[0]
    if "bottom" not in poses.cut:
        paper = _shaded(paper, at[0] + hero.shape[1] / 2, foot, hero.shape[1] * 0.42)
    _lay(paper, hero, *at)
    if several:
        paper[foot:] = np.clip(paper[foot:].astype(np.float32) * 0.93, 0, 255).astype(np.uint8)
        cell = (whole - 2 * margin) / _SHOWN
        for number, pose in enumerate(shown):
            small = _sized(pose, round(cell * 0.86), row)
            middle = whole / 2 + (number - (len(shown) - 1) / 2) * cell
            _lay(paper, small, round(middle - small.shape[1] / 2), whole - margin - small.shape[0])
    face = face_of(poses)
    if face is not None:
        _round_window(paper, face, round(whole * 0.20), margin)
    return paper


def _sized(rgba: Bytes, width: int, height: int) -> Bytes:
    """As large as the room allows; colours do not mix with what is clear."""
    factor = min(width / rgba.shape[1], height / rgba.shape[0], 4.0)
    size = max(1, round(rgba.shape[1] * factor)), max(1, round(rgba.shape[0] * factor))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgba, size, interpolation=way), np.uint8)


def _lay(paper: Bytes, rgba: Bytes, left: int, top: int) -> None:
    rows, columns = min(rgba.shape[0], paper.shape[0] - top), min(rgba.shape[1], paper.shape[1] - left)
    part = np.s_[top : top + rows, left : left + columns]
    alpha: Map = rgba[:rows, :columns, 3].astype(np.float32) / np.float32(255)
    paper[part] = over(paper[part], np.ascontiguousarray(rgba[:rows, :columns, :3]), alpha)


def _shaded(paper: Bytes, middle: float, foot: float, reach: float) -> Bytes:
    """A soft shadow on the floor under the figure."""
    y, x = np.ogrid[: paper.shape[0], : paper.shape[1]]
    pool = np.exp(-(((x - middle) / reach) ** 2) - ((y - foot) / (reach * 0.13)) ** 2) * 0.42
    return np.clip(paper * (1 - pool[..., None]), 0, 255).astype(np.uint8)


def _round_window(paper: Bytes, face: Bytes, side: int, margin: int) -> None:
    """The face on a lighter disc with a thin white ring, in the upper left corner."""
    large = 4 * side
    disc = np.zeros((large, large), np.uint8)
    cv2.circle(disc, (large // 2, large // 2), large // 2 - 2, 255, -1)
    ring = disc.copy()
    cv2.circle(ring, (large // 2, large // 2), round(large * 0.475), 0, -1)
    inside, rim = (np.asarray(cv2.resize(one, (side, side), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
                   for one in (disc, ring))
    ground = np.full((side, side, 3), (236, 233, 228), np.uint8)
    head = np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    picture = over(ground, np.ascontiguousarray(head[..., :3]), head[..., 3].astype(np.float32) / np.float32(255))
    picture = over(picture, np.full_like(picture, 255), rim)
    part = np.s_[margin : margin + side, margin : margin + side]
    paper[part] = over(paper[part], picture, inside)
