"""Single sounds of things that meet: blows, bells, doors, glass, steps."""

from __future__ import annotations

import numpy as np

from studio.engine.render.effects.touch import Mono, Rng, Touch, burst, joined, ringing, sweep, tail
from studio.engine.render.sound.noise import RATE, decay, shaped_noise


def impact(rng: Rng, touch: Touch) -> Mono:
    """A heavy blow: a low body whose pitch falls, a crack, debris."""
    seconds = 1.3 * touch.size
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    low = np.sin(sweep(48 / touch.size * (1 + 1.6 * np.exp(-time / 0.04)))) * decay(count, 0.17 * touch.size, 0.001)
    crack = burst(rng, 0.3, 250, 7000, 0.025, 0.0006, 2.0)
    rubble = burst(rng, 0.8, 120, 1800, 0.12, 0.004, 4.0)
    return joined((0, (low * tail(count)).astype(np.float32), 1.6), (0, crack, 0.5), (0.005, rubble, 0.35))


def punch(rng: Rng, touch: Touch) -> Mono:
    """A dull, short blow on something soft."""
    return joined((0, burst(rng, 0.25, 60, 420, 0.03, 0.001, 3.0), 1.0), (0, burst(rng, 0.08, 700, 3500, 0.008), 0.35))


def metal(rng: Rng, touch: Touch) -> Mono:
    """A clang: the unharmonic modes of a plate."""
    modes = [(f * float(rng.uniform(0.94, 1.06)), 1 / (1 + i * 0.25), 0.42 / (1 + i * 0.22))
             for i, f in enumerate((312, 487, 866, 1193, 1747, 2290, 3121, 4250, 5630))]
    return joined((0, ringing(rng, modes, 1.8, touch), 0.5), (0, burst(rng, 0.05, 1500, 9000, 0.006), 0.6))


def wood(rng: Rng, touch: Touch) -> Mono:
    """A knock on wood: a few modes that die at once."""
    modes = [(190, 1.0, 0.022), (412, 0.7, 0.017), (735, 0.4, 0.012), (1280, 0.2, 0.007)]
    return joined((0, ringing(rng, modes, 0.25, touch), 0.9), (0, burst(rng, 0.03, 600, 4500, 0.004), 0.4))


def bell(rng: Rng, touch: Touch) -> Mono:
    """A church bell: hum, prime, minor third, fifth, nominal and above, the high ones dying first."""
    prime = 392.0
    ratios = ((0.5, 0.6, 1.9), (1.0, 0.8, 1.3), (1.19, 0.7, 1.0), (1.5, 0.35, 0.8), (2.0, 0.9, 0.8), (2.51, 0.3, 0.5),
              (2.66, 0.3, 0.45), (3.01, 0.3, 0.4), (4.17, 0.25, 0.25), (5.43, 0.2, 0.15))
    return joined((0, ringing(rng, [(prime * r, level, life) for r, level, life in ratios], 5.0, touch), 0.4),
                  (0, burst(rng, 0.05, 1200, 7000, 0.006), 0.3))


def chime(rng: Rng, touch: Touch) -> Mono:
    """A small bright bell or wind chime: the modes of a free bar."""
    root = float(rng.choice((1318.5, 1568.0, 1760.0, 2093.0)))
    return ringing(rng, [(root, 1.0, 0.5), (root * 2.76, 0.35, 0.2), (root * 5.4, 0.15, 0.08)], 2.2, touch)


def gong(rng: Rng, touch: Touch) -> Mono:
    """A gong: many close modes that bloom after the stroke."""
    modes = [(float(f), 1 / (1 + i * 0.1), 1.6 / (1 + i * 0.08)) for i, f in enumerate(np.sort(rng.uniform(75, 1900, 26)))]
    sound = ringing(rng, modes, 5.0, touch)
    return np.asarray(0.22 * sound * np.minimum(np.arange(len(sound)) / RATE / 0.09 + 0.3, 1.0), np.float32)


def glass(rng: Rng, touch: Touch) -> Mono:
    """Breaking glass: a crack, then splinters that ring high and fall one after the other."""
    parts: list[tuple[float, Mono, float]] = [(0.0, burst(rng, 0.18, 1800, 12_000, 0.02), 0.8),
                                              (0.0, wood(rng, Touch(0.7)), 0.3)]
    for _ in range(46):
        at = float(rng.exponential(0.22))
        root = float(rng.uniform(2400, 8200))
        ping = ringing(rng, [(root, 1.0, 0.03), (root * 1.62, 0.6, 0.02), (root * 2.31, 0.3, 0.012)], 0.3)
        parts.append((at, ping, 0.35 * float(rng.uniform(0.2, 1.0)) * float(np.exp(-at * 1.6))))
    return joined(*parts)


