"""A drawn scene as layers with depth: what the picture flattens and what the video moves through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]


class Motion(StrEnum):
    """How a layer moves in a video, beside the parallax that its depth gives it."""

    STILL = "still"
    DRIFT = "drift"      # clouds, haze: slides sideways
    WATER = "water"      # ripples and shimmer
    SWAY = "sway"        # vegetation: leans with the wind, fixed at its foot
    FLICKER = "flicker"  # lit windows, neon, fire: brightness only
    FALL = "fall"        # falling water: light that runs down
    WALK = "walk"        # figures and animals: slow sideways travel with a small bob


@dataclass(frozen=True, slots=True)
class Layer:
    """One depth of the scene.

    `pixels`: (height + 2·margin, width + 2·margin, 4) float32, linear light, premultiplied alpha.
    `depth`: 0 at infinity (sky) to 1 at the camera. `emissive` adds light (glow, windows) without covering.
    """

    name: str
    pixels: Pixels
    depth: float
    motion: Motion = Motion.STILL
    emissive: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The last step from linear light to the screen: tone curve, grade, grain, and the drawing style.

    `style` is one of the style words that the parser knows ("natural", "watercolour", "noir", "neon", "pencil", "film"…).
    """

    style: str = "natural"
    exposure: float = 1.0
    saturation: float = 1.0
    contrast: float = 1.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    grain: float = 0.012
    vignette: float = 0.15


@dataclass(frozen=True, slots=True)
class Scene:
    """Layers back to front, each `margin` pixels larger on every side than the frame, so that a camera can move.

    `particles` names what falls or floats ("rain", "snow", "embers", "fireflies", "leaves", "dust") or is None.
    `sound` holds the words that a soundscape is made from (place, weather, time, subjects).
    """

    width: int
    height: int
    margin: int
    seed: int
    layers: tuple[Layer, ...]
    finish: Finish
    particles: str | None = None
    sound: Mapping[str, object] = field(default_factory=dict)
