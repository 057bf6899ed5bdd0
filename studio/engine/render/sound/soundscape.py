"""A soundscape for a scene: which sounds belong to its words, mixed to a gentle level and an exact length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from studio.engine.render.sound import life, weather
from studio.engine.render.sound.noise import RATE, Stereo

Source = Callable[[np.random.Generator, float], Stereo]

SOURCES: dict[str, Source] = {
    "wind": weather.wind, "breeze": weather.breeze, "rain": weather.rain, "waves": weather.waves, "stream": weather.stream,
    "lapping": weather.lapping, "thunder": weather.thunder, "fire": weather.fire, "snow": weather.snow_hush,
    "birds": life.birds, "gulls": life.gulls, "crickets": life.crickets, "owl": life.owl,
    "city": life.city, "crowd": life.crowd,
    "footsteps": life.footsteps, "room": life.room, "train": life.train, "space": life.space, "underwater": life.underwater,
}
# Words to sounds and their loudness in the mix. All that match are mixed; later lines join earlier ones.
_WORDS: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = (
    (r"sea|ocean|beach|coast|shore|waves?|surf|island|lighthouse|ship|sailboat|harbou?r", (("waves", 1.0), ("gulls", 0.16))),
    (r"lake|pond|boat|fjord", (("lapping", 0.8), ("breeze", 0.3))),
    (r"river|stream|brook|creek|waterfall|bridge|fountain", (("stream", 0.9),)),
    (r"forest|woods?|jungle|grove|trees?|park|garden", (("breeze", 0.7), ("birds", 0.35))),
    (r"meadow|fields?|hills?|countryside|farm|prairie|savanna", (("breeze", 0.6), ("birds", 0.28))),
    (r"mountains?|peaks?|alps|cliffs?|summit|canyon|glacier|tent", (("wind", 0.7),)),
    (r"desert|dunes?|sand|mars", (("wind", 0.65),)),
    (r"snowfield|snow|blizzard|arctic|winter", (("snow", 0.8), ("wind", 0.3))),
    (r"city|skyline|downtown|street|traffic|cars?|bus|tokyo|new york|cyberpunk|neon", (("city", 0.9),)),
    (r"market|crowd|people|festival|party|village|station|square", (("crowd", 0.5), ("footsteps", 0.25))),
    (r"room|indoors?|interior|kitchen|library|office|window|cafe", (("room", 0.8),)),
    (r"space|planets?|rocket|galaxy|nebula|astronaut|spaceship", (("space", 1.0),)),
    (r"underwater|reef|whale|deep sea", (("underwater", 1.0),)),
    (r"rain|rainy|drizzle|downpour|storm", (("rain", 0.9),)),
    (r"storm|thunder|lightning|thunderstorm", (("thunder", 1.0), ("wind", 0.5))),
    (r"wind|windy|windmill|gale|breeze", (("wind", 0.6),)),
    (r"fire|campfire|bonfire|embers|candles?|lava|volcano|dragon", (("fire", 0.8),)),
    (r"birds?|eagles?|heron|owls?", (("birds", 0.4),)),
    (r"train|tram|railway|subway", (("train", 0.8),)),
    (r"person|man|woman|walker|walking|figure|child|girl|boy|dancer|couple", (("footsteps", 0.3),)),
)
_NIGHT = re.compile(r"\b(night|midnight|moon\w*|stars?|starry|blue hour|dusk)\b")
_QUIET_NIGHT = re.compile(r"\b(rain\w*|storm\w*|snow\w*|winter|city|street|space|room|underwater|desert|sea|ocean)\b")
_LEVEL_DB = -20.0
_PEAK = 0.89
_FADE_S = 0.35


def soundscape(words: Mapping[str, object] | str, seconds: float, seed: int) -> Stereo:
    """Stereo sound of exactly `seconds` at 48 kHz, (samples, 2) float32 within ±0.9, about -20 dB RMS, faded at both ends.

    `words` are a scene's words by kind (place, weather, subjects…) or a prompt. The same words, length and seed give the
    same samples.
    """
    mix = choose_sources(words)
    count = round(seconds * RATE)
    out = np.zeros((count, 2), np.float32)
    for i, (name, level) in enumerate(sorted(mix.items())):
        rng = np.random.default_rng([seed, i, *name.encode()])
        sound = SOURCES[name](rng, count / RATE)[:count]
        loudness = float(np.sqrt(np.mean(np.square(sound)))) + 1e-9
        # Sparse sounds (a bird, a step) are set by their peaks, or one call would be made as loud as a whole sea.
        loudness = max(loudness, float(np.abs(sound).max(initial=0.0)) / 7.0)
        out[: len(sound)] += sound * np.float32(level / loudness)
    return _master(out)


def choose_sources(words: Mapping[str, object] | str) -> dict[str, float]:
    """Names of SOURCES and their levels for a scene's words or a prompt; wind where nothing is known."""
    text = " ".join(_texts(words)).lower()
    mix: dict[str, float] = {}
    for pattern, sounds in _WORDS:
        if re.search(rf"\b(?:{pattern})\b", text):
            for name, level in sounds:
                mix[name] = max(mix.get(name, 0.0), level)
    if _NIGHT.search(text) and not _QUIET_NIGHT.search(text):
        mix.pop("birds", None)
        mix["crickets"] = 0.3
        if "forest" in text or "wood" in text:
            mix["owl"] = 0.3
    if {"rain", "thunder", "snow"} & mix.keys():
        mix.pop("birds", None)
        mix.pop("gulls", None)
    return mix or {"wind": 0.5, "breeze": 0.3}


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def _master(sound: Stereo) -> Stereo:
    """Level, a soft limit that never clips, and fades."""
    sound = sound - sound.mean(axis=0, dtype=np.float64).astype(np.float32)
    level = float(np.sqrt(np.mean(np.square(sound)))) + 1e-9
    sound = sound * np.float32(10 ** (_LEVEL_DB / 20) / level)
    knee = 0.5
    over = np.abs(sound) > knee
    bent = knee + (_PEAK - knee) * np.tanh((np.abs(sound) - knee) / (_PEAK - knee))
    sound = np.where(over, np.sign(sound) * bent, sound)
    fade = min(round(_FADE_S * RATE), len(sound) // 2)
    if fade:
        ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, fade)))[:, None]
        sound[:fade] *= ramp
        sound[-fade:] *= ramp[::-1]
    return np.ascontiguousarray(sound, dtype=np.float32)
