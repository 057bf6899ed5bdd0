"""Loudness and true peak as ITU-R BS.1770 measures them, for stereo (or mono as one channel) at 48 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.filters import Section, convolve, response_of
from studio.engine.render.sound.noise import RATE

Samples = NDArray[np.float32]

# Tables 1 and 2 of the recommendation: the head's shelf and the high-pass of the weighting, at 48 kHz.
_WEIGHTING: tuple[Section, ...] = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621),
)
_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_BLOCK, _STEP = RATE * 4 // 10, RATE // 10
_OVERSAMPLING, _TAPS = 4, 24
SILENCE = -120.0


def integrated_loudness(sound: Samples) -> float:
    """Gated loudness in LUFS of (n, channels) or (n,) samples; -120 for silence. Under 0.4 s the whole is one block."""
    power = _block_power(sound)
    loudness = _lufs(power)
    audible = power[loudness > _ABSOLUTE_GATE]
    if not len(audible):
        return SILENCE
    kept = audible[_lufs(audible) > float(_lufs(np.array([audible.mean()]))[0]) + _RELATIVE_GATE]
    return float(_lufs(np.array([kept.mean()]))[0])


def momentary_loudness(sound: Samples) -> NDArray[np.float64]:
    """LUFS of each 400 ms, every 100 ms."""
    return _lufs(_block_power(sound))


def true_peak_db(sound: Samples) -> float:
    """The highest peak between the samples, in dBFS, by four times oversampling; -120 for silence."""
    highest = max((float(peaks.max(initial=0.0)) for peaks in _peak_blocks(sound)), default=0.0)
    return 20 * float(np.log10(max(highest, 1e-6)))


def peak_envelope(sound: Samples) -> Samples:
    """For each sample the highest magnitude of any channel at it or between it and the next, (n,) float32."""
    return np.concatenate(list(_peak_blocks(sound))) if len(sound) else np.zeros(0, np.float32)


def _block_power(sound: Samples) -> NDArray[np.float64]:
    """Mean square of the weighted sound, summed over the channels, of blocks of 400 ms that overlap by three quarters."""
    columns = sound.reshape(len(sound), -1)
    steps = len(columns) // _STEP
    whole, sums = 0.0, np.zeros(steps)
    for channel in range(columns.shape[1]):
        weighted = convolve(columns[:, channel], response_of(_WEIGHTING))
        rows = weighted[: steps * _STEP].reshape(-1, _STEP)
        sums += np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
        whole += float(np.einsum("i,i->", weighted, weighted, dtype=np.float64))
    if steps < _BLOCK // _STEP:
        return np.array([whole / max(len(columns), 1)])
    return np.asarray(np.convolve(sums, np.ones(_BLOCK // _STEP), "valid") / _BLOCK)


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(power, 1e-12)))


def _peak_blocks(sound: Samples, block: int = 1 << 16) -> list[Samples]:
    """Peaks block by block, so that the oversampled sound is never there as a whole."""
    columns = sound.reshape(len(sound), -1)
    phases = _interpolators()
    half = _TAPS // 2
    found: list[Samples] = []
    for start in range(0, len(columns), block):
        end = min(start + block, len(columns))
        highest = np.abs(columns[start:end]).max(axis=1)
        around = np.zeros((end - start + _TAPS, columns.shape[1]), np.float32)
        low, high = max(0, start - half), min(len(columns), end + half)
        around[low - (start - half) : high - (start - half)] = columns[low:high]
        for channel in range(columns.shape[1]):
            for phase in phases:
                between = np.convolve(around[:, channel], phase, "valid")[1 : end - start + 1]
                np.maximum(highest, np.abs(between), out=highest)
        found.append(highest.astype(np.float32))
    return found


def _interpolators() -> list[Samples]:
    """Windowed sinc filters for the three points between two samples."""
    at = np.arange(_TAPS) - (_TAPS // 2 - 1)
    window = np.kaiser(_TAPS, 6.0)
    filters = []
    for part in range(1, _OVERSAMPLING):
        taps = np.sinc(at - part / _OVERSAMPLING) * window
        filters.append((taps / taps.sum())[::-1].astype(np.float32))
    return filters
