"""Sounds of animals, people and places: each a function of a generator and a length in seconds, giving stereo."""

from __future__ import annotations

import numpy as np

from studio.engine.render.sound.noise import RATE, Mono, Stereo, arrivals, decay, place, shaped_noise, wander, wide

Rng = np.random.Generator


def birds(rng: Rng, seconds: float) -> Stereo:
    """Songbirds: a few singers, each with its pitch and its phrase of gliding whistles."""
    out = _silence(seconds)
    for _ in range(3):
        pitch, pan, level = float(rng.uniform(2300, 4300)), float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.3, 1.0))
        phrase = [(float(rng.uniform(0.05, 0.16)), float(rng.uniform(0.8, 1.25)), float(rng.uniform(-0.3, 0.3)))
                  for _ in range(int(rng.integers(3, 7)))]
        for at in arrivals(rng, seconds, 0.42):
            moment = float(at)
            for length, step, glide in phrase:
                place(out, _whistle(length, pitch * step, glide), moment, pan, level)
                moment += length + 0.05
    return out


def gulls(rng: Rng, seconds: float) -> Stereo:
    """Gulls calling: falling, slightly hoarse cries in groups."""
    out = _silence(seconds)
    for at in arrivals(rng, seconds, 0.34):
        pitch, pan = float(rng.uniform(850, 1250)), float(rng.uniform(-0.8, 0.8))
        for call in range(int(rng.integers(2, 5))):
            cry = _whistle(0.34, pitch, -0.35) + 0.5 * _whistle(0.34, pitch * 2.02, -0.35)
            place(out, cry.astype(np.float32), float(at) + call * 0.42, pan, 0.8 ** call)
    return out


