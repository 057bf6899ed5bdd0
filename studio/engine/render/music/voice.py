"""A sung lead without words: a pulse train shaped by the formants of vowels, with vibrato, glides and soft onsets.

The vowels are those of the lyrics where there are any. Formants are those of Peterson and Barney's men and women, rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.noise import RATE, shaped_noise

Mono = NDArray[np.float32]
_MALE = {"a": (730, 1090, 2440), "e": (530, 1840, 2480), "i": (270, 2290, 3010), "o": (570, 840, 2410),
         "u": (300, 870, 2240),
         "m": (250, 1000, 2200)}
_FEMALE = {"a": (850, 1220, 2810), "e": (610, 2330, 2990), "i": (310, 2790, 3310), "o": (590, 920, 2710),
           "u": (370, 950, 2670),
           "m": (270, 1100, 2500)}
_LEVELS = {"a": (1.0, 0.5, 0.12), "e": (1.0, 0.3, 0.15), "i": (1.0, 0.16, 0.14), "o": (1.0, 0.4, 0.06),
           "u": (1.0, 0.22, 0.04),
           "m": (1.0, 0.05, 0.01)}
RANGES = {"m": (45, 64), "f": (57, 77)}
"""The lowest and highest note of a low and a high voice, as MIDI numbers."""


def syllables(lyrics: str) -> Iterator[str]:
    """Vowels to sing, for ever: those of the lyrics in their order (marks in brackets left out), or a hum."""
    text = re.sub(r"[\[(][^\])]*[\])]", " ", lyrics.lower())
    found = [_vowel(group) for group in re.findall(r"[aeiouyäöüáéíóúàèìòùâêîôû]+", text)]
    return cycle(found or ["m", "u", "a", "o", "a", "u"])


def _vowel(group: str) -> str:
    plain = {"y": "i", "ä": "e", "ö": "e", "ü": "u", "á": "a", "à": "a", "â": "a", "é": "e", "è": "e", "ê": "e", "í": "i",
             "ì": "i",
             "î": "i", "ó": "o", "ò": "o", "ô": "o", "ú": "u", "ù": "u", "û": "u"}
    pairs = {"ee": "i", "ea": "i", "oo": "u", "ou": "a", "ai": "e", "ay": "e", "oa": "o", "ow": "o", "ie": "i", "ei": "e"}
    return pairs.get(group, plain.get(group[0], group[0]))


@lru_cache(maxsize=300)
def sung(gender: str, pitch: int, length_cs: int, level: int, vowel: str) -> Mono:
    """One sung note of `length_cs` hundredths of a second at MIDI `pitch`. Not to be changed."""
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    seconds = max(length_cs, 8) / 100
    count = int((seconds + 0.12) * RATE)
    rng = np.random.default_rng([pitch, length_cs, level, ord(vowel[0])])
    time = np.arange(count) / RATE
    glide = -0.6 * np.exp(-time / 0.045)                       # from a little below, as voices come to a note
    waver = 0.32 * np.clip((time - 0.25) / 0.4, 0, 1) * np.sin(2 * np.pi * rng.uniform(5.0, 5.7) * time)
    drift = 0.05 * np.sin(2 * np.pi * rng.uniform(0.7, 1.3) * time + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(frequency * 2 ** ((glide + waver + drift) / 12)) / RATE
    turn = np.exp(1j * phase)
    out, power = np.zeros(count), np.ones(count, np.complex128)
    formants = (_MALE if gender == "m" else _FEMALE)[vowel]
    for k in range(1, int(5500 / frequency) + 1):
        power = power * turn
        gain = _throat(k * frequency, formants, _LEVELS[vowel]) / k**0.65
        if gain > 1e-4:
            out += gain * power.imag
    out /= max(float(out.std()), 1e-9) / 0.22
    out += 0.012 * shaped_noise(rng, count, 1800, 7000, 2.0)
    rise = np.clip(time / 0.07, 0, 1) ** 1.5
    out *= rise * np.exp(-np.maximum(time - seconds, 0) / 0.035) * np.clip((count - np.arange(count)) / 600, 0, 1)
    sound = np.asarray(out * (0.4 + 0.06 * level), np.float32)
    sound.flags.writeable = False
    return sound


def _throat(frequency: float, formants: tuple[int, int, int], levels: tuple[float, float, float]) -> float:
    gain = 0.02
    for centre, level in zip(formants, levels, strict=True):
        width = 60 + centre * 0.055
        gain += level / (1 + ((frequency - centre) / width) ** 2)
    return gain
