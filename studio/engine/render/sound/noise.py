"""The raw stuff of soundscapes: coloured noise, slow wandering curves, short grains. All at 48 kHz, seeded, float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]


def shaped_noise(rng: np.random.Generator, count: int, low: float, high: float, slope: float = 0.0) -> Mono:
    """Noise of `count` samples from `low` to `high` Hz, its power falling by `slope` dB an octave, deviation 1.

    Made in the frequency domain: random phases under the wished spectrum, so the band is exact and no filter rings.
    """
    size = max(count, 64)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    gain = np.zeros(len(frequency))
    inside = (frequency >= low * 0.5) & (frequency <= high * 2.0) & (frequency > 0)
    f = frequency[inside]
    # Edges of 24 dB an octave: a hard edge would whistle.
    edges = 1.0 / np.sqrt(1.0 + (low / f) ** 8) / np.sqrt(1.0 + (f / high) ** 8)
    gain[inside] = edges * (f / max(low, 1.0)) ** (-slope / 6.02)
    spectrum = gain * np.exp(2j * np.pi * rng.random(len(frequency)))
    noise = np.fft.irfft(spectrum, size)[:count]
    return np.asarray(noise / (noise.std() + 1e-9), dtype=np.float32)


def wander(rng: np.random.Generator, count: int, seconds: float, low: float = 0.0, high: float = 1.0) -> Mono:
    """A smooth random curve between `low` and `high` that takes about `seconds` from one bend to the next."""
    points = max(4, int(count / (seconds * RATE)) + 4)
    knots = rng.random(points)
    at = np.linspace(0, points - 1.001, count)
    left = at.astype(int)
    share = at - left
    share = share * share * (3 - 2 * share)
    curve = knots[left] * (1 - share) + knots[np.minimum(left + 1, points - 1)] * share
    return np.asarray(low + (high - low) * curve, dtype=np.float32)


def decay(count: int, half_life: float, attack: float = 0.002) -> Mono:
    """An envelope of `count` samples that rises within `attack` seconds and then halves every `half_life` seconds."""
    time = np.arange(count) / RATE
    return np.asarray(np.minimum(time / max(attack, 1e-4), 1.0) * 0.5 ** (time / half_life), dtype=np.float32)


def place(out: Stereo, sound: Mono, start: float, pan: float, level: float = 1.0) -> None:
    """Add a mono grain at `start` seconds and `pan` (-1 left to 1 right, equal power), cut at the end of `out`."""
    first = int(start * RATE)
    if first >= len(out) or first < 0:
        return
    length = min(len(sound), len(out) - first)
    angle = (pan + 1) * np.pi / 4
    out[first : first + length, 0] += sound[:length] * np.float32(level * np.cos(angle))
    out[first : first + length, 1] += sound[:length] * np.float32(level * np.sin(angle))


def wide(rng: np.random.Generator, count: int, low: float, high: float, slope: float = 0.0, width: float = 0.7) -> Stereo:
    """Noise that surrounds: a common part and `width` of a part of its own on each side."""
    middle = shaped_noise(rng, count, low, high, slope)
    sides = [shaped_noise(rng, count, low, high, slope) for _ in range(2)]
    return np.stack([middle * (1 - width) + side * width for side in sides], axis=1).astype(np.float32)


def arrivals(rng: np.random.Generator, seconds: float, per_second: float) -> NDArray[np.float64]:
    """Times of events that come by chance, `per_second` on average; at least one where the time is long enough for it."""
    count = int(rng.poisson(seconds * per_second))
    if count == 0 and seconds * per_second > 0.3:
        count = 1
    return np.sort(rng.random(count) * seconds)
