"""Following reference pictures in colour: their palette in Lab and their broad light.

Lightness after Reinhard et al. 2001, "Color Transfer between Images"; the two colour axes together after Pitié and Kokaram
2007, "The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.cutout import salience

Bytes = NDArray[np.uint8]
Field = NDArray[np.float32]
LAYOUT = 16
_STRIP = 512
_MEASURED = 192        # palettes are measured on a copy of at most this size
_LIGHT = 5.0           # of L: how much the broad light and dark of the references is laid over
_LEAST, _MOST = 0.35, 2.6


@dataclass(frozen=True, slots=True)
class Palette:
    """Mean (3,) of Lab, deviation of L, covariance (2, 2) of a and b."""

    mean: Field
    spread: float
    colours: NDArray[np.float64]

    @classmethod
    def of(cls, pictures: Sequence[Bytes]) -> Palette:
        """Of all pictures together, each counting alike. sRGB bytes (rows, columns, 3)."""
        flat = [_lab(_small(picture)).reshape(-1, 3) for picture in pictures]
        mean = np.mean([one.mean(axis=0) for one in flat], axis=0)
        spread = float(np.mean([one[:, 0].std() for one in flat]))
        colours = np.mean([np.cov(one[:, 1:].T.astype(np.float64)) for one in flat], axis=0)
        return cls(np.asarray(mean, np.float32), spread, np.asarray(colours, np.float64))

    def unlike(self, other: Palette) -> float:
        """How far two palettes are apart: Wasserstein distance of two normal distributions, in Lab units."""
        means = float(np.sum((self.mean - other.mean) ** 2))
        spreads = (self.spread - other.spread) ** 2
        root = _root(self.colours)
        cross = _root(root @ other.colours @ root)
        return float(np.sqrt(max(means + spreads + np.trace(self.colours + other.colours - 2 * cross), 0.0)))


@dataclass(frozen=True, slots=True)
class Reference:
    """What is taken from one picture: its palette, its light and dark areas, and where it is that something stands out (both
    16×16, mean 0, deviation 1)."""

    palette: Palette
    layout: Field
    salient: Field

    @classmethod
    def of(cls, picture: Bytes) -> Reference:
        """From sRGB bytes (h, w, 3)."""
        small = _small(picture)
        return cls(Palette.of([small]), layout_of(_lab(small)[..., 0]), layout_of(salience_of(small)))


def layout_of(values: Field) -> Field:
    """A map at 16×16, soft, mean 0 and deviation 1; 0 where it is the same all over."""
    small = cv2.GaussianBlur(cv2.resize(values, (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    spread = float(small.std())
    return np.asarray((small - small.mean()) / spread if spread > 1e-3 else np.zeros_like(small), np.float32)


def salience_of(picture: Bytes) -> Field:
    """What stands out in sRGB bytes, the same at every call: OpenCV's clusters begin at random places."""
    cv2.setRNGSeed(1)
    return salience(picture)


def lightness(picture: Bytes) -> Field:
    """L of sRGB bytes."""
    return np.asarray(_lab(picture)[..., 0], np.float32)


def follow(picture: Bytes, references: Sequence[Reference], balance: float) -> Bytes:
    """The picture (h, w, 3) in the references' palette and with their broad light.

    `balance` 0 leaves the picture as it is, 1 takes the palette over wholly. Several references count alike.
    """
    weight = float(np.clip(balance, 0, 1))
    if weight == 0:
        return picture
    height, width = picture.shape[:2]
    small = _small(picture)
    own = Palette.of([small])
    change = Change.between(own, joined([reference.palette for reference in references]), weight)
    layout = np.mean([reference.layout for reference in references], axis=0) - layout_of(lightness(small))
    light = cv2.resize(layout.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    light *= np.float32(_LIGHT * weight)
    out = np.empty_like(picture)
    for top in range(0, height, _STRIP):
        strip = slice(top, min(top + _STRIP, height))
        lab = change.made(_lab(picture[strip]))
        lab[..., 0] = np.clip(lab[..., 0] + light[strip], 0, 100)
        back = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
        out[strip] = np.clip(np.asarray(back) * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


def joined(palettes: Sequence[Palette]) -> Palette:
    """The palette of several, each counting alike."""
    return Palette(
        np.asarray(np.mean([one.mean for one in palettes], axis=0), np.float32),
        float(np.mean([one.spread for one in palettes])),
        np.asarray(np.mean([one.colours for one in palettes], axis=0), np.float64),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A change of colours: L by gain and shift, a and b by a matrix about their mean."""

    mean: Field
    goal: Field
    gain: float
    matrix: Field

    @classmethod
    def between(cls, own: Palette, goal: Palette, weight: float) -> Change:
        """From one palette towards another, by a `weight` of 0 to 1."""
        share = np.array([0.75, 1.0, 1.0], np.float32) * np.float32(weight)  # light tells the hour: the prompt keeps some
        gain = 1 + (float(np.clip(goal.spread / max(own.spread, 1e-3), _LEAST, _MOST)) - 1) * float(share[0])
        floor = np.eye(2) * 1.0  # a grey picture has no colours that could be spread
        root = _root(own.colours + floor)
        inverse = np.linalg.inv(root)
        whole = inverse @ _root(root @ (goal.colours + floor) @ root) @ inverse
        values, vectors = np.linalg.eigh((whole + whole.T) / 2)
        whole = vectors @ np.diag(np.clip(values, _LEAST, _MOST)) @ vectors.T
        matrix = np.eye(2) + (whole - np.eye(2)) * float(share[1])
        return cls(own.mean, np.asarray(own.mean + (goal.mean - own.mean) * share, np.float32), gain,
                   np.asarray(matrix, np.float32))

    def made(self, lab: Field) -> Field:
        """The change of Lab (rows, columns, 3)."""
        out = np.empty_like(lab)
        out[..., 0] = np.clip((lab[..., 0] - self.mean[0]) * np.float32(self.gain) + self.goal[0], 0, 100)
        added = (lab[..., 1:] - self.mean[1:]) @ self.matrix.T + self.goal[1:] - lab[..., 1:]
        # What is nearly black or white has no room for colour.
        room = np.clip(np.minimum(out[..., 0] / 22, (104 - out[..., 0]) / 14), 0.12, 1)
        out[..., 1:] = lab[..., 1:] + added * room[..., None]
        return out


    def unmade(self, lab: Field) -> Field:
        """The colours that the change would make these of, as far as there are any."""
        out = np.empty_like(lab)
        out[..., 0] = np.clip((lab[..., 0] - self.goal[0]) / np.float32(self.gain) + self.mean[0], 0, 100)
        out[..., 1:] = (lab[..., 1:] - self.goal[1:]) @ np.linalg.inv(self.matrix).T + self.mean[1:]
        return out


def in_rgb(picture: Bytes, change: Callable[[Field], Field]) -> Bytes:
    """A picture (rows, columns, 3) of sRGB bytes with its Lab changed, in strips."""
    out = np.empty_like(picture)
    for top in range(0, picture.shape[0], _STRIP):
        strip = slice(top, top + _STRIP)
        back = cv2.cvtColor(change(_lab(picture[strip])), cv2.COLOR_LAB2RGB)
        out[strip] = np.clip(np.asarray(back) * 255 + 0.5, 0, 255).astype(np.uint8)
    return out


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The square root of a symmetric matrix without negative parts."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray(vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T, np.float64)


def _small(picture: Bytes) -> Bytes:
    factor = min(1.0, _MEASURED / max(picture.shape[:2]))
    size = max(8, round(picture.shape[1] * factor)), max(8, round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lab(picture: Bytes) -> Field:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
