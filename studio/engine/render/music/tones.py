"""Notes of the instruments as samples: additive for what is struck, band-limited waveforms for what is held."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.music.instruments import INSTRUMENTS, Held, Struck
from studio.engine.render.sound.noise import RATE, shaped_noise

Mono = NDArray[np.float32]
_TABLE = 2048
_HIGHEST_HZ = 15_000.0
_LIVES = 12   # half-lives after which a partial, 72 dB down, is let go


@lru_cache(maxsize=700)
def note(instrument: str, pitch: int, length_cs: int, level: int, weight: int = 0) -> Mono:
    """One note: MIDI `pitch`, `length_cs` hundredths of a second until it is let go, `level` 1 to 10 (also its brightness).

    `weight` picks one of several takes. About ±0.5 in size; longer than its length by what rings on. Not to be changed.
    """
    spec = INSTRUMENTS[instrument]
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    seconds, force = max(length_cs, 4) / 100, level / 10
    rng = np.random.default_rng([pitch, length_cs, level, weight])
    if isinstance(spec, Struck):
        sound = _struck(spec, frequency, seconds, force, rng)
    else:
        sound = _held(spec, frequency, seconds, force, rng)
    sound = sound * np.float32(0.3 + 0.7 * force)
    sound.flags.writeable = False
    return sound


def _struck(spec: Struck, frequency: float, seconds: float, force: float, rng: np.random.Generator) -> Mono:
    base_life = spec.half_life * (220.0 / frequency) ** 0.45
    count = int((min(seconds, base_life * 11) + spec.release * 5) * RATE)
    time = np.arange(count, dtype=np.float64) / RATE
    out = np.zeros(count)
    total = 0.0
    for number, (ratio, amplitude) in enumerate(spec.partials):
        stretched = ratio * np.sqrt(1 + spec.stiffness * ratio * ratio) * frequency
        if stretched > _HIGHEST_HZ:
            continue
        # A hard stroke brings out the high partials.
        amplitude *= (0.35 + 0.65 * force) ** (number * 0.35)
        life = base_life / (1 + spec.damping * number)
        heard = time[: int(life * _LIVES * RATE) + 1]
        out[: len(heard)] += amplitude * np.sin(2 * np.pi * stretched * heard + rng.uniform(0, 0.3)) * 0.5 ** (heard / life)
        total += amplitude
    out /= max(total, 1e-6) ** 0.75
    if spec.knock:
        size = min(int(0.03 * RATE), count)
        burst = shaped_noise(rng, size, 120, 3500, 3.0) * 0.5 ** (np.arange(size) / RATE / 0.006)
        out[:size] += burst * spec.knock * force
    if spec.drive:
        out = np.tanh(out * (1 + spec.drive * 2)) / np.tanh(1 + spec.drive) * 0.8
    if spec.tremolo:
        out *= 1 - 0.18 * (0.5 - 0.5 * np.cos(2 * np.pi * spec.tremolo * time))
    out *= np.minimum(time / spec.attack, 1.0)
    out *= np.where(time > seconds, 0.5 ** (np.maximum(time - seconds, 0) / (spec.release * 0.5)), 1.0)
    return np.asarray(0.6 * out * np.clip((count - np.arange(count)) / 480, 0, 1), np.float32)


def _held(spec: Held, frequency: float, seconds: float, force: float, rng: np.random.Generator) -> Mono:
    count = int((seconds + spec.release * 2.2) * RATE)
    time = np.arange(count, dtype=np.float64) / RATE
    drift = np.ones(count)
    if spec.vibrato:
        depth = spec.vibrato / 12 * np.log(2) * np.clip((time - 0.18) / 0.35, 0, 1)
        drift += depth * np.sin(2 * np.pi * rng.uniform(4.8, 5.6) * time)
    dark, bright = (_waveform(frequency, fall, spec.odd, spec.harmonics) for fall in (spec.dark, spec.bright))
    opening = _opening(spec, time, force).astype(np.float32)
    closed = 1 - opening
    steps = [np.diff(table, append=table[1]).astype(np.float32) for table in (dark, bright)]
    tables = [dark.astype(np.float32), bright.astype(np.float32)]
    out = np.zeros(count, np.float32)
    for voice in range(spec.voices):
        cents = 0.0 if spec.voices == 1 else spec.detune * (2 * voice / (spec.voices - 1) - 1)
        step = frequency * 2 ** (cents / 1200) / RATE * drift
        at = ((np.cumsum(step) + rng.random()) % 1.0) * _TABLE
        left = at.astype(np.int32)
        share = (at - left).astype(np.float32)
        for table, rise, gain in zip(tables, steps, (closed, opening), strict=True):
            out += (table.take(left) + rise.take(left) * share) * gain
    out /= np.float32(np.sqrt(spec.voices))
    if spec.breath:
        out += shaped_noise(rng, count, frequency * 0.9, min(frequency * 5, 9000), 2.0) * spec.breath
    if spec.drive:
        out = np.tanh(out * (1 + spec.drive * 2)) / np.tanh(1 + spec.drive)
    return np.asarray(0.5 * out * _hold(spec, time, seconds), np.float32)


def _opening(spec: Held, time: NDArray[np.float64], force: float) -> NDArray[np.float64]:
    """How much of the bright waveform is heard: more for a hard note, less as it goes on where the instrument closes."""
    rise = np.clip(time / max(spec.attack, 0.002), 0, 1)
    closing = 0.5 ** (time / spec.open_s) if spec.open_s else np.ones(len(time))
    return np.asarray((0.15 + 0.85 * force) * rise * closing)


def _hold(spec: Held, time: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    rise = np.clip(time / spec.attack, 0, 1)
    shape = rise * rise * (3 - 2 * rise)
    if spec.fall_s:
        shape = shape * 0.5 ** (time / spec.fall_s)
    shape = shape * np.where(time > seconds, np.exp(-np.maximum(time - seconds, 0) / (spec.release * 0.4)), 1.0)
    return np.asarray(shape * np.clip((time[-1] - time) / 0.01, 0, 1))


@lru_cache(maxsize=300)
def _cycle(harmonics_below: int, fall: float, odd: bool, given: tuple[float, ...]) -> NDArray[np.float64]:
    """One cycle of a waveform with its first value again at the end; deviation about 0.5."""
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex128)
    last = min(harmonics_below, _TABLE // 2 - 1)
    for k in range(1, last + 1):
        if odd and k % 2 == 0:
            continue
        amplitude = k ** (-fall / 6.02)
        if given:
            # Given harmonics, darkened by half of what the fall says: the two waveforms must differ.
            amplitude = given[k - 1] * k ** (-(fall - 5.0) / 12.0) if k <= len(given) else 0.0
        spectrum[k] = -1j * amplitude
    wave = np.fft.irfft(spectrum, _TABLE)
    wave *= 0.5 / max(float(wave.std()), 1e-9)
    return np.append(wave, wave[0])


def _waveform(frequency: float, fall: float, odd: bool, given: tuple[float, ...]) -> NDArray[np.float64]:
    allowed = max(1, int(_HIGHEST_HZ / frequency))
    # Tables are shared by neighbouring pitches: the number of harmonics is rounded down to a few a doubling.
    step = max(1, 1 << max(0, allowed.bit_length() - 3))
    return _cycle(min(allowed // step * step, 160), fall, odd, given)
