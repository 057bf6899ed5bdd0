"""Bringing a mix to its level: loudness as asked for, peaks under a ceiling, clean ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.filters import equalize, high_pass
from studio.engine.render.sound.loudness import SILENCE, integrated_loudness, peak_envelope
from studio.engine.render.sound.noise import RATE

Samples = NDArray[np.float32]
_TRIES = 4
_CLOSE_LU = 0.05
_MOST_GAIN_DB = 40.0
_PIECE = 20 * RATE
_WINDOW = 1920   # 40 ms: long enough that the limiter does not bend a bass tone


def master(sound: Samples, loudness: float, ceiling_db: float) -> Samples:
    """The sound at an integrated `loudness` (LUFS) with its true peaks under `ceiling_db`, rumble below 25 Hz removed.

    Limiting costs loudness, so the gain is found by measuring again. Silence stays silence.
    """
    sound = equalize(sound, high_pass(25.0))
    gain_db = 0.0
    best = sound
    measured = integrated_loudness(sound)
    if measured <= SILENCE:
        return sound
    for _ in range(_TRIES):
        gain_db = min(gain_db + loudness - measured, _MOST_GAIN_DB)
        best = limit(sound * np.float32(10 ** (gain_db / 20)), ceiling_db)
        measured = integrated_loudness(best)
        if abs(measured - loudness) < _CLOSE_LU:
            break
    return best


def limit(sound: Samples, ceiling_db: float) -> Samples:
    """Peaks (between the samples too) turned down to the ceiling by a gain that moves over 40 ms, both channels alike."""
    ceiling = 10 ** (ceiling_db / 20)
    peaks = peak_envelope(sound)
    if float(peaks.max(initial=0.0)) <= ceiling:
        return sound
    out = np.empty_like(sound)
    for start in range(0, len(sound), _PIECE):  # in pieces that know their neighbours, to keep memory flat
        end = min(start + _PIECE, len(sound))
        low, high = max(0, start - 2 * _WINDOW), min(len(sound), end + 2 * _WINDOW)
        gain = _gain(peaks[low:high], ceiling)[start - low : end - low]
        out[start:end] = sound[start:end] * gain.reshape(-1, *(1,) * (sound.ndim - 1))
    return out


def _gain(peaks: Samples, ceiling: float) -> Samples:
    """The lowest gain of the neighbourhood, then its mean over the same width: never above what a peak needs."""
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
    lowest = _sliding_minimum(wanted, _WINDOW)
    total = np.concatenate([np.zeros(1), np.cumsum(np.pad(lowest, _WINDOW // 2, mode="edge"), dtype=np.float64)])
    return np.asarray(((total[_WINDOW:] - total[:-_WINDOW]) / _WINDOW)[: len(peaks)], np.float32)


def fade(sound: Samples, head_s: float, tail_s: float) -> Samples:
    """Half-cosine fades at both ends, in place."""
    for length, at_end in ((head_s, False), (tail_s, True)):
        count = min(round(length * RATE), len(sound))
        if count <= 0:
            continue
        ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count))).astype(np.float32)
        ramp = ramp.reshape(-1, *(1,) * (sound.ndim - 1))
        if at_end:
            sound[len(sound) - count :] *= ramp[::-1]
        else:
            sound[:count] *= ramp
    return sound


def _sliding_minimum(values: Samples, width: int) -> Samples:
    """The least value within half a `width` on both sides of each sample, by windows that double."""
    half = width // 2
    padded = np.pad(values, (half, half + 1), mode="constant", constant_values=1.0)
    least, reach = padded, 1
    while reach * 2 <= width + 1:
        least = np.minimum(least[:-reach], least[reach:])
        reach *= 2
    rest = width + 1 - reach
    if rest:
        least = np.minimum(least[:-rest], least[rest:])
    return np.asarray(least[: len(values)], np.float32)
