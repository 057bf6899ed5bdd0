"""Single sounds of devices, bodies and games: clicks, beeps, lasers, heartbeats, horns."""

from __future__ import annotations

import numpy as np

from studio.engine.render.effects.touch import Mono, Rng, Touch, burst, joined, sweep, tail
from studio.engine.render.sound.noise import RATE, decay, shaped_noise


def click(rng: Rng, touch: Touch) -> Mono:
    """A click of a button on a screen: short, dry, with a little body."""
    count = int(0.05 * RATE)
    time = np.arange(count) / RATE
    body = np.sin(2 * np.pi * 1250 / touch.size * time) * decay(count, 0.005, 0.0006) * tail(count)
    return joined((0, body.astype(np.float32), 0.7), (0, burst(rng, 0.012, 2500, 9000, 0.0015, 0.0003), 0.5))


def beep(rng: Rng, touch: Touch) -> Mono:
    """A plain electronic beep of a fifth of a second."""
    return _tone(1000 / touch.size, 0.2 / touch.pace)


def notification(rng: Rng, touch: Touch) -> Mono:
    """Two soft bell tones going up."""
    root = float(rng.choice((659.3, 784.0, 880.0))) / touch.size
    return joined((0, _bell(root), 0.6), (0.13, _bell(root * 1.335), 0.7))


def success(rng: Rng, touch: Touch) -> Mono:
    """Three tones going up: a level done, a coin won."""
    return joined((0, _bell(523.3), 0.5), (0.09, _bell(659.3), 0.5), (0.18, _bell(1046.5), 0.7))


def error(rng: Rng, touch: Touch) -> Mono:
    """Two low, rough tones: not allowed."""
    return joined((0, _buzz(196, 0.14), 0.6), (0.19, _buzz(156, 0.24), 0.6))


def laser(rng: Rng, touch: Touch) -> Mono:
    """A film's laser: a tone that falls steeply, with its octave."""
    count = int(0.38 * touch.size / touch.pace * RATE)
    time = np.arange(count) / RATE
    pitch = 180 + 2900 / touch.size * np.exp(-time / (0.075 * touch.size))
    wave = np.tanh(2.2 * np.sin(sweep(pitch))) + 0.4 * np.sin(2 * sweep(pitch))
    return np.asarray(0.5 * wave * decay(count, 0.09 * touch.size, 0.002) * tail(count), np.float32)


def power_up(rng: Rng, touch: Touch) -> Mono:
    """Something charging: a chord that rises and opens."""
    count = int(1.5 * touch.size / touch.pace * RATE)
    time = np.linspace(0, 1, count)
    pitch = 90 * 2 ** (3.2 * time**1.5)
    wave = sum(np.sin(sweep(pitch * k)) * time ** (0.4 * k) / k for k in (1, 2, 3, 4.02, 5))
    return np.asarray(0.45 * np.asarray(wave) * np.sin(np.pi * time**2) ** 0.5 * tail(count), np.float32)


