"""The light of a scene: sky colours, sun or moon, what reaches the ground, and haze, by time of day and weather."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.engine.render.scene.canvas import Colour, mix, rgb
from studio.engine.render.scene.noise import stream
from studio.engine.render.scene.words import SceneWords

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """Everything a painter of one part must know. Colours are linear; the source's place is in shares of the frame."""

    time: str
    zenith: Colour
    middle: Colour
    horizon: Colour
    source: Colour  # the disc of sun or moon, and its glow
    glow: float  # how much the air around the source glows
    key: Colour  # direct light on a surface that faces the source
    ambient: Colour  # light from the whole sky
    haze: Colour  # what distance turns into
    haze_density: float  # 0 clear air, 1 thick fog
    cloud_cover: float  # 0 none, 1 closed
    cloud_lit: Colour
    cloud_shade: Colour
    source_x: float  # share of the frame's width
    source_y: float  # height above the horizon, as a share of the sky
    disc: float  # how clearly the disc shows
    stars: float
    lamps: float  # how many windows and lamps are lit
    lamp: Colour
    wet: float = 0.0
    moon: bool = False

    @property
    def side(self) -> float:
        """-1 when the light comes from the left, 1 from the right."""
        return -1.0 if self.source_x < 0.5 else 1.0

    @property
    def dark(self) -> bool:
        return self.time in {"night", "blue"}

    def lit(self, albedo: Colour, key: float = 0.5, ambient: float = 1.0) -> Colour:
        """The colour of a surface under this light."""
        return np.asarray(albedo * (self.ambient * np.float32(ambient) + self.key * np.float32(key)), np.float32)


def _day() -> Light:
    return Light(
        "day",
        rgb("#2f6fc0"),
        rgb("#6fa9e2"),
        rgb("#cfe4f2"),
        np.array([3.2, 3.0, 2.6], np.float32),
        0.35,
        np.array([0.95, 0.88, 0.74], np.float32),
        np.array([0.40, 0.48, 0.60], np.float32),
        rgb("#b4cfe6"),
        0.16,
        0.42,
        rgb("#ffffff"),
        rgb("#9fb2cc"),
        0.74,
        0.86,
        0.9,
        0.0,
        0.0,
        rgb("#ffd28a"),
    )


def _dawn() -> Light:
    return Light(
        "dawn",
        rgb("#7f9fd0"),
        rgb("#d3b6d4"),
        rgb("#ffd9b8"),
        np.array([3.4, 2.5, 1.7], np.float32),
        0.75,
        np.array([0.72, 0.47, 0.36], np.float32),
        np.array([0.44, 0.38, 0.46], np.float32),
        rgb("#f0cdc8"),
        0.42,
        0.36,
        rgb("#ffd2bf"),
        rgb("#a89ac4"),
        0.30,
        0.13,
        1.0,
        0.0,
        0.1,
        rgb("#ffc878"),
    )


def _golden() -> Light:
    return Light(
        "golden",
        rgb("#5f88b4"),
        rgb("#dcb27c"),
        rgb("#ffd084"),
        np.array([4.2, 2.9, 1.4], np.float32),
        1.0,
        np.array([1.05, 0.66, 0.27], np.float32),
        np.array([0.34, 0.29, 0.26], np.float32),
        rgb("#efbb78"),
        0.32,
        0.34,
        rgb("#ffdf9e"),
        rgb("#a98a86"),
        0.70,
        0.20,
        1.0,
        0.0,
        0.1,
        rgb("#ffc878"),
    )


def _dusk() -> Light:
    return Light(
        "dusk",
        rgb("#26265e"),
        rgb("#8f4378"),
        rgb("#ff8338"),
        np.array([4.0, 1.7, 0.5], np.float32),
        0.9,
        np.array([0.50, 0.20, 0.075], np.float32),
        np.array([0.135, 0.095, 0.165], np.float32),
        rgb("#9a5468"),
        0.30,
        0.44,
        rgb("#ff7a48"),
        rgb("#4a2f62"),
        0.68,
        0.07,
        1.0,
        0.12,
        0.55,
        rgb("#ffb75e"),
    )


def _night() -> Light:
    return Light(
        "night",
        rgb("#040817"),
        rgb("#0b1836"),
        rgb("#1f3759"),
        np.array([1.5, 1.7, 2.0], np.float32),
        0.22,
        np.array([0.042, 0.056, 0.085], np.float32),
        np.array([0.017, 0.027, 0.052], np.float32),
        rgb("#1b3050"),
        0.26,
        0.30,
        rgb("#3a4d72"),
        rgb("#0d1730"),
        0.70,
        0.70,
        1.0,
        1.0,
        0.8,
        rgb("#ffb65c"),
        moon=True,
    )


def _blue() -> Light:
    return Light(
        "blue",
        rgb("#0e2258"),
        rgb("#2b549c"),
        rgb("#93a9d6"),
        np.array([0.9, 0.8, 0.9], np.float32),
        0.25,
        np.array([0.05, 0.06, 0.10], np.float32),
        np.array([0.085, 0.13, 0.26], np.float32),
        rgb("#5571ac"),
        0.34,
        0.30,
        rgb("#6d83b8"),
        rgb("#2a3f76"),
        0.30,
        0.02,
        0.0,
        0.25,
        0.75,
        rgb("#ffb65c"),
    )


