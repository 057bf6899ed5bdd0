"""Following reference pictures: their palette in Lab (Reinhard et al. 2001, "Color Transfer between Images") and their
broad layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Field = NDArray[np.float32]
_LAYOUT = 16
_STRIP = 512


@dataclass(frozen=True, slots=True)
class Reference:
    """What is taken from one picture: mean and spread of Lab by channel, and its light and dark areas (16×16, mean 0,
    spread 1)."""

    mean: Field
    spread: Field
    layout: Field

    @classmethod
    def of(cls, picture: Bytes) -> Reference:
        """From sRGB bytes (h, w, 3)."""
        lab = _lab(picture)
        flat = lab.reshape(-1, 3)
        return cls(flat.mean(0), flat.std(0), _layout(lab[..., 0]))


def _lab(picture: Bytes) -> Field:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def _layout(lightness: Field) -> Field:
    small = cv2.GaussianBlur(cv2.resize(lightness, (_LAYOUT, _LAYOUT), interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    return np.asarray((small - small.mean()) / max(float(small.std()), 1e-3), np.float32)


def follow(picture: Bytes, references: Sequence[Reference], balance: float) -> Bytes:
    """The picture (h, w, 3) in the references' palette, mirrored if its masses then lie more like theirs, and with their
    broad light.

    `balance` 0 leaves the picture as it is, 1 takes the palette over wholly. Several references count alike.
    """
    weight = float(np.clip(balance, 0, 1))
    if weight == 0:
        return picture
    layout = np.mean([reference.layout for reference in references], axis=0)
    height, width = picture.shape[:2]
    small = _lab(
        np.asarray(cv2.resize(picture, (96, max(8, round(96 * height / width))), interpolation=cv2.INTER_AREA), np.uint8)
    )
    own = _layout(small[..., 0])
    if float((own[:, ::-1] * layout).mean()) > float((own * layout).mean()) + 0.05:
        picture = np.ascontiguousarray(picture[:, ::-1])
        own = own[:, ::-1]
    mean, spread = small.reshape(-1, 3).mean(0), np.maximum(small.reshape(-1, 3).std(0), 1e-3)
    goal_mean = np.mean([reference.mean for reference in references], axis=0)
    goal_spread = np.mean([reference.spread for reference in references], axis=0)
    share = np.array([0.75, 1.0, 1.0], np.float32) * np.float32(
        weight
    )  # lightness tells the time of day: the prompt keeps some of it
    gain = 1 + (np.clip(goal_spread / spread, 0.35, 2.6) - 1) * share
    shift = mean + (goal_mean - mean) * share
    light = cv2.resize((layout - own).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(
        3.5 * weight
    )
    out = np.empty_like(picture)
    for top in range(0, height, _STRIP):
        strip = slice(top, min(top + _STRIP, height))
        lab = (_lab(picture[strip]) - mean) * gain + shift
        lab[..., 0] = np.clip(lab[..., 0] + light[strip], 0, 100)
        back = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB)
        out[strip] = np.clip(np.asarray(back) * 255 + 0.5, 0, 255).astype(np.uint8)
    return out