def glitch(rng: Rng, touch: Touch) -> Mono:
    """Digital dirt: short blocks of tones and noise, cut hard."""
    parts = []
    for number in range(9):
        length = int(float(rng.choice((0.02, 0.04, 0.06))) * RATE)
        time = np.arange(length) / RATE
        if rng.random() < 0.5:
            block = np.sign(np.sin(2 * np.pi * float(rng.uniform(90, 2400)) * time)) * 0.4
        else:
            block = np.repeat(rng.uniform(-1, 1, length // 12 + 1), 12)[:length] * 0.6
        parts.append((number * 0.045, (block * np.minimum(1, (length - np.arange(length)) / 60)).astype(np.float32), 0.6))
    return joined(*parts)


def heartbeat(rng: Rng, touch: Touch) -> Mono:
    """The two sounds of the valves, lub and dub."""
    def thud(pitch: float, life: float) -> Mono:
        count = int(0.3 * RATE)
        time = np.arange(count) / RATE
        wave = np.sin(sweep(pitch * (1 + 0.6 * np.exp(-time / 0.03)))) * decay(count, life, 0.012)
        return np.asarray((wave + 0.15 * shaped_noise(rng, count, 40, 200) * decay(count, 0.02, 0.01)) * tail(count),
                          np.float32)

    return joined((0, thud(46, 0.05), 1.0), (0.29 / touch.pace, thud(58, 0.035), 0.7))


def phone(rng: Rng, touch: Touch) -> Mono:
    """One ring of a telephone: two tones that alternate quickly."""
    count = int(1.1 * RATE)
    time = np.arange(count) / RATE
    pitch = np.where(np.sin(2 * np.pi * 20 * time) > 0, 1240.0, 1550.0)
    wave = np.sin(sweep(pitch)) + 0.3 * np.sin(3 * sweep(pitch))
    return np.asarray(0.4 * wave * np.minimum(1, time / 0.01) * tail(count), np.float32)


def horn(rng: Rng, touch: Touch) -> Mono:
    """A car's horn: two reeds a third apart; a big one is a ship's."""
    count = int(0.7 * touch.size / touch.pace * RATE)
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for root in (392 / touch.size**2, 494 / touch.size**2):
        for k in range(1, 12):
            wave += np.sin(2 * np.pi * root * k * time + k) / k**0.8
    return np.asarray(0.16 * wave * np.minimum(1, time / 0.03) * np.clip((count - np.arange(count)) / 2400, 0, 1),
                      np.float32)


def bark(rng: Rng, touch: Touch) -> Mono:
    """A dog: a rough glottal tone that rises and falls through the throat's formants."""
    count = int(0.24 * touch.size * RATE)
    time = np.linspace(0, 1, count)
    rough = 1 + 0.05 * rng.standard_normal(count).cumsum() / np.sqrt(count)
    pitch = 330 / touch.size * (0.75 + 0.6 * np.sin(np.pi * time)) * rough
    wave = np.zeros(count)
    for k in range(1, 14):
        f = 330 / touch.size * k
        gain = 1 / (1 + ((f - 620) / 300) ** 2) + 0.6 / (1 + ((f - 1450) / 350) ** 2) + 0.05
        wave += gain * np.sin(k * sweep(pitch))
    wave = np.tanh(wave * 0.9) + 0.18 * shaped_noise(rng, count, 700, 4500)
    return np.asarray(0.6 * wave * np.sin(np.pi * time**0.6) * tail(count), np.float32)


def meow(rng: Rng, touch: Touch) -> Mono:
    """A cat: a clear tone that bends while the mouth opens and closes."""
    count = int(0.75 * touch.size / touch.pace * RATE)
    time = np.linspace(0, 1, count)
    pitch = 560 / touch.size * (0.85 + 0.4 * np.sin(np.pi * time**0.8))
    opening = 700 + 1100 * np.sin(np.pi * time)
    wave = np.zeros(count)
    for k in range(1, 11):
        gain = 1 / (1 + ((pitch * k - opening) / 420) ** 2) + 0.08
        wave += gain * np.sin(k * sweep(pitch)) / k**0.3
    return np.asarray(0.4 * wave * np.sin(np.pi * time**0.7) ** 0.8 * tail(count), np.float32)


def howl(rng: Rng, touch: Touch) -> Mono:
    """A wolf: a long tone that rises, holds and falls."""
    count = int(2.6 * touch.size * RATE)
    time = np.linspace(0, 1, count)
    pitch = 320 * (1 + 0.9 * np.clip(time / 0.2, 0, 1) - 0.45 * np.clip((time - 0.65) / 0.35, 0,
                                                                        1)) * (1 + 0.008 * np.sin(time * 90))
    wave = np.sin(sweep(pitch)) + 0.35 * np.sin(2 * sweep(pitch)) + 0.08 * np.sin(3 * sweep(pitch))
    return np.asarray(0.5 * wave * np.sin(np.pi * time**0.7) ** 0.7 * tail(count), np.float32)


def _tone(frequency: float, seconds: float) -> Mono:
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    return np.asarray(0.5 * np.sin(2 * np.pi * frequency * time) * np.minimum(1, time / 0.004) * tail(count), np.float32)


def _bell(frequency: float) -> Mono:
    count = int(0.9 * RATE)
    time = np.arange(count) / RATE
    wave = sum(level * np.sin(2 * np.pi * frequency * ratio * time) * 0.5 ** (time / life)
               for ratio, level, life in ((1, 1.0, 0.16), (2, 0.3, 0.1), (3.01, 0.12, 0.05)))
    return np.asarray(np.asarray(wave) * np.minimum(1, time / 0.003) * tail(count), np.float32)


def _buzz(frequency: float, seconds: float) -> Mono:
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for k in range(1, 20, 2):
        wave += np.sin(2 * np.pi * frequency * k * time) / k
    return np.asarray(0.6 * wave * np.minimum(1, time / 0.004) * tail(count), np.float32)