def clink(rng: Rng, touch: Touch) -> Mono:
    """Two glasses, or a coin, meeting lightly."""
    root = float(rng.uniform(2600, 3300))
    return ringing(rng, [(root, 1.0, 0.16), (root * 1.71, 0.5, 0.1), (root * 2.4, 0.35, 0.06)], 0.9, touch)


def knock(rng: Rng, touch: Touch) -> Mono:
    """A knuckle on a door."""
    modes = [(118, 1.0, 0.03), (247, 0.8, 0.022), (531, 0.35, 0.012)]
    return joined((0, ringing(rng, modes, 0.3, touch), 0.9), (0, burst(rng, 0.03, 500, 3200, 0.004), 0.5))


def door(rng: Rng, touch: Touch) -> Mono:
    """A door falling shut: the air it pushes, the leaf against the frame, the latch, the frame's trembling."""
    leaf = joined((0, ringing(rng, [(74, 1.2, 0.06), (143, 0.8, 0.045), (268, 0.4, 0.03)], 0.6, touch), 1.0),
                  (0, burst(rng, 0.25, 90, 1900, 0.03, 0.001, 3.0), 0.8))
    latch = joined((0, burst(rng, 0.05, 1400, 6500, 0.005), 0.3), (0.035, burst(rng, 0.05, 1100, 5200, 0.006), 0.35))
    return joined((0.0, leaf, 1.0), (0.012, latch, 0.8), (0.09, burst(rng, 0.3, 120, 900, 0.05, 0.01, 4.0), 0.25))


def creak(rng: Rng, touch: Touch) -> Mono:
    """A hinge: sticking and slipping, so a train of clicks that changes its pace, through the wood's resonances."""
    seconds = float(rng.uniform(1.0, 1.7)) / touch.pace
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    pitch = 95 + 70 * np.sin(np.pi * time / seconds) ** 2 + 30 * np.sin(2 * np.pi * 2.3 * time + float(rng.uniform(0, 6)))
    slips = np.diff(np.floor(np.cumsum(pitch / touch.size) / RATE), prepend=0.0) * rng.uniform(0.5, 1.0, count)
    body = ringing(rng, [(640, 1.0, 0.005), (1130, 0.9, 0.004), (2240, 0.6, 0.003), (3300, 0.3, 0.002)], 0.05)
    size = 1 << int(np.ceil(np.log2(count + len(body))))
    sound = np.fft.irfft(np.fft.rfft(slips, size) * np.fft.rfft(body, size), size)[:count]
    return np.asarray(0.8 * sound * np.sin(np.pi * np.clip(time / seconds, 0, 1)) ** 0.5 * tail(count), np.float32)


def footstep(rng: Rng, touch: Touch) -> Mono:
    """Heel, then sole, on a surface: gravel, snow, wood, leaves, grass, metal, water, sand or stone."""
    heel = burst(rng, 0.12, 60, 330, 0.02, 0.002, 3.0)
    gap = 0.075 / touch.pace
    grains = {"gravel": (46, 900, 5200, 0.004, 0.8), "snow": (70, 500, 3400, 0.006, 0.5),
              "leaves": (34, 1800, 9000, 0.005, 0.6),
              "sand": (60, 1200, 6500, 0.004, 0.25), "grass": (26, 1400, 6000, 0.006, 0.25)}
    if touch.surface in grains:
        number, low, high, life, level = grains[touch.surface]
        parts: list[tuple[float, Mono, float]] = [(0.0, heel, 0.55)]
        for _ in range(number):
            at = abs(float(rng.normal(0.0, 0.022))) + (gap if rng.random() < 0.55 else 0.0)
            parts.append((at, burst(rng, 0.03, low, high, life, 0.0004), level * 0.4 * float(rng.uniform(0.1, 1.0)) ** 1.5))
        return joined(*parts)
    sole = burst(rng, 0.1, 500, 3200, 0.01, 0.004, 2.0)
    if touch.surface == "wood":
        return joined((0, wood(rng, Touch(1.5)), 0.9), (0, heel, 0.8), (gap, wood(rng, Touch(1.1)), 0.35), (gap, sole, 0.25))
    if touch.surface == "metal":
        return joined((0, metal(rng, Touch(1.3)), 0.35), (0, heel, 0.8), (gap, sole, 0.3))
    if touch.surface == "water":
        splash = burst(rng, 0.3, 500, 6000, 0.05, 0.012, 2.0)
        return joined((0, heel, 0.6), (0.01, splash, 0.6), (gap, splash, 0.35))
    return joined((0, heel, 1.0), (0, burst(rng, 0.03, 1200, 5200, 0.004), 0.35), (gap, sole, 0.35))


