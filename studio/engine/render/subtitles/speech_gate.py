"""Where somebody speaks in a sound. What is not speech must never reach the recognizer: it would hear words in anything.

Speech is told by what it is made of: loud against its pauses, voiced much of the time, with a pitch that glides and a
spectrum that changes several times a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Row = NDArray[np.float32]

RATE = 16_000
HOP = 160                     # 10 ms
_WINDOW = 640                 # 40 ms: two periods of the lowest voice
_LOWEST, _HIGHEST = 70, 400   # pitch, Hz
_QUIET_DB, _ABOVE_FLOOR_DB = -50.0, 7.0
_JOIN, _LEAST = 45, 15        # frames: a shorter pause does not part, a shorter stretch is no speech
_VOICED = 0.55
# Measured on recorded and synthesized voices, tones, chords, noises, rain, wind and birds.
_MIN_VOICED, _MIN_SWING_DB, _MIN_CHANGE, _MIN_GLIDE, _MAX_JUMP = 0.2, 2.5, 0.07, 0.45, 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a sound, seconds."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Features:
    """What was measured of a stretch: the share of voiced frames, the deviation of its level (dB), the mean change of its
    spectrum between frames, the share of voiced steps whose pitch glides, and the share that jumps."""

    voiced: float
    swing_db: float
    change: float
    glide: float
    jump: float

    @property
    def is_speech(self) -> bool:
        return (self.voiced >= _MIN_VOICED and self.swing_db >= _MIN_SWING_DB and self.change >= _MIN_CHANGE
                and self.glide >= _MIN_GLIDE and self.jump <= _MAX_JUMP)


def speech_stretches(sound: Samples) -> list[Stretch]:
    """Where there is speech in mono samples at 16 kHz, in order; an empty list where there is none."""
    return [Stretch(first * HOP / RATE, last * HOP / RATE) for first, last, found in measured(sound) if found.is_speech]


def measured(sound: Samples) -> list[tuple[int, int, Features]]:
    """All stretches that are loud enough, as (first frame, frame after the last, features)."""
    if len(sound) < _WINDOW:
        return []
    level = _levels(sound)
    floor = float(np.quantile(level, 0.1))
    # In a sound without pauses the floor is the sound itself.
    limit = max(_QUIET_DB, min(floor + _ABOVE_FLOOR_DB, float(np.quantile(level, 0.6))))
    return [(first, last, _features(sound, level, first, last)) for first, last in _runs(level > limit)]


def _levels(sound: Samples) -> Row:
    """Level of each 10 ms in dB of full scale."""
    count = len(sound) // HOP
    blocks = sound[: count * HOP].reshape(count, HOP).astype(np.float64)
    smooth = np.convolve(np.mean(blocks * blocks, axis=1), np.ones(3) / 3, mode="same")
    return np.asarray(10 * np.log10(smooth + 1e-10), np.float32)


def _runs(loud: NDArray[np.bool_]) -> list[tuple[int, int]]:
    places = np.flatnonzero(loud)
    if not len(places):
        return []
    parts = np.split(places, np.flatnonzero(np.diff(places) > _JOIN) + 1)
    return [(int(part[0]), int(part[-1]) + 1) for part in parts if part[-1] - part[0] >= _LEAST]


def _features(sound: Samples, level: Row, first: int, last: int) -> Features:
    most = 3000  # 30 s tell as much as an hour
    frames = np.arange(first, min(last, first + most))
    starts = np.minimum(frames * HOP, len(sound) - _WINDOW)
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[starts] * np.hanning(_WINDOW).astype(np.float32)
    spectra = np.abs(np.fft.rfft(windows, 2 * _WINDOW, axis=1))
    pitch, clear = _pitch(spectra)
    voiced = clear > _VOICED
    both = voiced[1:] & voiced[:-1]
    step = np.abs(np.log2(pitch[1:] / pitch[:-1]))[both]
    steps = max(len(step), 1)
    return Features(float(voiced.mean()), float(level[frames].std()), _change(spectra, level[frames]),
                    float(((step > 0.004) & (step < 0.15)).sum() / steps), float((step >= 0.15).sum() / steps))


def _pitch(spectra: NDArray[np.floating]) -> tuple[Row, Row]:
    """Pitch (Hz) and how clearly periodic each window is (0 to 1): the autocorrelation's peak, refined by a parabola."""
    power = spectra.astype(np.float64) ** 2
    power[:, : int(60 / RATE * 2 * _WINDOW)] = 0
    lags = np.fft.irfft(power, axis=1)
    own = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_WINDOW), 2 * _WINDOW)) ** 2)
    low, high = RATE // _HIGHEST, RATE // _LOWEST
    shape = lags[:, low - 1 : high + 1] / (lags[:, :1] + 1e-12) * (own[0] / own[low - 1 : high + 1])
    best = np.clip(shape[:, 1:-1].argmax(axis=1) + 1, 1, shape.shape[1] - 2)
    row = np.arange(len(shape))
    left, middle, right = shape[row, best - 1], shape[row, best], shape[row, best + 1]
    bend = left - 2 * middle + right
    shift = np.where(np.abs(bend) > 1e-9, np.clip(0.5 * (left - right) / np.where(bend == 0, 1, bend), -1, 1), 0.0)
    return np.asarray(RATE / (best + low - 1 + shift), np.float32), np.asarray(np.clip(middle, 0, 1), np.float32)


def _change(spectra: NDArray[np.floating], level: Row) -> float:
    """Mean distance between the band spectra (12 bands up to 6 kHz, each frame's sum 1) of frames 30 ms apart."""
    edges = np.unique(np.geomspace(4, 6000 / RATE * 2 * _WINDOW, 13).astype(int))
    bands = np.stack([spectra[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1)
    bands = bands / (bands.sum(axis=1, keepdims=True) + 1e-9)
    loud = level > float(np.quantile(level, 0.3))
    if len(bands) < 8:
        return 0.0
    distance = np.abs(bands[3:] - bands[:-3]).sum(axis=1) / 2
    return float(distance[loud[3:] & loud[:-3]].mean()) if (loud[3:] & loud[:-3]).any() else 0.0
