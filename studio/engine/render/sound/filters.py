"""Linear filters for whole sounds: second-order sections after the Audio EQ Cookbook and convolution by blocks of FFTs.

numpy has no recursive filter, so a section is used through its impulse response: long enough that what is cut off lies
below -120 dB. All at 48 kHz.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.noise import RATE

Samples = NDArray[np.float32]
Section = tuple[float, float, float, float, float, float]
"""b0, b1, b2, a0, a1, a2 of one second-order section."""
_LONGEST = 1 << 16


def convolve(sound: Samples, impulse: NDArray[np.floating]) -> Samples:
    """`sound` (n,) or (n, channels) through a finite impulse response, cut to the length of `sound`; overlap-add."""
    taps = len(impulse)
    size = 1 << max(14, int(np.ceil(np.log2(taps * 2))))
    step = size - taps + 1
    spectrum = np.fft.rfft(impulse.astype(np.float64), size)
    columns = sound.reshape(len(sound), -1)
    out = np.zeros(columns.shape, np.float32)
    for start in range(0, len(columns), step):
        block = columns[start : start + step].astype(np.float64)
        wet = np.fft.irfft(np.fft.rfft(block, size, axis=0) * spectrum[:, None], size, axis=0)
        end = min(start + len(block) + taps - 1, len(out))
        out[start:end] += wet[: end - start].astype(np.float32)
    return out.reshape(sound.shape)


def equalize(sound: Samples, *sections: Section) -> Samples:
    """The sound through sections, one after the other."""
    return convolve(sound, response_of(sections)) if sections else sound


@lru_cache(maxsize=256)
def response_of(sections: tuple[Section, ...]) -> NDArray[np.float64]:
    """The impulse response of sections in a row, as long as it takes to fall below -120 dB (at most 65,536 samples)."""
    length = 1 << 10
    while True:
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
        whole = np.ones(len(turn), np.complex128)
        for b0, b1, b2, a0, a1, a2 in sections:
            whole *= (b0 + b1 * turn + b2 * turn**2) / (a0 + a1 * turn + a2 * turn**2)
        impulse = np.fft.irfft(whole, length)
        tail = float(np.abs(impulse[-length // 4 :]).max())
        if tail < 1e-6 * float(np.abs(impulse).max()) or length >= _LONGEST:
            return np.asarray(impulse, np.float64)
        length *= 2


def low_pass(frequency: float, quality: float = 0.7071) -> Section:
    """Second-order low-pass."""
    _, cosine, alpha = _angle(frequency, quality)
    return (1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha


def high_pass(frequency: float, quality: float = 0.7071) -> Section:
    """Second-order high-pass."""
    _, cosine, alpha = _angle(frequency, quality)
    return (1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha


def peak(frequency: float, gain_db: float, quality: float = 1.0) -> Section:
    """Lift or dip of `gain_db` around a frequency."""
    _, cosine, alpha = _angle(frequency, quality)
    a = 10 ** (gain_db / 40)
    return 1 + alpha * a, -2 * cosine, 1 - alpha * a, 1 + alpha / a, -2 * cosine, 1 - alpha / a


def low_shelf(frequency: float, gain_db: float) -> Section:
    """Everything below a frequency by `gain_db` (shelf slope 1)."""
    return _shelf(frequency, gain_db, -1.0)


def high_shelf(frequency: float, gain_db: float) -> Section:
    """Everything above a frequency by `gain_db` (shelf slope 1)."""
    return _shelf(frequency, gain_db, 1.0)


def resonance(frequency: float, quality: float) -> Section:
    """Band-pass with a peak gain of 1."""
    _, cosine, alpha = _angle(frequency, quality)
    return alpha, 0.0, -alpha, 1 + alpha, -2 * cosine, 1 - alpha


def _shelf(frequency: float, gain_db: float, side: float) -> Section:
    _, cosine, alpha = _angle(frequency, 0.7071)
    a = 10 ** (gain_db / 40)
    root = 2 * np.sqrt(a) * alpha
    c = side * cosine
    return (
        float(a * (a + 1 + (a - 1) * c + root)), float(-2 * side * a * (a - 1 + (a + 1) * c)),
        float(a * (a + 1 + (a - 1) * c - root)), float(a + 1 - (a - 1) * c + root),
        float(2 * side * (a - 1 - (a + 1) * c)), float(a + 1 - (a - 1) * c - root),
    )


def _angle(frequency: float, quality: float) -> tuple[float, float, float]:
    turn = 2 * np.pi * min(max(frequency, 10.0), RATE * 0.49) / RATE
    return turn, float(np.cos(turn)), float(np.sin(turn) / (2 * quality))
