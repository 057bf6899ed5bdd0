"""Single sounds of air, water and fire: whoosh, blast, thunderclap, drop, splash, spark."""

from __future__ import annotations

import numpy as np

from studio.engine.render.effects.touch import Mono, Rng, Touch, burst, joined, sweep, tail
from studio.engine.render.sound.noise import RATE, decay, shaped_noise, wander


def whoosh(rng: Rng, touch: Touch) -> Mono:
    """Something passing quickly: noise that swells to the middle, its band rising and falling with the speed."""
    seconds = 0.75 * touch.size / touch.pace
    count = int(seconds * RATE)
    time = np.linspace(0, 1, count)
    out = np.zeros(count)
    near = np.exp(-((time - 0.5) / 0.17) ** 2)
    for number, centre in enumerate((260, 520, 1040, 2080, 4160)):
        # The higher bands are heard only when it is near.
        band = shaped_noise(rng, count, centre * 0.7, centre * 1.4)
        out += band * near ** (0.6 + 0.55 * number) * 0.72**number
    return np.asarray(0.5 * out / touch.size**0.2 * np.sin(np.pi * time) * tail(count), np.float32)


def explosion(rng: Rng, touch: Touch) -> Mono:
    """A blast: the shock, the fireball's roar, what comes down."""
    count = int(3.2 * touch.size * RATE)
    time = np.arange(count) / RATE
    low = np.sin(sweep(34 / touch.size * (1 + 2.4 * np.exp(-time / 0.07)))) * decay(count, 0.3 * touch.size, 0.002)
    roar = shaped_noise(rng, count, 35, 700, 4.0) * decay(count, 0.45 * touch.size, 0.008)
    roar *= wander(rng, count, 0.06, 0.6, 1.0)
    shock = burst(rng, 0.3, 300, 9000, 0.03, 0.0005, 2.0)
    debris: list[tuple[float, Mono, float]] = []
    for _ in range(30):
        debris.append((0.25 + float(rng.exponential(0.5)), burst(rng, 0.05, 600, 5000, 0.008), 0.12 * float(rng.random())))
    body = np.tanh((1.4 * low + 1.2 * roar) * 1.3).astype(np.float32) * tail(count).astype(np.float32)
    return joined((0, body, 1.0), (0, shock, 0.7), *debris)


def shot(rng: Rng, touch: Touch) -> Mono:
    """A gunshot or a firework's crack, with its echo from around."""
    crack = burst(rng, 0.2, 300, 11_000, 0.012, 0.0003, 1.0)
    return joined((0, crack, 1.2), (0, burst(rng, 0.4, 50, 300, 0.05, 0.001, 3.0), 0.9),
                  (0.05, burst(rng, 0.9, 150, 2400, 0.13, 0.02, 3.0), 0.25))


def thunderclap(rng: Rng, touch: Touch) -> Mono:
    """A stroke near by: the tearing crack of the channel's parts, then the roll of those farther off."""
    count = int(4.5 * touch.size * RATE)
    roll = shaped_noise(rng, count, 25, 220, 4.0) * decay(count, 0.85 * touch.size, 0.03)
    roll *= wander(rng, count, 0.22, 0.2, 1.0)
    parts: list[tuple[float, Mono, float]] = [(0.0, (roll * tail(count)).astype(np.float32), 1.3)]
    for _ in range(9):
        at = abs(float(rng.normal(0.0, 0.16)))
        level = 0.6 * float(rng.uniform(0.2, 1.0)) * float(np.exp(-at * 4))
        parts.append((at, burst(rng, 0.5, 120, 5500, 0.05, 0.001, 3.0), level))
    return joined(*parts)


def drop(rng: Rng, touch: Touch) -> Mono:
    """A drop into water: the tick of the surface, then the bubble, whose pitch rises as it comes up (Minnaert's tone)."""
    count = int(0.16 * RATE)
    time = np.arange(count) / RATE
    pitch = float(rng.uniform(700, 1500)) / touch.size
    bubble = np.sin(sweep(pitch * (1 + 4.5 * time))) * decay(count, 0.016, 0.003) * tail(count)
    return joined((0, burst(rng, 0.01, 2500, 9000, 0.001, 0.0003), 0.3), (0.012, bubble.astype(np.float32), 0.9))


def splash(rng: Rng, touch: Touch) -> Mono:
    """Something falls into water: a slap, a sheet of spray, bubbles after it."""
    parts: list[tuple[float, Mono, float]] = [
        (0, burst(rng, 0.25, 90, 700, 0.04, 0.002, 3.0), 0.9),
        (0.01, burst(rng, 1.2 * touch.size, 600, 8000, 0.14 * touch.size, 0.02, 2.0), 0.6)]
    for _ in range(26):
        at = 0.08 + float(rng.exponential(0.22))
        parts.append((at, drop(rng, Touch(float(rng.uniform(0.7, 2.2)))), 0.35 * float(rng.random()) * float(np.exp(-at))))
    return joined(*parts)


def spark(rng: Rng, touch: Touch) -> Mono:
    """An electric discharge: a buzz of the mains' pulses and snaps."""
    count = int(float(rng.uniform(0.15, 0.4)) * RATE)
    time = np.arange(count) / RATE
    gate = (np.sin(2 * np.pi * 100 * time) > 0.3) * wander(rng, count, 0.03)
    buzz = shaped_noise(rng, count, 1500, 10_000) * gate * tail(count)
    return joined((0, buzz.astype(np.float32), 0.5), (0, burst(rng, 0.03, 2000, 12_000, 0.003, 0.0003), 1.0))


def breath(rng: Rng, touch: Touch) -> Mono:
    """One breath in and out."""
    parts = []
    for at, length, centre in ((0.0, 0.7, 1900), (0.85, 0.9, 1300)):
        count = int(length / touch.pace * RATE)
        parts.append((at / touch.pace, (shaped_noise(rng, count, centre * 0.5, centre * 1.8,
                                                     2.0) * np.hanning(count)).astype(np.float32), 0.5))
    return joined(*parts)


def steam(rng: Rng, touch: Touch) -> Mono:
    """A hiss of steam or air let out."""
    return burst(rng, 1.4 * touch.size, 2200, 12_000, 0.25 * touch.size, 0.03)


def pop(rng: Rng, touch: Touch) -> Mono:
    """A cork or a bubble bursting."""
    count = int(0.12 * RATE)
    time = np.arange(count) / RATE
    tone = np.sin(sweep(420 / touch.size * (1 + 5 * time))) * decay(count, 0.012, 0.001)
    return joined((0, (tone * tail(count)).astype(np.float32), 1.0), (0, burst(rng, 0.02, 800, 5000, 0.003), 0.4))


def boing(rng: Rng, touch: Touch) -> Mono:
    """A spring: a tone whose wobble slows down."""
    count = int(1.0 * touch.size * RATE)
    time = np.arange(count) / RATE
    pitch = 190 / touch.size * (1 + 0.35 * np.sin(2 * np.pi * (9 - 4 * time) * time) * np.exp(-time * 2.2))
    wave = np.sin(sweep(pitch)) + 0.5 * np.sin(2 * sweep(pitch)) + 0.25 * np.sin(3 * sweep(pitch))
    return np.asarray(0.6 * wave * decay(count, 0.18, 0.002) * tail(count), np.float32)