_TIMES = {"day": _day, "dawn": _dawn, "golden": _golden, "dusk": _dusk, "night": _night, "blue": _blue}


def _grey(colour: Colour, share: float, gain: float) -> Colour:
    """A colour with part of its saturation and light taken away, as a closed sky does."""
    luma = np.float32(colour @ _LUMA)
    cool = np.array([0.94, 0.99, 1.08], np.float32) * luma
    return mix(colour, cool, share) * np.float32(gain)


def _veil(light: Light, share: float, gain: float, key: float) -> Light:
    """The sky turned grey by clouds: `share` of its colour lost, `gain` on its brightness, `key` left of the direct
    light."""
    return replace(
        light,
        zenith=mix(_grey(light.zenith, share, gain), _grey(light.horizon, share, gain), 0.55 * share),
        middle=mix(_grey(light.middle, share, gain), _grey(light.horizon, share, gain), 0.4 * share),
        horizon=_grey(light.horizon, share * 0.8, gain),
        key=_grey(light.key, share * 0.5, key),
        ambient=_grey(light.ambient, share * 0.6, gain),
        haze=_grey(light.haze, share * 0.8, gain),
        cloud_lit=_grey(light.cloud_lit, share * 0.8, gain),
        cloud_shade=_grey(light.cloud_shade, share * 0.8, gain * 0.9),
    )


def _weathered(light: Light, weather: str) -> Light:
    if weather == "cloudy":
        return replace(
            _veil(light, 0.62, 0.82, 0.35),
            cloud_cover=0.86,
            disc=light.disc * 0.15,
            glow=light.glow * 0.6,
            stars=light.stars * 0.15,
        )
    if weather == "rain":
        return replace(
            _veil(light, 0.78, 0.50, 0.14),
            cloud_cover=0.93,
            disc=0.0,
            glow=light.glow * 0.3,
            stars=0.0,
            wet=1.0,
            haze_density=light.haze_density + 0.26,
            lamps=max(light.lamps, 0.4),
        )
    if weather == "storm":
        return replace(
            _veil(light, 0.82, 0.27, 0.08),
            cloud_cover=0.98,
            disc=0.0,
            glow=light.glow * 0.2,
            stars=0.0,
            wet=0.8,
            haze_density=light.haze_density + 0.12,
            lamps=max(light.lamps, 0.55),
        )
    if weather == "snow":
        return replace(
            _veil(light, 0.66, 0.92, 0.25),
            cloud_cover=0.9,
            disc=0.0,
            glow=light.glow * 0.4,
            stars=0.0,
            haze_density=light.haze_density + 0.30,
            lamps=max(light.lamps, 0.35),
        )
    if weather == "fog":
        pale = mix(light.haze, light.horizon, 0.5)
        return replace(
            light,
            zenith=mix(light.zenith, pale, 0.78),
            middle=mix(light.middle, pale, 0.85),
            horizon=mix(light.horizon, pale, 0.6),
            haze=pale,
            haze_density=0.86,
            cloud_cover=0.12,
            disc=light.disc * 0.22,
            key=light.key * np.float32(0.45),
            stars=light.stars * 0.1,
            lamps=max(light.lamps, 0.3),
        )
    return light


def scene_light(words: SceneWords, seed: int) -> Light:
    """The light that the words ask for, with the small freedoms a seed has: where the source stands, how many clouds
    there are."""
    rng = stream(seed, "light")
    light = _weathered(_TIMES[words.time](), words.weather)
    sway, height, clouds = rng.uniform(-0.06, 0.06), rng.uniform(0.9, 1.1), rng.uniform(0.82, 1.12)
    light = replace(
        light,
        source_x=light.source_x + float(sway),
        source_y=light.source_y * float(height),
        cloud_cover=float(min(light.cloud_cover * clouds, 1.0)),
    )
    if light.dark and (words.weather == "snow" or words.place == "snowfield" or words.has("snowy")):
        # Snow throws back nearly all the light there is: a white night is never black.
        light = replace(light, key=light.key * np.float32(2.2), ambient=light.ambient * np.float32(2.4))
    if words.has("moon") or words.has("stars"):
        light = replace(light, stars=max(light.stars, 0.5) if words.time in {"night", "blue"} else light.stars)
    if words.mood == "dark":
        light = replace(_veil(light, 0.25, 0.75, 0.8), haze_density=min(light.haze_density + 0.08, 1))
    elif words.mood == "joyful":
        light = replace(light, key=light.key * np.float32(1.08), ambient=light.ambient * np.float32(1.06))
    if words.style == "neon":
        light = _neon(light)
    return light


def _neon(light: Light) -> Light:
    """Light from signs: the sky glows violet at the horizon and shadows go to blue."""
    share = 0.62 if light.dark or light.time == "dusk" else 0.38
    return replace(
        light,
        zenith=mix(light.zenith, rgb("#120a3a"), share),
        middle=mix(light.middle, rgb("#4a1a86"), share),
        horizon=mix(light.horizon, rgb("#e0409c"), share * 0.8),
        haze=mix(light.haze, rgb("#7a2f9e"), share),
        ambient=mix(light.ambient, light.ambient * np.array([1.1, 0.7, 1.7], np.float32), 0.8),
        cloud_lit=mix(light.cloud_lit, rgb("#ff5fae"), share),
        cloud_shade=mix(light.cloud_shade, rgb("#2a1560"), share),
        lamps=max(light.lamps, 0.7),
    )
