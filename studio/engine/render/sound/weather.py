"""Sounds of air, water and fire: each a function of a generator and a length in seconds, giving stereo."""

from __future__ import annotations

import numpy as np

from studio.engine.render.sound.noise import RATE, Stereo, arrivals, decay, place, shaped_noise, wander, wide

Rng = np.random.Generator


def wind(rng: Rng, seconds: float) -> Stereo:
    """Gusts: a low roar and a thinner whistle that swell at different paces."""
    count = round(seconds * RATE)
    roar = wide(rng, count, 50, 420, 4.0) * wander(rng, count, 2.2, 0.25, 1.0)[:, None]
    hiss = wide(rng, count, 380, 1500, 5.0) * (wander(rng, count, 1.4) ** 2)[:, None]
    return np.asarray(roar + 0.35 * hiss, np.float32)


def breeze(rng: Rng, seconds: float) -> Stereo:
    """Leaves and grass moving lightly."""
    count = round(seconds * RATE)
    leaves = wide(rng, count, 1400, 7500, 3.0, 0.9) * (wander(rng, count, 1.7) ** 2)[:, None]
    air = wide(rng, count, 90, 600, 5.0) * wander(rng, count, 2.5, 0.3, 0.9)[:, None]
    return np.asarray(0.5 * leaves + 0.6 * air, np.float32)


def rain(rng: Rng, seconds: float) -> Stereo:
    """A steady hiss with single drops near by."""
    count = round(seconds * RATE)
    out = wide(rng, count, 900, 11_000, 1.5, 0.9) * wander(rng, count, 2.8, 0.75, 1.0)[:, None]
    out += 0.35 * wide(rng, count, 180, 800, 3.0)
    for at in arrivals(rng, seconds, 26):
        drop = shaped_noise(rng, 1200, 1500, 5200) * decay(1200, 0.003, 0.0005)
        place(out, drop, float(at), float(rng.uniform(-1, 1)), float(rng.uniform(0.5, 2.2)))
    return np.asarray(out, np.float32)


def waves(rng: Rng, seconds: float) -> Stereo:
    """Breakers: each one swells, breaks brightly and runs out as a long hiss; a low wash lies under all."""
    count = round(seconds * RATE)
    out = 0.35 * wide(rng, count, 60, 380, 4.0)
    at = -float(rng.uniform(0.5, 3.0))
    while at < seconds:
        length = float(rng.uniform(5.0, 7.5))
        size = int(length * RATE)
        time = np.linspace(0, 1, size, dtype=np.float32)
        swell = np.where(time < 0.34, (time / 0.34) ** 2, np.exp(-(time - 0.34) * 4.2)).astype(np.float32)
        body = shaped_noise(rng, size, 120, 1500, 3.5) * swell
        foam = shaped_noise(rng, size, 1200, 8000, 2.0) * np.roll(swell, int(size * 0.05)) ** 1.5
        wave = (body * 1.2 + foam * 0.55).astype(np.float32)
        skip = max(0, -int(at * RATE))
        place(out, wave[skip:], max(at, 0.0), float(rng.uniform(-0.5, 0.5)), float(rng.uniform(0.7, 1.15)))
        at += float(rng.uniform(2.6, 4.4))
    return np.asarray(out, np.float32)


def stream(rng: Rng, seconds: float) -> Stereo:
    """Running water: a band of noise with many small bubbles, each a short rising tone."""
    count = round(seconds * RATE)
    out = 0.5 * wide(rng, count, 350, 3800, 2.5, 0.8)
    for at in arrivals(rng, seconds, 42):
        length = float(rng.uniform(0.02, 0.07))
        time = np.arange(int(length * RATE)) / RATE
        pitch = float(rng.uniform(420, 1700))
        tone = np.sin(2 * np.pi * pitch * (time + 2.2 * time * time)).astype(np.float32)
        pan, level = float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.25, 1.0))
        place(out, tone * decay(len(time), length / 4, 0.004), float(at), pan, level)
    return np.asarray(out, np.float32)


def lapping(rng: Rng, seconds: float) -> Stereo:
    """Small waves against a lake's shore."""
    count = round(seconds * RATE)
    out = 0.2 * wide(rng, count, 80, 500, 4.0)
    for at in arrivals(rng, seconds, 1.3):
        length = float(rng.uniform(0.4, 0.9))
        size = int(length * RATE)
        splash = shaped_noise(rng, size, 250, 1900, 3.0) * np.hanning(size).astype(np.float32)
        place(out, splash, float(at), float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.4, 1.0)))
    return np.asarray(out, np.float32)


def thunder(rng: Rng, seconds: float) -> Stereo:
    """A crack far off and its long rolling, once or more."""
    count = round(seconds * RATE)
    out = np.zeros((count, 2), np.float32)
    start = float(rng.uniform(0.1, 0.25)) * seconds
    while start < seconds:
        length = min(6.0, seconds)
        size = int(length * RATE)
        roll = shaped_noise(rng, size, 28, 160, 5.0) * decay(size, 1.1, 0.12) * wander(rng, size, 0.28, 0.25, 1.0)
        crack = shaped_noise(rng, size, 150, 1600, 5.0) * decay(size, 0.22, 0.02)
        place(out, (roll * 2.6 + crack * 0.7).astype(np.float32), start, float(rng.uniform(-0.4, 0.4)))
        start += float(rng.uniform(5.0, 9.0))
    return out


def fire(rng: Rng, seconds: float) -> Stereo:
    """A soft roar and dry crackling in bursts."""
    count = round(seconds * RATE)
    out = 0.5 * wide(rng, count, 60, 480, 4.0) * wander(rng, count, 0.6, 0.6, 1.0)[:, None]
    for at in arrivals(rng, seconds, 17):
        size = int(rng.uniform(0.004, 0.022) * RATE)
        crackle = shaped_noise(rng, size, 1300, 7000) * decay(size, 0.003, 0.0004)
        place(out, crackle, float(at), float(rng.uniform(-0.5, 0.5)), float(rng.uniform(0.6, 3.2)))
    return np.asarray(out, np.float32)


def snow_hush(rng: Rng, seconds: float) -> Stereo:
    """The quiet of fallen snow: very soft air."""
    count = round(seconds * RATE)
    return np.asarray(wide(rng, count, 120, 900, 6.0) * wander(rng, count, 3.0, 0.4, 0.9)[:, None] * 0.6, np.float32)
