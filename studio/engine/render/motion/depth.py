"""A guess at the depth of a photo from what it shows: who stands in front, where the sky is, how the ground comes nearer.

No network and no model: contrast against the picture's rim, sharpness, faces (OpenCV's cascades), GrabCut to find the
outline of what stands out, and an edge-keeping filter (He, Sun, Tang: Guided Image Filtering, 2010) to fit the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Rgb = NDArray[np.uint8]

_WORK_SIDE = 256


@dataclass(frozen=True, slots=True)
class PhotoDepth:
    """All maps (rows, columns) float32 in 0 to 1, at most 256 pixels a side.

    `depth`: 0 far to 1 near, smooth enough to bend a picture by. `sky`: open sky, away from what stands before it, so that
    it may drift. `leaves`: grass and foliage. `faces`: boxes (x, y, width, height) in shares of the picture.
    """

    depth: Map
    sky: Map
    leaves: Map
    faces: tuple[tuple[float, float, float, float], ...]


def photo_depth(rgb: Rgb) -> PhotoDepth:
    """The depth of a photo, (rows, columns, 3) sRGB bytes of any size."""
    factor = min(1.0, _WORK_SIDE / max(rgb.shape[:2]))
    size = max(16, round(rgb.shape[1] * factor)), max(16, round(rgb.shape[0] * factor))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    faces = _faces(rgb)
    sky = _sky(small)
    subject = _subject(small, sky, faces)
    has_sky = bool(sky.any())
    # The ground begins at the sky's lower end, as far away as it.
    horizon = float(np.flatnonzero(sky.mean(axis=1) > 0.2).max(initial=0)) / size[1] if has_sky else 0.0
    below = np.clip((np.linspace(0.0, 1.0, size[1]) - horizon) / (1.0 - horizon), 0.0, 1.0)[:, None].astype(np.float32)
    ground = (0.02 if has_sky else 0.15) + 0.5 * below**1.3
    depth = ground * (1.0 - subject) + subject * np.maximum(0.8, ground)
    # A mast before the sky is as far as the sky: bent by two depths it would break.
    depth *= 1.0 - _soft(cv2.morphologyEx(sky, cv2.MORPH_CLOSE, _disc(max(size) // 9)), 3.0)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    fitted = guided_filter(grey, depth.astype(np.float32), max(4, size[0] // 32), 1e-3)
    # Bending needs slopes without steps; the width sets how far a background is stretched beside a figure.
    # What stands before the sky is bent over its whole height, not at its foot.
    across = max(size) * 0.026
    upright = max(size) * 0.07 if has_sky else across
    smooth = np.clip(cv2.GaussianBlur(fitted, (0, 0), sigmaX=across, sigmaY=upright), 0, 1)
    open_sky = _soft(cv2.erode(sky, _disc(max(size) // 24)), max(size) * 0.02)
    return PhotoDepth(np.asarray(smooth, np.float32), open_sky, _leaves(small, subject), faces)


def guided_filter(guide: Map, values: Map, radius: int, epsilon: float) -> Map:
    """Smooth `values` so that their edges follow those of `guide` (both float32, one channel)."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(image: Map) -> Map:
        return np.asarray(cv2.blur(image, window), np.float32)

    mean_guide, mean_values = mean(guide), mean(values)
    variance = mean(np.asarray(guide * guide, np.float32)) - mean_guide * mean_guide
    covariance = mean(np.asarray(guide * values, np.float32)) - mean_guide * mean_values
    slope = np.asarray(covariance / (variance + epsilon), np.float32)
    offset = mean_values - slope * mean_guide
    return np.asarray(mean(slope) * guide + mean(np.asarray(offset, np.float32)), np.float32)


