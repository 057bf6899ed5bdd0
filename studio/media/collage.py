"""Pictures laid on a picture: each scaled, turned, mirrored and cut out by its alpha, from back to front."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Line:
    """A brush stroke on a picture: points and radius in shares of its longer side; `adds` to what shows, or takes away."""

    points: Sequence[tuple[float, float]]
    radius: float
    adds: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture, (rows, columns, 4) sRGB bytes with straight alpha, and where it goes: its middle and its size in pixels of
    the target before it is turned by `rotation` degrees clockwise."""

    rgba: Bytes
    x: float
    y: float
    width: float
    height: float
    rotation: float = 0.0
    mirrored: bool = False


def refined(alpha: Bytes, lines: Sequence[Line]) -> Bytes:
    """An alpha channel, (rows, columns), with brush strokes on it, in their order. The given one stays as it is."""
    drawn = alpha.copy()
    longer = max(alpha.shape)
    for line in lines:
        points = np.array([(round(x * longer), round(y * longer)) for x, y in line.points], np.int32)
        value, radius = 255 if line.adds else 0, max(1, round(line.radius * longer))
        if len(points) > 1:
            cv2.polylines(drawn, [points], False, value, 2 * radius, cv2.LINE_AA)
        for point in (points[0], points[-1]):
            cv2.circle(drawn, (int(point[0]), int(point[1])), radius, value, -1, cv2.LINE_AA)
    return drawn


def covering(picture: Bytes, width: int, height: int) -> Bytes:
    """A picture, (rows, columns, 3), filling that size: what sticks out is cut off evenly on both sides."""
    rows, columns = picture.shape[:2]
    factor = max(width / columns, height / rows)
    size = max(width, round(columns * factor)), max(height, round(rows * factor))
    scaled = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC), np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def laid(background: Bytes, pieces: Sequence[Piece]) -> Bytes:
    """The background, (rows, columns, 3) sRGB bytes, with the pieces on it, the first one lowest."""
    picture = background.astype(np.float32)
    for piece in pieces:
        _lay(picture, piece)
    return np.asarray(np.clip(picture + 0.5, 0, 255), np.uint8)


def _lay(picture: NDArray[np.float32], piece: Piece) -> None:
    rows, columns = picture.shape[:2]
    rgba = piece.rgba[:, ::-1] if piece.mirrored else piece.rgba
    size = max(1, round(piece.width)), max(1, round(piece.height))
    if size[0] < rgba.shape[1]:  # turning samples single pixels: what is to become smaller is averaged first
        rgba = np.asarray(cv2.resize(_premultiplied(rgba), size, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        rgba = _premultiplied(rgba)
    angle = math.radians(piece.rotation)
    across, down = piece.width / rgba.shape[1], piece.height / rgba.shape[0]
    cos, sin = math.cos(angle), math.sin(angle)
    half_x, half_y = rgba.shape[1] / 2 - 0.5, rgba.shape[0] / 2 - 0.5
    matrix = np.array([[cos * across, -sin * down, 0.0], [sin * across, cos * down, 0.0]])
    matrix[0, 2] = piece.x - 0.5 - matrix[0, 0] * half_x - matrix[0, 1] * half_y
    matrix[1, 2] = piece.y - 0.5 - matrix[1, 0] * half_x - matrix[1, 1] * half_y
    moved = cv2.warpAffine(
        np.ascontiguousarray(rgba), matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    ).astype(np.float32)
    picture *= 1 - moved[..., 3:] / 255
    picture += moved[..., :3]


def _premultiplied(rgba: Bytes) -> Bytes:
    """Colours times alpha: so that the colours of what is cut away do not bleed into the seam."""
    alpha = rgba[..., 3:].astype(np.uint16)
    colours = (rgba[..., :3].astype(np.uint16) * alpha + 127) // 255
    return np.concatenate([colours.astype(np.uint8), rgba[..., 3:]], axis=2)
