"""Bringing a cut-out subject and a scene together in colour and light, gently.

After Reinhard et al. 2001 ("Color Transfer between Images"), in Lab and over the subject alone, with bounds: a face in the
sunset takes some of its warmth and stays a face.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]
_STRIP = 512


def lab_of(rgb: Bytes) -> Map:
    """CIE L*a*b* (L 0 to 100) of sRGB bytes."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def statistics(rgb: Bytes, weight: Map | None = None) -> tuple[Map, Map]:
    """Mean and spread of Lab by channel, each (3,), of the weighted pixels; measured on a small copy."""
    factor = min(1.0, 256 / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    lab = lab_of(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)).reshape(-1, 3)
    if weight is None:
        return lab.mean(axis=0), lab.std(axis=0)
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA).reshape(-1, 1)
    total = max(float(share.sum()), 1e-6)
    mean = (lab * share).sum(axis=0) / total
    spread = np.sqrt(((lab - mean) ** 2 * share).sum(axis=0) / total)
    return mean.astype(np.float32), spread.astype(np.float32)


def harmonized(rgb: Bytes, alpha: Map, scene: Bytes, *, strength: float = 1.0, where: Map | None = None) -> Bytes:
    """The subject's colours moved towards the light of `scene` (of any size; `where` weighs its places).

    Lightness moves by a third of the way and at most 16, the colour cast by a third and at most 9: the subject keeps its own
    colours. `strength` scales all of it.
    """
    own_mean, own_spread = statistics(rgb, alpha)
    goal_mean, goal_spread = statistics(scene, where)
    lift = float(np.clip((goal_mean[0] - own_mean[0]) * 0.33, -16, 10)) * strength
    if goal_mean[0] < 22:  # night: nothing stays lit as by day
        lift -= 10 * strength
    # A surface has its own colour; the light's is what the whole scene leans to.
    cast = np.clip((goal_mean[1:] - own_mean[1:] * 0.35) * 0.34, -9, 9) * strength
    contrast = 1 + (float(np.clip(goal_spread[0] / max(float(own_spread[0]), 4.0), 0.7, 1.25)) - 1) * 0.35 * strength
    chroma = (
        1
        + (float(np.clip((np.hypot(*goal_spread[1:]) + 6) / (np.hypot(*own_spread[1:]) + 6), 0.7, 1.2)) - 1) * 0.5 * strength
    )
    out = np.empty_like(rgb)
    for top in range(0, rgb.shape[0], _STRIP):
        part = slice(top, top + _STRIP)
        lab = lab_of(np.ascontiguousarray(rgb[part]))
        lightness = own_mean[0] + (lab[..., 0] - own_mean[0]) * contrast
        room = (
            np.clip(np.minimum(lightness, 100 - lightness) / 30, 0.15, 1) if lift > 0 else np.clip(lightness / 40, 0.1, 1.2)
        )
        lab[..., 0] = np.clip(lightness + lift * room, 0, 100)
        light = np.clip(lab[..., 0:1] / 45, 0.15, 1)  # black stays black
        lab[..., 1:] = lab[..., 1:] * chroma + cast * light
        back = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32)
        out[part] = np.clip(back * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


def over(below: Bytes, above: Bytes, alpha: Map) -> Bytes:
    """One picture over another by alpha, in strips, in sRGB as photos are usually cut and pasted."""
    out = np.empty_like(below)
    for top in range(0, below.shape[0], _STRIP):
        part = slice(top, top + _STRIP)
        share = alpha[part, :, None]
        out[part] = (below[part] * (1 - share) + above[part] * share + np.float32(0.5)).astype(np.uint8)
    return out