def _faces(rgb: Rgb) -> tuple[tuple[float, float, float, float], ...]:
    height, width = rgb.shape[:2]
    factor = min(1.0, 640 / max(height, width))
    grey = cv2.cvtColor(cv2.resize(rgb, (max(1, round(width * factor)), max(1, round(height * factor)))), cv2.COLOR_RGB2GRAY)
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"))
    if cascade.empty():
        return ()
    smallest = max(24, min(grey.shape) // 14)
    found = cascade.detectMultiScale(cv2.equalizeHist(grey), 1.12, 7, minSize=(smallest, smallest))
    rows, columns = grey.shape
    return tuple((float(x) / columns, float(y) / rows, float(w) / columns, float(h) / rows) for x, y, w, h in found)


def _sky(small: Rgb) -> Map:
    """What is joined to the top rim, smooth, and bright or blue."""
    rows, columns = small.shape[:2]
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB).astype(np.float32)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 2.0)
    blue = lab[..., 2] < 126
    bright = lab[..., 0] > 150
    likely = ((busy < 7.0) & (blue | bright)).astype(np.uint8)
    likely[int(rows * 0.72) :] = 0
    _, labels = cv2.connectedComponents(likely)
    top = labels[: max(2, rows // 40)]
    sky = np.isin(labels, [label for label in np.unique(top) if label and (top == label).mean() > 0.15])
    if sky.mean() < 0.06:
        return np.zeros((rows, columns), np.float32)
    return sky.astype(np.float32)


def _leaves(small: Rgb, subject: Map) -> Map:
    """What is green to yellow and finely textured, and not the subject."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    busy = _soft(np.abs(cv2.Laplacian(lab[..., 0], cv2.CV_32F)), 3.0)
    green = (lab[..., 1] < 127) & (lab[..., 2] > 132) & (busy > 6.0)
    return np.asarray(_soft(green, 5.0) * (1.0 - subject), np.float32)


def _soft(values: NDArray[Any], sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(values.astype(np.float32), (0, 0), sigma), np.float32)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size | 1, size | 1)), np.uint8)


def _subject(small: Rgb, sky: Map, faces: tuple[tuple[float, float, float, float], ...]) -> Map:
    """What stands out: unlike the picture's rim, sharp, near the middle; its outline by GrabCut, which may find none."""
    rows, columns = small.shape[:2]
    salient = _salience(small) * (1.0 - sky)
    for x, y, w, h in faces:  # a face has a body below it
        salient[_area((x - w * 0.6, y, w * 2.2, 1.0 - y), rows, columns)] += 0.35
        salient[_area((x, y - h * 0.2, w, h * 1.2), rows, columns)] += 0.6
    low, high = np.quantile(salient, [0.5, 0.84])
    mask = np.where(salient > high, cv2.GC_PR_FGD, np.where(salient < low, cv2.GC_BGD, cv2.GC_PR_BGD)).astype(np.uint8)
    mask[sky > 0.5] = cv2.GC_BGD
    for x, y, w, h in faces:
        mask[_area((x + w * 0.2, y + h * 0.2, w * 0.6, h * 0.6), rows, columns)] = cv2.GC_FGD
    if not ((mask == cv2.GC_PR_FGD) | (mask == cv2.GC_FGD)).any() or not (mask == cv2.GC_BGD).any():
        return np.zeros((rows, columns), np.float32)
    cv2.setRNGSeed(1)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, (0, 0, 1, 1), background, foreground, 3, cv2.GC_INIT_WITH_MASK)
    figure = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    figure = cv2.morphologyEx(figure, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    figure = cv2.morphologyEx(figure, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    share = float(figure.mean())
    if not 0.02 < share < 0.75:
        return np.asarray(np.clip(cv2.GaussianBlur(salient, (0, 0), 6) * 0.8, 0, 1), np.float32)
    return np.asarray(cv2.GaussianBlur(figure.astype(np.float32), (0, 0), 1.5), np.float32)


def _salience(small: Rgb) -> Map:
    """Distance in colour to the picture's rim, with sharpness and a leaning to the middle; 0 to about 1."""
    rows, columns = small.shape[:2]
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = max(2, min(rows, columns) // 24)
    edge = np.concatenate([lab[:rim].reshape(-1, 3), lab[:, :rim].reshape(-1, 3), lab[:, -rim:].reshape(-1, 3)])
    centre, spread = edge.mean(axis=0), np.cov(edge.T) + np.eye(3) * 30.0
    off = lab.reshape(-1, 3) - centre
    distance = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", off, np.linalg.inv(spread), off), 0)).reshape(rows, columns)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    sharp = cv2.GaussianBlur(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 2.0)), (0, 0), 5.0)
    y, x = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None, :]
    middle = np.exp(-(x * x * 1.4 + (y - 0.1) ** 2 * 0.8))
    total = (0.55 * _unit(distance) + 0.45 * _unit(sharp)) * (0.35 + 0.65 * middle)
    return np.asarray(cv2.GaussianBlur(total, (0, 0), 2.0), np.float32)


def _area(box: tuple[float, float, float, float], rows: int, columns: int) -> tuple[slice, slice]:
    """A box (x, y, width, height) in shares as slices, kept inside the picture."""
    x, y, width, height = box
    return (slice(max(int(y * rows), 0), max(int((y + height) * rows), 0)),
            slice(max(int(x * columns), 0), max(int((x + width) * columns), 0)))


def _unit(values: NDArray[np.floating]) -> Map:
    low, high = np.quantile(values, [0.05, 0.97])
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1), np.float32)
