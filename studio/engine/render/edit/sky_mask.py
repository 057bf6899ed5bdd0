"""Where the sky is in a photo: what smooth ways join to the upper rim, its outline by GrabCut, a soft edge."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.matting import Bytes, Map, matte

_SIDE = 288


def sky_alpha(rgb: Bytes) -> Map | None:
    """The sky as 0 to 1 in the photo's size, or None where the upper rim shows none."""
    factor = min(1.0, _SIDE / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    if min(size) < 16:
        return None
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    smooth = cv2.bilateralFilter(small, 7, 30, 5)
    lab = np.asarray(cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 1.5)
    likely = _likely(lab, np.asarray(busy, np.float32))
    if float(likely[: max(2, size[1] // 12)].mean()) < 0.12 or float(likely.mean()) < 0.02:
        return None
    mask = np.where(likely > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    core = cv2.erode(likely, np.ones((5, 5), np.uint8))
    mask[core > 0] = cv2.GC_FGD
    reach = cv2.dilate(likely, np.ones((9, 9), np.uint8))
    mask[reach == 0] = cv2.GC_BGD
    known = {int(value) for value in np.unique(mask)}
    if known & {cv2.GC_BGD, cv2.GC_PR_BGD} and cv2.GC_FGD in known:
        cv2.setRNGSeed(1)
        cv2.grabCut(smooth, mask, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    sky = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    return matte(rgb, sky)[0] if sky.any() else None


def _likely(lab: Map, busy: Map) -> Bytes:
    """Smooth, bright or blue or warm over the whole upper rim, and joined to it without a step of colour."""
    rows = lab.shape[0]
    light, red, blue = lab[..., 0], lab[..., 1], lab[..., 2]
    colour = (blue < -4) | (light > 62) | ((light > 35) & (red > 6) & (blue > 0) & (busy < 3))
    night = float(np.median(light[: max(2, rows // 8)])) < 22
    plausible = (busy < 6.0) & (colour | night)
    step = np.abs(np.diff(lab, axis=0)).max(axis=2)
    plausible[1:] &= step < 9
    count, labels, _, _ = cv2.connectedComponentsWithStats(plausible.astype(np.uint8), connectivity=4)
    sky = np.zeros(lab.shape[:2], np.uint8)
    rim = labels[: max(2, rows // 40)]
    for label in range(1, count):
        if float((rim == label).mean()) > 0.04:
            sky[labels == label] = 1
    sky = np.asarray(cv2.morphologyEx(sky, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)
    # What reaches the foot of the picture is a wall or a floor.
    return np.zeros_like(sky) if float(sky[int(rows * 0.95) :].mean()) > 0.5 else sky
