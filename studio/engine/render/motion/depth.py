"""A guess at the depth of a photo from what it shows: who stands in front, where the sky is, that the ground comes nearer below.

No network and no model: contrast against the picture's rim, sharpness, faces (OpenCV's cascades), GrabCut to find the outline
of what stands out, and an edge-keeping filter (He, Sun, Tang: Guided Image Filtering, 2010) to fit it to the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Rgb = NDArray[np.uint8]

_WORK_SIDE = 256


@dataclass(frozen=True, slots=True)
class PhotoDepth:
    """All maps (rows, columns) float32 in 0 to 1, at most 256 pixels a side.

    `depth`: 0 far to 1 near, smooth enough to bend a picture by. `sky`: where the sky is. `subject`: what stands in front.
    `faces`: boxes (x, y, width, height) in shares of the picture.
    """

    depth: Map
    sky: Map
    subject: Map
    faces: tuple[tuple[float, float, float, float], ...]


def photo_depth(rgb: Rgb) -> PhotoDepth:
    """The depth of a photo, (rows, columns, 3) sRGB bytes of any size."""
    factor = min(1.0, _WORK_SIDE / max(rgb.shape[:2]))
    size = max(16, round(rgb.shape[1] * factor)), max(16, round(rgb.shape[0] * factor))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    faces = _faces(rgb)
    sky = _sky(small)
    subject = _subject(small, sky, faces)
    rows = np.linspace(0.0, 1.0, size[1], dtype=np.float32)[:, None]
    ground = 0.15 + 0.45 * rows**1.3
    depth = ground * (1.0 - subject) + subject * np.maximum(0.8, ground)
    depth *= 1.0 - sky
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    fitted = guided_filter(grey, depth.astype(np.float32), max(4, size[0] // 32), 1e-3)
    # Bending needs slopes without steps; the width sets how far a background is stretched beside a figure.
    soft = cv2.GaussianBlur(fitted, (0, 0), max(size) * 0.016)
    return PhotoDepth(np.clip(soft, 0, 1).astype(np.float32), sky, subject, faces)


def guided_filter(guide: Map, values: Map, radius: int, epsilon: float) -> Map:
    """Smooth `values` so that their edges follow those of `guide` (both float32, one channel)."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(image: Map) -> Map:
        return np.asarray(cv2.blur(image, window), np.float32)

    mean_guide, mean_values = mean(guide), mean(values)
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = (mean(guide * values) - mean_guide * mean_values) / (variance + epsilon)
    offset = mean_values - slope * mean_guide
    return np.asarray(mean(slope) * guide + mean(offset), np.float32)


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
    return np.asarray(cv2.GaussianBlur(sky.astype(np.float32), (0, 0), 2.5), np.float32)


def _subject(small: Rgb, sky: Map, faces: tuple[tuple[float, float, float, float], ...]) -> Map:
    """What stands out: unlike the picture's rim, sharp, near the middle; its outline by GrabCut, which may also find none."""
    rows, columns = small.shape[:2]
    salient = _salience(small) * (1.0 - sky)
    for x, y, w, h in faces:  # a face has a body below it
        left, right = int((x - w * 0.6) * columns), int((x + w * 1.6) * columns)
        salient[int(y * rows) :, max(left, 0) : max(right, 0)] += 0.35
        salient[max(int((y - h * 0.2) * rows), 0) : int((y + h) * rows), max(int(x * columns), 0) : int((x + w) * columns)] += 0.6
    low, high = np.quantile(salient, [0.5, 0.84])
    mask = np.where(salient > high, cv2.GC_PR_FGD, np.where(salient < low, cv2.GC_BGD, cv2.GC_PR_BGD)).astype(np.uint8)
    mask[sky > 0.5] = cv2.GC_BGD
    for x, y, w, h in faces:
        mask[int((y + h * 0.2) * rows) : int((y + h * 0.8) * rows), int((x + w * 0.2) * columns) : int((x + w * 0.8) * columns)] = cv2.GC_FGD
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


def _unit(values: NDArray[np.floating]) -> NDArray[np.floating]:
    low, high = np.quantile(values, [0.05, 0.97])
    return np.clip((values - low) / max(float(high - low), 1e-6), 0, 1)
