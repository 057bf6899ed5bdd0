"""How a mouth moves to a speech: open by the loudness of the voice and the first formant's band, wide by the second's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Row = NDArray[np.float32]

RATE = 16_000
_HOP = 80            # 5 ms
_WINDOW = 400        # 25 ms: two periods of a low voice
_SIZE = 512
_BLOCK = 4096        # windows at a time
# Bands that tell vowels apart (Peterson and Barney, 1952): an open a has its first formant high, i and e their second high,
# o and u their second low.
_VOICE, _CLOSED, _OPEN, _BACK, _FRONT = (250, 3200), (250, 480), (550, 1000), (700, 1250), (1700, 2800)
_RANGE_DB = 26.0     # from a loud vowel down to a closed mouth
_FLOOR_DB = -58.0    # nothing is spoken below this
_ATTACK_S, _RELEASE_S = 0.015, 0.05


@dataclass(frozen=True, slots=True)
class Lips:
    """For each video frame: `opening` 0 (shut) to 1 (a loud open vowel), `spread` -1 (rounded) to 1 (wide)."""

    opening: Row
    spread: Row


def lips_of(sound: Samples, fps: Fraction, frames: int) -> Lips:
    """The mouth for mono speech at 16 kHz, sampled at the middle of each frame's time."""
    bands = _bands(sound)
    level = 10 * np.log10(bands[:, 0] + 1e-10)
    loud = float(np.quantile(level[level > _FLOOR_DB], 0.95)) if (level > _FLOOR_DB).any() else 0.0
    strength = np.clip((level - (loud - _RANGE_DB)) / _RANGE_DB, 0.0, 1.0) * (level > _FLOOR_DB)
    open_vowel = _share(bands[:, 2], bands[:, 1])
    front = _share(bands[:, 4], bands[:, 3])
    opening = _eased(np.asarray(strength**1.3 * (0.55 + 0.6 * open_vowel), np.float32))
    spread = _smooth(np.asarray((2 * front - 1) * strength, np.float32), 12)
    moments = (np.arange(frames) + 0.5) / float(fps)
    times = (np.arange(len(level)) * _HOP + _WINDOW / 2) / RATE
    return Lips(np.clip(np.interp(moments, times, opening, left=0, right=0), 0, 1).astype(np.float32),
                np.clip(np.interp(moments, times, spread, left=0, right=0), -1, 1).astype(np.float32))


def _bands(sound: Samples) -> Row:
    """Energy in the five bands for every 5 ms, (n, 5)."""
    padded = np.concatenate([sound, np.zeros(max(_WINDOW - len(sound), 0) + _HOP, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    shape = np.hanning(_WINDOW).astype(np.float32)
    wanted = (_VOICE, _CLOSED, _OPEN, _BACK, _FRONT)
    edges = [(round(low * _SIZE / RATE), round(high * _SIZE / RATE)) for low, high in wanted]
    parts = []
    for start in range(0, len(windows), _BLOCK):  # an hour of speech is never transformed at once
        power = np.abs(np.fft.rfft(windows[start : start + _BLOCK] * shape, _SIZE, axis=1)) ** 2 / (_WINDOW * _SIZE)
        parts.append(np.stack([power[:, low:high].sum(axis=1) for low, high in edges], axis=1))
    return np.asarray(np.concatenate(parts), np.float32)


def _share(one: Row, other: Row) -> Row:
    """How much of two bands' energy is in the first, 0 to 1, a few dB either way telling all."""
    ratio = 10 * np.log10((one + 1e-9) / (other + 1e-9))
    return np.asarray(1 / (1 + np.exp(-ratio / 4.0)), np.float32)


def _eased(values: Row) -> Row:
    """Lips open faster than they close; what that lags behind the voice on the mean is taken back."""
    rise, fall = (1 - np.exp(-_HOP / RATE / seconds) for seconds in (_ATTACK_S, _RELEASE_S))
    out = np.empty_like(values)
    held = 0.0
    for index, value in enumerate(values.tolist()):
        held += (value - held) * (rise if value > held else fall)
        out[index] = held
    ahead = round((_ATTACK_S + _RELEASE_S) / 2 * RATE / _HOP)
    return np.concatenate([out[ahead:], np.zeros(min(ahead, len(out)), np.float32)])[: len(out)]


def _smooth(values: Row, width: int) -> Row:
    kernel = np.hanning(width + 2)[1:-1]
    return np.asarray(np.convolve(values, kernel / kernel.sum(), mode="same")[: len(values)], np.float32)
