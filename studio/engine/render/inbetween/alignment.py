"""How one picture as a whole lies in another: found by features, else by the faces in both, as a 3×3 matrix."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.cutout import find_faces

Bytes = NDArray[np.uint8]
Matrix = NDArray[np.float64]

_FEATURES = 1500
_RATIO = 0.75          # Lowe's test: the best match must be this much nearer than the second
_LEAST_MATCHES = 16
_LEAST_SHARE = 0.3     # of the matches that must agree on one plane
_MOST_MATRICES = 3
_MOST_GROWTH = 4.0
_FACE_GROWTH = 2.2


def by_features(first: Bytes, second: Bytes) -> list[Matrix]:
    """The homographies that take points of the first grey picture to the second, both of one size, the best borne out first:
    one of what stands still and one of what moves, if they are found; none where the pictures do not show the same.

    SIFT (Lowe 2004), RANSAC (Fischler and Bolles 1981)."""
    sift = cv2.SIFT.create(_FEATURES)
    (points, marks), (others, other_marks) = (sift.detectAndCompute(grey, None) for grey in (first, second))
    if marks is None or other_marks is None or min(len(points), len(others)) < _LEAST_MATCHES:
        return []
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(marks, other_marks, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < _RATIO * pair[1].distance]
    here = np.array([points[match.queryIdx].pt for match in good], np.float32).reshape(-1, 2)
    there = np.array([others[match.trainIdx].pt for match in good], np.float32).reshape(-1, 2)
    found: list[Matrix] = []
    while len(here) >= _LEAST_MATCHES and len(found) < _MOST_MATRICES:
        matrix, agree = cv2.findHomography(here, there, cv2.RANSAC, 3.0)
        if matrix is None or float(np.asarray(agree).mean()) < _LEAST_SHARE:
            break
        if _is_sane(np.asarray(matrix, np.float64), first.shape[1], first.shape[0]):
            found.append(np.asarray(matrix, np.float64))
        rest = np.asarray(agree).ravel() == 0
        here, there = here[rest], there[rest]
    return found


def by_faces(first: Bytes, second: Bytes) -> Matrix | None:
    """The shift and growth that lays the largest face of the first sRGB picture on that of the second; None without two."""
    faces = find_faces(first), find_faces(second)
    if not faces[0] or not faces[1]:
        return None
    rows, columns = first.shape[:2]
    (x0, y0, size0), (x1, y1, size1) = (
        ((face.left + face.width / 2) * columns, (face.top + face.height / 2) * rows, face.width * columns)
        for face in (faces[0][0], faces[1][0])
    )
    growth = float(np.clip(size1 / max(size0, 1.0), 1 / _FACE_GROWTH, _FACE_GROWTH))
    return np.array([[growth, 0, x1 - growth * x0], [0, growth, y1 - growth * y0], [0, 0, 1]], np.float64)


def inverse(matrix: Matrix) -> Matrix:
    """The way back."""
    return np.asarray(np.linalg.inv(matrix), np.float64)


def applied(matrix: Matrix, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where points come to lie: (…, 2)."""
    depth = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    depth = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    out_x = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / depth
    out_y = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / depth
    return np.stack([out_x, out_y], axis=-1).astype(np.float32)


def _is_sane(matrix: Matrix, width: int, height: int) -> bool:
    """Whether the frame stays a frame: not turned over, not blown up, no corner beyond the horizon."""
    x = np.array([0, width, width, 0], np.float32)
    y = np.array([0, 0, height, height], np.float32)
    if float((matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]).min()) < 0.2:
        return False
    corners = applied(matrix, x, y)
    area = float(cv2.contourArea(corners, oriented=True)) / (width * height)
    return bool(cv2.isContourConvex(corners)) and 1 / _MOST_GROWTH**2 < area < _MOST_GROWTH**2
