"""Soft ovals over faces."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.cutout import Face
from studio.engine.render.matting import Map


def face_ovals(faces: tuple[Face, ...], rows: int, columns: int, *, grow: float = 1.0) -> Map:
    """1 over faces, falling softly to 0 around them, (rows, columns)."""
    if not faces:
        return np.zeros((rows, columns), np.float32)
    small = min(1.0, 512 / max(rows, columns))
    size = max(1, round(columns * small)), max(1, round(rows * small))
    oval = np.zeros((size[1], size[0]), np.float32)
    for face in faces:
        middle = round((face.left + face.width / 2) * size[0]), round((face.top + face.height / 2) * size[1])
        axes = max(1, round(face.width * size[0] * 0.5 * grow)), max(1, round(face.height * size[1] * 0.62 * grow))
        cv2.ellipse(oval, middle, axes, 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(oval, (0, 0), max(1.0, max(face.width for face in faces) * size[0] * 0.08))
    return np.asarray(np.clip(cv2.resize(soft, (columns, rows), interpolation=cv2.INTER_LINEAR), 0, 1), np.float32)
