"""A sound that goes on after its end: its last moments go on sounding, made of grains of themselves that fit together.

Granular continuation by waveform similarity (as WSOLA, Verhelst and Roelands 1993, chooses its segments): each grain begins
where the sound before it looks most like what the last grain would have gone on with, so the seam has neither step nor beat.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.noise import RATE
from studio.engine.render.sound.sound_files import read_sound
from studio.media.probe import open_container

Samples = NDArray[np.float32]

_STOCK_S = 3.0          # what of the ending is used
_GRAIN_S, _OVERLAP_S = 0.70, 0.16
_LOOK_S = 0.02          # how much of the waveform is compared
_FADE_S = 0.6           # at the very end
_BLOCK_S = 0.05         # for the level of the ending
_FADED = 0.5            # an ending softer than this share of what came before is a fade-out: the sound goes on from before
_SILENT = 1e-4


def prolonged(path: Path, seconds: float, more_s: float, *, seed: object = 0) -> Samples:
    """The sound of a clip, (n, 2) at 48 kHz from its first picture on, `seconds` long and going on for `more_s` after that,
    softly fading at the end."""
    source = sound_at_pictures(path, round(seconds * RATE))
    return went_on(source, round(more_s * RATE), seed if isinstance(seed, int) else 0)


def went_on(source: Samples, more: int, seed: int) -> Samples:
    """`source` (n, 2) and `more` samples after it. A fade at the source's end is filled up, so that no gap is heard."""
    out = np.concatenate([source, np.zeros((more, 2), np.float32)])
    faded = _faded_from(source)
    stock = source[max(faded - round(_STOCK_S * RATE), 0) : faded]
    if more <= 0 or len(stock) < round(0.1 * RATE) or float(np.abs(stock).max(initial=0.0)) < _SILENT:
        return out
    overlap = min(round(_OVERLAP_S * RATE), faded // 2)
    start = faded - overlap
    tail = _grains(stock, source[start : faded], len(out) - start, seed)
    # From here the ending and what goes on are mixed so that the loudness stays: the two are alike, but not the same.
    fall = np.ones(len(out) - start, np.float32)
    fall[:overlap] = np.sin(np.linspace(0, np.pi / 2, overlap)) ** 2
    rest = len(source) - start
    kept = out[start:].copy()
    kept[:rest] *= (1 - fall[:rest])[:, None]
    out[start:] = kept + tail * fall[:, None]
    end = min(round(_FADE_S * RATE), more)
    out[len(out) - end :] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, end, dtype=np.float32)))[:, None]
    return out


def _faded_from(source: Samples) -> int:
    """The sample from where on a source only fades out; its length where it does not."""
    block = round(_BLOCK_S * RATE)
    count = len(source) // block
    if count < 8:
        return len(source)
    last = source[len(source) - count * block :].reshape(count, -1)
    levels = np.sqrt(np.mean(np.square(last, dtype=np.float64), axis=1))
    usual = float(np.median(levels[-round(_STOCK_S / _BLOCK_S) : -2]))
    place = count
    while place > count // 2 and levels[place - 1] < _FADED * usual:
        place -= 1
    if place == count:
        return len(source)
    # A fade is not only its soft end: what was still going down belongs to it.
    while place > count // 2 and levels[place - 1] < 0.9 * usual and levels[place - 1] > levels[min(place, count - 1)]:
        place -= 1
    return len(source) - (count - place) * block


def _grains(stock: Samples, ending: Samples, count: int, seed: int) -> Samples:
    """`count` samples that go on like the stock; the first ones fit the `ending`, which they are mixed with."""
    rng = np.random.default_rng([seed, 23])
    grain = min(round(_GRAIN_S * RATE), len(stock) // 2)
    overlap = min(round(_OVERLAP_S * RATE), grain // 3)
    out = np.zeros((count + grain, 2), np.float32)
    rise = np.sin(np.linspace(0, np.pi / 2, overlap, dtype=np.float32)) ** 2
    mono = stock.mean(axis=1)
    begin = _fitting(mono, ending.mean(axis=1), len(stock) - grain, None, rng)
    out[:grain] = stock[begin : begin + grain]
    place = grain - overlap
    while place < count:
        following = begin + grain - overlap
        wished = mono[following : following + overlap]
        begin = _fitting(mono, wished, len(stock) - grain, following, rng)
        new = stock[begin : begin + grain]
        alike = _alike(wished, mono[begin : begin + overlap])
        down = 1 - rise
        # What is not alike would lose loudness in a linear mix; what is alike would gain it in one of equal power.
        level = np.sqrt(down**2 + rise**2 + 2 * max(alike, 0.0) * down * rise)
        out[place : place + overlap] = ((out[place : place + overlap] * down[:, None] + new[:overlap] * rise[:, None])
                                        / np.maximum(level, 0.5)[:, None])
        out[place + overlap : place + grain] = new[overlap:]
        place += grain - overlap
    return out[:count]


def _fitting(mono: Samples, wished: Samples, last: int, not_at: int | None, rng: np.random.Generator) -> int:
    """A place in the stock (0 to `last`) whose waveform is like `wished`: one of the best, by chance, so that nothing
    repeats in a beat."""
    size = min(round(_LOOK_S * RATE), len(wished))
    pattern = wished[:size].astype(np.float64)
    if last <= 0 or size == 0 or float(np.abs(pattern).max()) < _SILENT:
        return 0
    spectrum = 1 << int(np.ceil(np.log2(len(mono) + size)))
    dots = np.fft.irfft(np.fft.rfft(mono, spectrum) * np.conj(np.fft.rfft(pattern, spectrum)), spectrum)[: last + 1]
    squares = np.concatenate([[0.0], np.cumsum(np.square(mono, dtype=np.float64))])
    power = squares[size : size + last + 1] - squares[: last + 1]
    score = dots[: len(power)] / np.sqrt(np.maximum(power, 1e-12) * float(np.square(pattern).sum()))
    if not_at is not None:  # going on at the same place would only walk to the end of the stock
        near = round(0.1 * RATE)
        score[max(not_at - near, 0) : not_at + near] -= 2.0
    best = np.argsort(-score, kind="stable")[: max(len(score) // 2000, 1)]
    good = best[score[best] > score[best[0]] - 0.05]
    return int(good[rng.integers(len(good))])


def _alike(one: Samples, other: Samples) -> float:
    size = min(len(one), len(other))
    a, b = one[:size].astype(np.float64), other[:size].astype(np.float64)
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-12))


def sound_at_pictures(path: Path, count: int) -> Samples:
    """`count` samples of a clip's sound, the first one at its first picture; silence where it has none."""
    with open_container(path) as container:
        audio, video = container.streams.audio[0], container.streams.video[0]
        late = sum(sign * float(stream.start_time * stream.time_base) for sign, stream in ((1, audio), (-1, video))
                   if stream.start_time is not None and stream.time_base is not None)
    sound = read_sound(path, count / RATE + max(-late, 0.0) + 0.1)
    shift = round(late * RATE)
    sound = np.concatenate([np.zeros((shift, 2), np.float32), sound]) if shift > 0 else sound[-shift:]
    out = np.zeros((count, 2), np.float32)
    out[: min(count, len(sound))] = sound[:count]
    return out
