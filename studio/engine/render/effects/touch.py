"""What all single sounds are made with: their manner, and bodies that ring when they are struck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.noise import RATE, decay, shaped_noise

Rng = np.random.Generator
Mono = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Touch:
    """How a sound is made: `size` of the thing (a big one is lower and rings longer), what it is on or of, its pace."""

    size: float = 1.0
    surface: str = ""
    pace: float = 1.0


def ringing(rng: Rng, modes: Sequence[tuple[float, float, float]], seconds: float,
            touch: Touch = Touch()) -> Mono:
    """A struck body: modes of (frequency in Hz, level, half-life in seconds), scattered a little: no two blows are alike."""
    count = int(seconds * max(1.0, touch.size) * RATE)
    time = np.arange(count) / RATE
    out = np.zeros(count)
    for frequency, level, life in modes:
        bent = frequency / touch.size * (1 + 0.01 * float(rng.normal()))
        if bent < RATE * 0.45:
            loud = level * float(rng.uniform(0.75, 1.1))
            out += loud * np.sin(2 * np.pi * bent * time + float(rng.uniform(0, 0.5))) * 0.5 ** (time / (life * touch.size))
    return np.asarray(out * tail(count) * np.minimum(time / 0.0008, 1.0), np.float32)


def burst(rng: Rng, seconds: float, low: float, high: float, life: float, attack: float = 0.001, slope: float = 0.0) -> Mono:
    """Noise of a band that starts at once and dies away."""
    count = int(seconds * RATE)
    return np.asarray(shaped_noise(rng, count, low, high, slope) * decay(count, life, attack) * tail(count), np.float32)


def joined(*parts: tuple[float, Mono, float]) -> Mono:
    """Sounds laid over each other: (start in seconds, samples, level)."""
    count = max(int(at * RATE) + len(sound) for at, sound, _ in parts)
    out = np.zeros(count, np.float32)
    for at, sound, level in parts:
        first = int(at * RATE)
        out[first : first + len(sound)] += sound * np.float32(level)
    return out


def tail(count: int) -> NDArray[np.float64]:
    """1, falling to 0 over the last 10 ms, so that a cut-off sound does not click."""
    return np.asarray(np.clip((count - np.arange(count)) / (0.01 * RATE), 0, 1))


def sweep(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The phase of a tone whose frequency is given for each sample."""
    return np.asarray(2 * np.pi * np.cumsum(frequencies) / RATE)