def crickets(rng: Rng, seconds: float) -> Stereo:
    """Night insects: steady pulsed chirps of several pitches."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    out = _silence(seconds)
    for _ in range(5):
        pitch, beat, rate = rng.uniform(3900, 5200), rng.uniform(24, 34), rng.uniform(1.6, 2.8)
        pulse = np.clip(np.sin(2 * np.pi * beat * time + rng.uniform(0, 6)), 0, 1)
        chirp = np.clip(6.0 * np.sin(2 * np.pi * rate * time + rng.uniform(0, 6)) + 0.5, 0, 1)
        tone = np.sin(2 * np.pi * pitch * time) * pulse * chirp
        place(out, tone.astype(np.float32), 0.0, float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.3, 0.8)))
    return out


def owl(rng: Rng, seconds: float) -> Stereo:
    """An owl far off: three soft hoots, now and then."""
    out = _silence(seconds)
    for at in arrivals(rng, seconds, 0.16):
        pan = float(rng.uniform(-0.7, 0.7))
        for after, length in ((0.0, 0.22), (0.4, 0.16), (0.62, 0.5)):
            place(out, _whistle(length, 390, -0.06), float(at) + after, pan, 0.8)
    return out


def city(rng: Rng, seconds: float) -> Stereo:
    """The hum of streets: low rumble, tyres passing, now and then a horn far away."""
    count = round(seconds * RATE)
    out = wide(rng, count, 35, 260, 3.0, 0.5) + 0.25 * wide(rng, count, 250, 1400, 4.0)
    for at in arrivals(rng, seconds + 2.0, 0.45):
        length = float(rng.uniform(2.5, 4.5))
        size = int(length * RATE)
        passing = shaped_noise(rng, size, 180, 1900, 4.0) * np.hanning(size).astype(np.float32) ** 2
        skip = max(0, int((1.5 - at) * RATE))
        place(out, passing[skip:], max(float(at) - 1.5, 0.0), float(rng.uniform(-0.8, 0.8)), 0.8)
    for at in arrivals(rng, seconds, 0.08):
        time = np.arange(int(0.45 * RATE)) / RATE
        horn = sum(np.sign(np.sin(2 * np.pi * f * time)) for f in (392.0, 494.0)) * decay(len(time), 0.4, 0.03)
        place(out, np.asarray(horn, np.float32), float(at), float(rng.uniform(-0.6, 0.6)), 0.07)
    return np.asarray(out, np.float32)


def crowd(rng: Rng, seconds: float) -> Stereo:
    """Voices without words: many bands of noise that open and close at the pace of syllables."""
    count = round(seconds * RATE)
    out = _silence(seconds)
    for _ in range(14):
        formant = float(rng.uniform(320, 1500))
        talk = np.clip(wander(rng, count, 0.13, -0.5, 1.0), 0, 1) * wander(rng, count, 1.6, 0.1, 1.0)
        place(out, shaped_noise(rng, count, formant * 0.75, formant * 1.35) * talk, 0.0, float(rng.uniform(-0.9, 0.9)), 0.5)
    return out


def footsteps(rng: Rng, seconds: float) -> Stereo:
    """One walker: heel and sole, a little uneven."""
    out = _silence(seconds)
    at, pan = 0.25, float(rng.uniform(-0.3, 0.3))
    while at < seconds:
        size = int(0.11 * RATE)
        heel = shaped_noise(rng, size, 70, 420, 3.0) * decay(size, 0.018, 0.002)
        sole = shaped_noise(rng, size, 700, 3600, 3.0) * decay(size, 0.012, 0.015)
        place(out, (heel + 0.4 * sole).astype(np.float32), at, pan, float(rng.uniform(1.4, 2.0)))
        at += float(rng.uniform(0.5, 0.57))
    return out


def room(rng: Rng, seconds: float) -> Stereo:
    """A quiet room: soft air and a clock."""
    count = round(seconds * RATE)
    out = 0.45 * wide(rng, count, 60, 700, 6.0)
    for i in range(int(seconds * 2)):
        tick = shaped_noise(rng, 700, 1800, 4200 if i % 2 else 3000) * decay(700, 0.002, 0.0003)
        place(out, tick, 0.2 + i * 0.5, 0.35, 0.55)
    return np.asarray(out, np.float32)


def train(rng: Rng, seconds: float) -> Stereo:
    """Wheels over rail joints above a low rumble: trains and trams."""
    count = round(seconds * RATE)
    out = wide(rng, count, 45, 520, 4.0)
    at = 0.1
    while at < seconds:
        for after in (0.0, 0.16):
            clack = shaped_noise(rng, 3000, 150, 1500, 3.0) * decay(3000, 0.012, 0.001)
            place(out, clack, at + after, 0.0, 1.6)
        at += 0.82
    return np.asarray(out, np.float32)


def space(rng: Rng, seconds: float) -> Stereo:
    """A slow drone of beating low tones: nothing sounds in space, but a film would."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    out = 0.12 * wide(rng, count, 200, 1800, 6.0) * wander(rng, count, 3.0)[:, None]
    for pitch in (55.0, 82.6, 110.4, 164.9):
        for side in (0, 1):
            beat = pitch * (1 + 0.0015 * (side * 2 - 1))
            out[:, side] += np.sin(2 * np.pi * beat * time + rng.uniform(0, 6)) * wander(rng, count, 2.5, 0.2, 0.7)
    return np.asarray(out, np.float32)


def underwater(rng: Rng, seconds: float) -> Stereo:
    """Muffled water and rising bubbles."""
    count = round(seconds * RATE)
    out = wide(rng, count, 40, 300, 5.0) * wander(rng, count, 2.5, 0.5, 1.0)[:, None]
    for at in arrivals(rng, seconds, 5):
        place(out, _whistle(0.09, float(rng.uniform(250, 620)), 0.8), float(at), float(rng.uniform(-0.8, 0.8)), 0.5)
    return np.asarray(out, np.float32)


def _silence(seconds: float) -> Stereo:
    return np.zeros((round(seconds * RATE), 2), np.float32)


def _whistle(length: float, pitch: float, glide: float) -> Mono:
    """A tone that moves by `glide` of its pitch while it lasts."""
    time = np.arange(int(length * RATE)) / RATE
    phase = 2 * np.pi * pitch * (time + glide * time * time / (2 * length))
    return np.asarray(np.sin(phase) * np.hanning(len(time)), np.float32)