def tick(rng: Rng, touch: Touch) -> Mono:
    """One tick of a clock: the escapement and the case."""
    return joined((0, burst(rng, 0.03, 2200, 7500, 0.003, 0.0004), 0.7),
                  (0.001, ringing(rng, [(1480, 0.6, 0.01), (2890, 0.4, 0.006)], 0.1, touch), 0.5))


def hand_clap(rng: Rng, touch: Touch) -> Mono:
    """One pair of hands."""
    root = float(rng.uniform(800, 1700))
    return burst(rng, 0.07, root * 0.7, root * 2.6, 0.008, 0.0008)


def hoof(rng: Rng, touch: Touch) -> Mono:
    """A hoof on the road."""
    return joined((0, ringing(rng, [(340, 1.0, 0.016), (690, 0.7, 0.012), (1210, 0.3, 0.008)], 0.15, touch), 0.9),
                  (0, burst(rng, 0.05, 90, 400, 0.015), 0.5))


def key_press(rng: Rng, touch: Touch) -> Mono:
    """A key of a keyboard, down and up."""
    down = joined((0, burst(rng, 0.03, 1500, 6500, 0.004, 0.0005), 0.8),
                  (0, ringing(rng, [(420, 0.5, 0.01)], 0.06, touch), 0.5))
    up = burst(rng, 0.02, 2500, 8000, 0.0025, 0.0005)
    return joined((0, down, 1.0), (float(rng.uniform(0.06, 0.1)), up, 0.35))


def shutter(rng: Rng, touch: Touch) -> Mono:
    """A camera: the mirror up, the shutter, the mirror down."""
    return joined((0, key_press(rng, Touch(1.2)), 0.9), (0.055, burst(rng, 0.03, 2500, 9000, 0.004), 0.6),
                  (0.11, key_press(rng, touch), 0.8))


def crumple(rng: Rng, touch: Touch) -> Mono:
    """Paper being crushed or a page turned: many tiny snaps."""
    parts = [(0.0, burst(rng, 0.5, 1500, 9000, 0.2, 0.08), 0.08)]
    for _ in range(60):
        at = float(rng.beta(1.6, 2.2)) * 0.7 / touch.pace
        parts.append((at, burst(rng, 0.02, 1800, 10_000, 0.002, 0.0003), 0.5 * float(rng.random()) ** 2))
    return joined(*parts)


def applause_clap(rng: Rng, seconds: float, people: int) -> list[tuple[float, Mono, float]]:
    """Times, claps and levels of a crowd of `people` who each keep their own pace."""
    found: list[tuple[float, Mono, float]] = []
    takes = [hand_clap(rng, Touch()) for _ in range(24)]
    for _ in range(people):
        pace, at = float(rng.uniform(0.2, 0.32)), float(rng.uniform(0, 0.5))
        level = float(rng.uniform(0.2, 1.0)) ** 1.5
        while at < seconds:
            found.append((at, takes[int(rng.integers(len(takes)))], level))
            at += pace * float(rng.normal(1, 0.05))
    return found


def shaken(rng: Rng, touch: Touch) -> Mono:
    """Keys or coins jingling."""
    parts = []
    for _ in range(18):
        root = float(rng.uniform(3200, 8200))
        ring = ringing(rng, [(root, 1.0, 0.03), (root * 1.47, 0.6, 0.02)], 0.2)
        parts.append((float(rng.uniform(0, 0.45)), ring, 0.3 * float(rng.uniform(0.2, 1))))
    return joined(*parts, (0.0, np.asarray(shaped_noise(rng, 2000, 4000, 9000) * decay(2000, 0.004), np.float32), 0.15))
