"""The stage that a place is built on: canvas, light, random numbers, what has been painted so far, and where subjects may
stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Field, mix, rgb
from studio.engine.render.scene.haze import mist
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.light import Light
from studio.engine.render.scene.noise import stream
from studio.engine.render.scene.sky import aurora, clouds, lightning, paint_sky
from studio.engine.render.scene.vocabulary import COLOURS
from studio.engine.render.scene.words import SceneWords


@dataclass(frozen=True, slots=True)
class Spot:
    """Where things stand: the foot's height y, and how tall a grown person is there, both in units."""

    foot: float
    person: float


@dataclass(slots=True)
class Stage:
    """One scene while it is built. A place calls `layer` for each layer it paints and sets the spots as it goes."""

    words: SceneWords
    canvas: Canvas
    light: Light
    seed: int
    horizon: float = 0.58
    land: Spot = field(default_factory=lambda: Spot(0.9, 0.2))
    far_land: Spot | None = None
    water: Spot | None = None
    paved: bool = False  # a road is there already for what drives
    water_x: float | None = None  # where the water is, if it does not fill the width
    perform: Callable[..., Iterator[Layer]] = field(default=lambda *zones: iter(()))
    performed: set[int] = field(default_factory=set)
    backdrop: Field = field(init=False)

    def __post_init__(self) -> None:
        small = self.canvas.coarse(960)
        self.backdrop = np.zeros((small.rows, small.columns, 3), np.float32)

    @property
    def wide(self) -> float:
        return self.canvas.frame_w

    @property
    def high(self) -> float:
        return self.canvas.frame_h

    @property
    def span(self) -> tuple[float, float]:
        """From left to right with room for any margin: the same for every margin, so that a seed draws the same things."""
        return -0.3, self.wide + 0.3

    @property
    def snow(self) -> bool:
        """Whether snow lies on the ground."""
        words = self.words
        wintry = words.place == "village" and words.season == "winter"
        return words.weather == "snow" or words.place == "snowfield" or words.has("snowy") or wintry

    @property
    def lamp_fill(self) -> Colour:
        """Light from lamps that reaches people and walls in built places when it is dark."""
        if self.words.place not in {"street", "city", "harbour", "room"} or not (
            self.light.dark or self.light.time == "dusk" or self.light.wet > 0.5
        ):
            return np.zeros(3, np.float32)
        return rgb("#ffb869") * np.float32(
            {"room": 0.42, "street": 0.15}.get(self.words.place, 0.07) * (1.0 if self.light.dark else 0.45)
        )

    def rng(self, name: str) -> np.random.Generator:
        return stream(self.seed, name)

    def number(self, name: str) -> int:
        """A seed for noise, by purpose."""
        return int(self.rng(name).integers(1 << 30))

    def colour(self, fallback: str) -> Colour:
        """The first colour that the prompt names, else the fallback."""
        return rgb(COLOURS[self.words.colours[0]]) if self.words.colours else rgb(fallback)

    def layer(
        self, name: str, pixels: Pixels, depth: float, motion: Motion = Motion.STILL, *, emissive: bool = False
    ) -> Layer:
        """A finished layer; it joins what later layers may reflect."""
        rows, columns = self.backdrop.shape[:2]
        small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        if not emissive:
            self.backdrop *= 1 - small[..., 3:4]
        self.backdrop += small[..., :3]
        return Layer(name, pixels, depth, motion, emissive)

    def sky(self, horizon: float) -> Iterator[Layer]:
        """Sky, aurora, clouds: the back of every scene outdoors. `horizon` in units."""
        self.horizon = horizon
        sky = paint_sky(self.canvas, self.light, self.number("sky"), horizon)
        yield self.layer("sky", sky, 0.0)
        if self.words.has("aurora"):
            yield self.layer(
                "aurora", aurora(self.canvas, self.number("aurora"), horizon), 0.01, Motion.FLICKER, emissive=True
            )
        if self.light.cloud_cover > 0.05:
            yield self.layer("clouds", clouds(self.canvas, self.light, self.number("clouds"), horizon), 0.03, Motion.DRIFT)
        if self.words.weather == "storm":
            bolt = lightning(self.canvas, self.number("lightning"), horizon)
            yield self.layer("lightning", bolt, 0.04, Motion.FLICKER, emissive=True)

    def mist(self, name: str, level: float, thickness: float, amount: float, depth: float) -> Layer:
        colour = mix(self.light.haze, self.light.horizon, 0.3)
        return self.layer(
            name,
            mist(self.canvas, colour, self.number(name), level=level, thickness=thickness, amount=amount),
            depth,
            Motion.DRIFT,
        )

    def front(self) -> Iterator[Layer]:
        """What hangs between the scene and the eye: fog."""
        if self.words.weather == "fog" and self.words.place not in {"room", "space"}:
            yield self.mist("fog", self.horizon + 0.12, 0.30, 0.62, 0.9)
